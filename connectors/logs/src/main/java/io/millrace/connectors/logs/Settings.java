package io.millrace.connectors.logs;

import io.millrace.connectors.common.Quantity;
import io.millrace.connectors.common.Setting;
import io.millrace.connectors.common.Trouble;
import io.millrace.connectors.logs.tail.PathGlobs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;

/** Every setting, declared once. In a pipeline it has its {@link Setting#field}, in a Connect configuration its {@link Setting#key}. */
final class Settings {
    private static final String PREFIX = "logs.";

    static final Setting PATH = new Setting(
            PREFIX,
            "path",
            ConfigDef.Type.LIST,
            ConfigDef.NO_DEFAULT_VALUE,
            ConfigDef.Importance.HIGH,
            "The files, as paths or patterns: `*` stands for any part of a name, `**` for any folders, `?` for one character, `[a-c]` for"
                    + " one of them.",
            Settings::pathTrouble);
    static final Setting EXCLUDE = new Setting(
            PREFIX,
            "exclude",
            ConfigDef.Type.LIST,
            List.of(),
            ConfigDef.Importance.MEDIUM,
            "Patterns of files that are left out.",
            Settings::patternTrouble);
    static final Setting READ_FROM = oneOf(
            "read_from",
            "beginning",
            ConfigDef.Importance.MEDIUM,
            "Where files that are there at the very first start are begun: `beginning` or `end`. Files that come later are read from their"
                    + " beginning.",
            List.of("beginning", "end"));
    static final Setting MAX_LINE_BYTES = setting(
            "max_line_bytes",
            "1MB",
            ConfigDef.Importance.MEDIUM,
            "The longest line, and the longest event of several lines, in bytes. At most 64MB.",
            Settings::lineTrouble);
    static final Setting LONG_LINES = oneOf(
            "long_lines",
            "split",
            ConfigDef.Importance.MEDIUM,
            "What a longer line becomes. `split`: several records, with headers `log.line.part` (1, 2...) and `log.line.last`. `truncate`:"
                    + " its beginning, with header `log.line.cut`, the number of bytes left out. `skip`: nothing; it is logged.",
            List.of("split", "truncate", "skip"));
    static final Setting MULTILINE_PATTERN = setting(
            "multiline.pattern",
            null,
            ConfigDef.Importance.MEDIUM,
            "A regular expression, looked for in each line. With it, lines are joined to events, by `\\n`. Without `negate`, a line that has it"
                    + " belongs to the line before it; `'^\\s'` joins stack traces.",
            Settings::regexTrouble);
    static final Setting MULTILINE_NEGATE = oneOf(
            "multiline.negate",
            "false",
            ConfigDef.Importance.MEDIUM,
            "`true`: the lines without the pattern belong to another.",
            List.of("true", "false"));
    static final Setting MULTILINE_MATCH = oneOf(
            "multiline.match",
            "after",
            ConfigDef.Importance.MEDIUM,
            "Whether such lines stand `after` the line they belong to, or `before` it.",
            List.of("after", "before"));
    static final Setting MULTILINE_TIMEOUT = setting(
            "multiline.timeout",
            "5s",
            ConfigDef.Importance.LOW,
            "An event is complete when its file did not grow for this long.",
            Quantity::durationTrouble);
    static final Setting MULTILINE_MAX_LINES = setting(
            "multiline.max_lines",
            "500",
            ConfigDef.Importance.LOW,
            "The most lines of an event. The next line begins another.",
            Setting::intCountTrouble);
    static final Setting PARTIAL_LINE_TIMEOUT = setting(
            "partial_line_timeout",
            null,
            ConfigDef.Importance.LOW,
            "A line without an end becomes a record when its file did not grow for this long. Without it, only in a file that was renamed or"
                    + " removed (5 s) or replaced by a newer one (5 m), and at the end of a gzip file.",
            Quantity::durationTrouble);
    static final Setting SCAN_INTERVAL = setting(
            "scan_interval",
            "1s",
            ConfigDef.Importance.LOW,
            "How often new, renamed and removed files are looked for.",
            Quantity::durationTrouble);
    static final Setting BATCH_RECORDS = setting(
            "batch.records", "2000", ConfigDef.Importance.LOW, "The most records of a poll.", Setting::intCountTrouble);
    static final Setting BATCH_BYTES = setting(
            "batch.bytes",
            "4MB",
            ConfigDef.Importance.LOW,
            "The most bytes of a poll, and one record more at most.",
            Quantity::sizeTrouble);
    static final Setting MAX_OPEN_FILES = setting(
            "max_open_files",
            "512",
            ConfigDef.Importance.LOW,
            "Above it, a task closes the files that are quiet the longest, until they grow.",
            Setting::intCountTrouble);

