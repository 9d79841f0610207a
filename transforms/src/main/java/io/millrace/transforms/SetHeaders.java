package io.millrace.transforms;

import io.millrace.transforms.path.Typed;
import io.millrace.transforms.record.Template;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.header.Headers;
import org.apache.kafka.connect.transforms.Transformation;

/** Sets headers to fixed texts and to facts of the record, nested fields too; what Kafka's {@code HeaderFrom} cannot reach. */
public final class SetHeaders<R extends ConnectRecord<R>> implements Transformation<R> {
    /** The settings {@code set.<header>}. */
    static final String SET = "set.";

    private static final ConfigDef CONFIG = new ConfigDef()
            .define(
                    SET + "<header>",
                    ConfigDef.Type.STRING,
                    null,
                    ConfigDef.Importance.HIGH,
                    "The header's value: a text with facts of the record in braces, as SetFields takes it; replaces a header of that"
                            + " name. A fact that is null sets no header. One such setting for each header.");

    private Map<String, Template> templates = Map.of();

    @Override
    public ConfigDef config() {
        return CONFIG;
    }

    @Override
    public void configure(Map<String, ?> settings) {
        Map<String, Template> read = new LinkedHashMap<>();
        new TreeMap<>(settings).forEach((name, text) -> {
            if (name.startsWith(SET)) {
                try {
                    read.put(name.substring(SET.length()), Template.parse(String.valueOf(text)));
                } catch (IllegalArgumentException e) {
                    throw new ConfigException(name, text, e.getMessage());
                }
            }
        });
        if (read.isEmpty()) {
            throw new ConfigException("no header is set: write '" + SET + "<header>' with its value");
        }
        templates = read;
    }

    @Override
    public R apply(R record) {
        Headers headers = record.headers().duplicate();
        templates.forEach((name, template) -> {
            Typed value = template.typed(record);
            headers.remove(name);
            if (value.value() != null) {
                headers.add(name, value.value(), value.schema());
            }
        });
        return record.newRecord(
                record.topic(),
                record.kafkaPartition(),
                record.keySchema(),
                record.key(),
                record.valueSchema(),
                record.value(),
                record.timestamp(),
                headers);
    }

    @Override
    public void close() {
        // nothing is open
    }
}
