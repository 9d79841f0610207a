package io.millrace.transforms;

import io.millrace.transforms.path.FieldPath;
import io.millrace.transforms.record.Options;
import io.millrace.transforms.record.Sizes;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.transforms.Transformation;

/** Lets a record pass that is as it must be, and fails any other: it becomes a dead letter before it does harm further on. */
public final class Guard<R extends ConnectRecord<R>> implements Transformation<R> {
    static final String REQUIRED = "required";
    static final String MAX_BYTES = "max.bytes";
    static final String KEY_REQUIRED = "key.required";

    private static final ConfigDef CONFIG = new ConfigDef()
            .define(
                    REQUIRED,
                    ConfigDef.Type.LIST,
                    List.of(),
                    ConfigDef.Importance.HIGH,
                    "Fields of the value that must be there and not null. A tombstone needs none.")
            .define(
                    KEY_REQUIRED,
                    ConfigDef.Type.BOOLEAN,
                    false,
                    ConfigDef.Importance.MEDIUM,
                    "Whether the record must have a key.")
            .define(
                    MAX_BYTES,
                    ConfigDef.Type.LONG,
                    0L,
                    ConfigDef.Range.atLeast(0),
                    ConfigDef.Importance.MEDIUM,
                    "How large key and value may be together, 0 for any size: texts in UTF-8, bytes, and 8 for each number and time.");

    private List<FieldPath> required = List.of();
    private boolean keyRequired;
    private long maxBytes;

    @Override
    public ConfigDef config() {
        return CONFIG;
    }

    @Override
    public void configure(Map<String, ?> settings) {
        Options options = new Options(CONFIG, settings);
        required = options.paths(REQUIRED, false);
        keyRequired = options.flag(KEY_REQUIRED);
        maxBytes = options.number(MAX_BYTES);
    }

    @Override
    public R apply(R record) {
        if (keyRequired && record.key() == null) {
            throw new DataException("the record has no key");
        }
        if (record.value() != null) {
            for (FieldPath field : required) {
                if (!field.isIn(record.value()) || field.in(record.value()) == null) {
                    throw new DataException("the record has no '" + field + "', which is required");
                }
            }
        }
        if (maxBytes > 0) {
            long size = Sizes.of(record.key()) + Sizes.of(record.value());
            if (size > maxBytes) {
                throw new DataException(
                        "the record has " + size + " bytes, and '" + MAX_BYTES + "' allows " + maxBytes);
            }
        }
        return record;
    }

    @Override
    public void close() {
        // nothing is open
    }
}
