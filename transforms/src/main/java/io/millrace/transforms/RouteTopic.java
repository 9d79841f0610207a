package io.millrace.transforms;

import io.millrace.transforms.record.Options;
import io.millrace.transforms.record.Template;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.transforms.Transformation;
import org.jspecify.annotations.Nullable;

/** Names the topic by facts of the record: its fields, headers, time. Kafka's {@code RegexRouter} names it by the former name alone. */
public final class RouteTopic<R extends ConnectRecord<R>> implements Transformation<R> {
    static final String TOPIC = "topic";
    static final String CLEAN = "clean";

    private static final Pattern UNFIT = Pattern.compile("[^a-zA-Z0-9._-]");

    private static final ConfigDef CONFIG = new ConfigDef()
            .define(
                    TOPIC,
                    ConfigDef.Type.STRING,
                    ConfigDef.NO_DEFAULT_VALUE,
                    new ConfigDef.NonEmptyString(),
                    ConfigDef.Importance.HIGH,
                    "The topic: a text with facts of the record in braces, as in orders-{value.country}; {topic} is the former one.")
            .define(
                    CLEAN,
                    ConfigDef.Type.BOOLEAN,
                    false,
                    ConfigDef.Importance.LOW,
                    "Whether characters that a topic's name cannot have become '_'; else such a record fails.");

    private @Nullable Template topic;
    private boolean clean;

    @Override
    public ConfigDef config() {
        return CONFIG;
    }

    @Override
    public void configure(Map<String, ?> settings) {
        Options options = new Options(CONFIG, settings);
        clean = options.flag(CLEAN);
        try {
            topic = Template.parse(options.text(TOPIC));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(TOPIC, options.text(TOPIC), e.getMessage());
        }
    }

    @Override
    public R apply(R record) {
        String name = java.util.Objects.requireNonNull(topic).text(record);
        if (clean) {
            name = UNFIT.matcher(name).replaceAll("_");
        }
        try {
            Topic.validate(name);
        } catch (InvalidTopicException e) {
            throw new DataException(
                    "'" + name + "' cannot be a topic: " + e.getMessage()
                            + "; 'clean: true' replaces what does not fit",
                    e);
        }
        return record.newRecord(
                name,
                record.kafkaPartition(),
                record.keySchema(),
                record.key(),
                record.valueSchema(),
                record.value(),
                record.timestamp(),
                record.headers());
    }

    @Override
    public void close() {
        // nothing is open
    }
}