    /** What a pipeline's section may hold. */
    static final List<Setting> FIELDS = List.of(
            PATH,
            EXCLUDE,
            READ_FROM,
            MAX_LINE_BYTES,
            LONG_LINES,
            MULTILINE_PATTERN,
            MULTILINE_NEGATE,
            MULTILINE_MATCH,
            MULTILINE_TIMEOUT,
            MULTILINE_MAX_LINES,
            PARTIAL_LINE_TIMEOUT,
            SCAN_INTERVAL,
            BATCH_RECORDS,
            BATCH_BYTES,
            MAX_OPEN_FILES);

    static final Setting TOPIC = new Setting(
            PREFIX,
            "topic",
            ConfigDef.Type.STRING,
            ConfigDef.NO_DEFAULT_VALUE,
            ConfigDef.Importance.HIGH,
            "The topic. A pipeline sets it by itself.",
            text -> Optional.empty());

    private static final long LONGEST_LINE = 64L << 20;

    private Settings() {}

    /** As {@code fields()} of a short type. */
    static ConfigDef fields() {
        ConfigDef fields = new ConfigDef();
        FIELDS.forEach(setting -> setting.defineField(fields));
        return fields;
    }

    /** Of the connector. */
    static ConfigDef config() {
        ConfigDef config = new ConfigDef();
        List<Setting> all = new ArrayList<>(FIELDS);
        all.add(TOPIC);
        all.forEach(setting -> setting.define(config));
        return config;
    }

    private static Setting setting(
            String field,
            @Nullable Object fallback,
            ConfigDef.Importance importance,
            String doc,
            Function<String, Optional<Trouble>> check) {
        return new Setting(PREFIX, field, ConfigDef.Type.STRING, fallback, importance, doc, check);
    }

    private static Setting oneOf(
            String field, String fallback, ConfigDef.Importance importance, String doc, List<String> known) {
        return setting(
                field,
                fallback,
                importance,
                doc,
                text -> known.contains(text)
                        ? Optional.empty()
                        : Optional.of(new Trouble("'" + text + "' is not known here.", "Write one of " + known + ".")));
    }

    /** A list's elements, as a pipeline hands them over. */
    static List<String> elements(String list) {
        return Arrays.stream(list.split(","))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .toList();
    }

    private static Optional<Trouble> pathTrouble(String list) {
        if (elements(list).isEmpty()) {
            return Optional.of(new Trouble(
                    "No path is given.",
                    "Write at least one path or pattern, for example '/var/log/nginx/access*.log'."));
        }
        return patternTrouble(list);
    }

    private static Optional<Trouble> patternTrouble(String list) {
        for (String pattern : elements(list)) {
            try {
                new PathGlobs(List.of(pattern), List.of());
            } catch (PatternSyntaxException e) {
                return Optional.of(
                        new Trouble(
                                "'" + pattern + "' is not a pattern: " + e.getDescription() + ".",
                                "Close every bracket; put '\\' before a character that is meant as it is. Instead of '{a,b}', write two paths."));
            }
        }
        return Optional.empty();
    }

    private static Optional<Trouble> regexTrouble(String text) {
        try {
            Pattern.compile(text);
            return Optional.empty();
        } catch (PatternSyntaxException e) {
            return Optional.of(new Trouble(
                    "'" + text + "' is not a regular expression: " + e.getDescription() + " near " + e.getIndex() + ".",
                    "Write one as java.util.regex.Pattern takes it, for example '^\\s'."));
        }
    }

    private static Optional<Trouble> lineTrouble(String text) {
        Optional<Trouble> trouble = Quantity.sizeTrouble(text);
        if (trouble.isPresent()) {
            return trouble;
        }
        return Quantity.bytes(text).filter(bytes -> bytes <= LONGEST_LINE).isPresent()
                ? Optional.empty()
                : Optional.of(new Trouble("'" + text + "' is more than a line may have.", "Write '64MB' at most."));
    }
}
