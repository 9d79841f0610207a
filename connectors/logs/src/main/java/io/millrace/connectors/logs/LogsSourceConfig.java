package io.millrace.connectors.logs;

import io.millrace.connectors.common.Quantity;
import io.millrace.connectors.common.Setting;
import io.millrace.connectors.logs.tail.LineRules;
import io.millrace.connectors.logs.tail.LongLines;
import io.millrace.connectors.logs.tail.Multiline;
import io.millrace.connectors.logs.tail.TailerSettings;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigException;

/**
 * A checked configuration.
 *
 * @param connector the connector's name
 */
record LogsSourceConfig(String connector, String topic, TailerSettings tailer) {
    /** Ours, for the tasks only: a task's number and how many there are. */
    static final String TASK = "logs.task";

    static final String TASKS = "logs.tasks";

    /** @throws ConfigException when a setting is wrong; names it, its text and what to write */
    static LogsSourceConfig of(Map<String, String> properties) {
        AbstractConfig config = new AbstractConfig(Settings.config(), properties, false);
        LineRules lines = new LineRules(
                (int) bytes(config, Settings.MAX_LINE_BYTES),
                LongLines.valueOf(config.getString(Settings.LONG_LINES.key()).toUpperCase(Locale.ROOT)),
                multiline(config),
                Optional.ofNullable(config.getString(Settings.PARTIAL_LINE_TIMEOUT.key()))
                        .flatMap(Quantity::duration));
        TailerSettings tailer = new TailerSettings(
                config.getList(Settings.PATH.key()),
                config.getList(Settings.EXCLUDE.key()),
                config.getString(Settings.READ_FROM.key()).equals("end"),
                lines,
                Integer.parseInt(properties.getOrDefault(TASK, "0")),
                Integer.parseInt(properties.getOrDefault(TASKS, "1")),
                duration(config, Settings.SCAN_INTERVAL),
                count(config, Settings.BATCH_RECORDS),
                bytes(config, Settings.BATCH_BYTES),
                count(config, Settings.MAX_OPEN_FILES));
        return new LogsSourceConfig(
                properties.getOrDefault("name", "logs"), config.getString(Settings.TOPIC.key()), tailer);
    }

    private static Optional<Multiline> multiline(AbstractConfig config) {
        return Optional.ofNullable(config.getString(Settings.MULTILINE_PATTERN.key()))
                .map(pattern -> new Multiline(
                        Pattern.compile(pattern),
                        config.getString(Settings.MULTILINE_NEGATE.key()).equals("true"),
                        config.getString(Settings.MULTILINE_MATCH.key()).equals("after"),
                        duration(config, Settings.MULTILINE_TIMEOUT),
                        count(config, Settings.MULTILINE_MAX_LINES)));
    }

    private static Duration duration(AbstractConfig config, Setting setting) {
        return Quantity.duration(config.getString(setting.key())).orElseThrow();
    }

    private static long bytes(AbstractConfig config, Setting setting) {
        return Quantity.bytes(config.getString(setting.key())).orElseThrow();
    }

    private static int count(AbstractConfig config, Setting setting) {
        return Integer.parseInt(config.getString(setting.key()));
    }
}
