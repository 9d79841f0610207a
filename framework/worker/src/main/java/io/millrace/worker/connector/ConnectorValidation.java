package io.millrace.worker.connector;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.ProblemException;
import io.millrace.foundation.error.Problems;
import io.millrace.plugin.discovery.ContextClassLoader;
import io.millrace.plugin.discovery.PluginClass;
import io.millrace.plugin.discovery.Plugins;
import io.millrace.plugin.record.ConverterSet;
import io.millrace.plugin.record.TransformChain;
import io.millrace.worker.client.TopicRules;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.connector.Connector;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.apache.kafka.connect.source.ConnectorTransactionBoundaries;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;

/**
 * Checks a connector's configuration: our own settings, the connector's {@code validate} on an instance that is never started, its
 * transforms and its converters. Finds everything before it throws.
 */
public final class ConnectorValidation {
    private static final String CODE = "worker.connector-config";
    private static final String EXACTLY_ONCE_SUPPORT = "exactly.once.support";

    private static final ConfigDef OURS = new ConfigDef()
            .define("tasks.max", Type.INT, 1, Range.atLeast(1), Importance.HIGH, "")
            .define("errors.tolerance", Type.STRING, "none", ValidString.in("none", "all"), Importance.MEDIUM, "")
            .define("errors.retry.timeout", Type.LONG, 0L, Importance.MEDIUM, "")
            .define("errors.retry.delay.max.ms", Type.LONG, 60_000L, Range.atLeast(1), Importance.MEDIUM, "")
            .define("errors.log.enable", Type.BOOLEAN, false, Importance.LOW, "")
            .define("errors.deadletterqueue.topic.replication.factor", Type.SHORT, (short) -1, Importance.LOW, "")
            .define(
                    SourceTask.TRANSACTION_BOUNDARY_CONFIG,
                    Type.STRING,
                    "poll",
                    ValidString.in("poll", "interval", "connector"),
                    Importance.MEDIUM,
                    "")
            .define(
                    EXACTLY_ONCE_SUPPORT,
                    Type.STRING,
                    "requested",
                    ConfigDef.CaseInsensitiveValidString.in("requested", "required"),
                    Importance.MEDIUM,
                    "")
            .define("transaction.boundary.interval.ms", Type.LONG, 1_000L, Range.atLeast(0), Importance.LOW, "")
            .define("topic.creation.default.partitions", Type.INT, -1, Importance.LOW, "")
            .define("topic.creation.default.replication.factor", Type.SHORT, (short) -1, Importance.LOW, "");

    private final Plugins plugins;
    private final Map<String, String> workerConverters;
    private final String name;
    private final Map<String, String> config;
    private final Redaction redaction;
    private final Problems problems = new Problems();

    private ConnectorValidation(
            Plugins plugins, Map<String, String> workerConverters, String name, Map<String, String> config) {
        this.plugins = plugins;
        this.workerConverters = workerConverters;
        this.name = name;
        this.config = config;
        this.redaction = new Redaction(config);
    }

    /**
     * The connector, ready to start.
     *
     * @throws ProblemException YOURS, with all problems: {@code worker.connector-config} and those of the plugin module
     */
    public static ConnectorSpec validate(
            Plugins plugins, Map<String, String> workerConverters, String name, Map<String, String> given) {
        Map<String, String> config = new HashMap<>(given);
        config.put("name", name);
        return new ConnectorValidation(plugins, workerConverters, name, config).spec();
    }

    private ConnectorSpec spec() {
        String className = config.get("connector.class");
        if (className == null || className.isBlank()) {
            wrong("connector.class", "is missing", "Name the connector's class.");
            throw new ProblemException(ExitCode.YOURS, problems.list());
        }
        PluginClass<Connector> plugin = plugins.resolve(Connector.class, className.strip(), null);
        ConnectorSpec spec = new ConnectorSpec(name, config, plugin);
        report(OURS.validate(config));
        if (spec.isSource()) {
            topicRules();
        } else {
            topics();
        }
        ownValidation(spec);
        recordPath(spec);
        problems.throwIfErrors(ExitCode.YOURS);
        return spec;
    }

    private void ownValidation(ConnectorSpec spec) {
        try (ContextClassLoader.Scope scope =
                ContextClassLoader.enter(spec.plugin().loader())) {
            Connector connector = spec.plugin().newInstance();
            Config result = connector.validate(new HashMap<>(config));
            if (result != null) {
                report(result.configValues());
            }
            if (connector instanceof SourceConnector source) {
                boundaries(source);
                exactlyOnce(source);
            }
        } catch (RuntimeException | LinkageError e) {
            problems.error(
                    CODE,
                    name,
                    "Connector '" + name + "' could not be validated: " + sentence(redaction.of(e.toString())),
                    "");
        }
    }

    private void exactlyOnce(SourceConnector source) {
        boolean required = "required".equalsIgnoreCase(config.getOrDefault(EXACTLY_ONCE_SUPPORT, ""));
        if (required && source.exactlyOnceSupport(new HashMap<>(config)) != ExactlyOnceSupport.SUPPORTED) {
            wrong(
                    EXACTLY_ONCE_SUPPORT,
                    "is 'required', but this connector does not say that it supports exactly-once",
                    "Use 'requested', or leave it out.");
        }
    }

    private void boundaries(SourceConnector source) {
        boolean wanted = "connector".equals(config.get(SourceTask.TRANSACTION_BOUNDARY_CONFIG));
        if (wanted
                && source.canDefineTransactionBoundaries(new HashMap<>(config))
                        != ConnectorTransactionBoundaries.SUPPORTED) {
            wrong(
                    SourceTask.TRANSACTION_BOUNDARY_CONFIG,
                    "is 'connector', but this connector cannot define transaction boundaries",
                    "Use 'poll' or 'interval'.");
        }
    }

    private void recordPath(ConnectorSpec spec) {
        try {
            transformsAndConverters(spec);
        } catch (LinkageError e) {
            problems.error(
                    CODE,
                    name,
                    "A transform or converter of connector '" + name + "' cannot be loaded: " + e + ".",
                    "Check that the plugin's folder holds all of its jars.");
        }
    }

    private void transformsAndConverters(ConnectorSpec spec) {
        ClassLoader loader = spec.plugin().loader();
        try {
            if (spec.isSource()) {
                TransformChain.<SourceRecord>create(plugins, loader, config).close();
            } else {
                TransformChain.<SinkRecord>create(plugins, loader, config).close();
            }
        } catch (ProblemException e) {
            problems.addAll(e.problems());
        }
        try {
            ConverterSet.create(plugins, loader, config, workerConverters).close();
        } catch (ProblemException e) {
            problems.addAll(e.problems());
        } catch (KafkaException e) {
            problems.error(
                    CODE,
                    name,
                    "A converter of connector '" + name + "' refuses its settings: "
                            + sentence(redaction.of(String.valueOf(e.getMessage()))),
                    "");
        }
    }

    private void topicRules() {
        try {
            TopicRules.from(config);
        } catch (IllegalArgumentException e) {
            String message =
                    sentence(String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
            wrong("topic.creation.groups", "names a group that cannot be read: " + message, "");
        }
    }

    private void topics() {
        String list = config.getOrDefault(SinkTask.TOPICS_CONFIG, "").strip();
        String regex = config.getOrDefault(SinkTask.TOPICS_REGEX_CONFIG, "").strip();
        if (list.isEmpty() == regex.isEmpty()) {
            wrong(
                    SinkTask.TOPICS_CONFIG,
                    list.isEmpty() ? "is missing" : "is set, and 'topics.regex' too",
                    "Set one of 'topics' and 'topics.regex'.");
            return;
        }
        Optional<String> deadLetters = Optional.ofNullable(config.get("errors.deadletterqueue.topic.name"));
        try {
            boolean loop = deadLetters.isPresent()
                    && (regex.isEmpty()
                            ? topicList(list).contains(deadLetters.get())
                            : Pattern.matches(regex, deadLetters.get()));
            if (loop) {
                wrong(
                        "errors.deadletterqueue.topic.name",
                        "is '" + deadLetters.get() + "', which the sink reads itself",
                        "Name a topic that the sink does not read.");
            }
        } catch (PatternSyntaxException e) {
            wrong(SinkTask.TOPICS_REGEX_CONFIG, "is '" + regex + "', no regular expression: " + e.getDescription(), "");
        }
    }

    private static List<String> topicList(String list) {
        return Arrays.stream(list.split(",")).map(String::strip).toList();
    }

    private void report(Collection<ConfigValue> values) {
        List<ConfigValue> sorted =
                values.stream().sorted(Comparator.comparing(ConfigValue::name)).toList();
        for (ConfigValue value : sorted) {
            // After a value that cannot be read, ConfigDef also complains that it is null.
            List<String> messages = value.errorMessages().size() == 1
                    ? value.errorMessages()
                    : value.errorMessages().stream()
                            .filter(message -> !message.startsWith("Invalid value null "))
                            .toList();
            for (String message : messages) {
                problems.error(
                        CODE,
                        name,
                        "Setting '" + value.name() + "' of connector '" + name + "' is wrong: "
                                + sentence(redaction.of(message)),
                        "");
            }
        }
    }

    private void wrong(String key, String what, String remedy) {
        problems.error(CODE, name, "Setting '" + key + "' of connector '" + name + "' " + what + ".", remedy);
    }

    private static String sentence(String text) {
        return text.endsWith(".") ? text : text + ".";
    }
}
