package io.millrace.transforms;

import io.millrace.transforms.path.FieldPath;
import io.millrace.transforms.path.Leaf;
import io.millrace.transforms.path.LeafRewriter;
import io.millrace.transforms.path.Typed;
import io.millrace.transforms.record.CastType;
import io.millrace.transforms.record.Options;
import io.millrace.transforms.record.Part;
import io.millrace.transforms.record.PartTransform;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * Gives fields other types, nested ones and those of a list's elements too, decimals exactly. A value that the type cannot hold fails the
 * record: no number overflows, and no fraction is cut off but by a decimal's scale (HALF_UP).
 */
public abstract class CastFields<R extends ConnectRecord<R>> extends PartTransform<R> {
    static final String FIELDS = "fields";

    private static final ConfigDef CONFIG = Options.withMissing(
            new ConfigDef()
                    .define(
                            FIELDS,
                            ConfigDef.Type.LIST,
                            ConfigDef.NO_DEFAULT_VALUE,
                            ConfigDef.Importance.HIGH,
                            "What to cast and to what, each as field:type. Types are " + CastType.NAMES
                                    + "; bytes and string go over into each other as UTF-8."),
            LeafRewriter.Missing.IGNORE);

    private LeafRewriter rewriter = new LeafRewriter(Map.of(), LeafRewriter.Missing.IGNORE);

    private CastFields(Part part) {
        super(part);
    }

    /** Of the key. */
    public static final class Key<R extends ConnectRecord<R>> extends CastFields<R> {
        public Key() {
            super(Part.KEY);
        }
    }

    /** Of the value. */
    public static final class Value<R extends ConnectRecord<R>> extends CastFields<R> {
        public Value() {
            super(Part.VALUE);
        }
    }

    @Override
    public ConfigDef config() {
        return CONFIG;
    }

    @Override
    public void configure(Map<String, ?> settings) {
        Options options = new Options(CONFIG, settings);
        Map<FieldPath, Leaf> leaves = new LinkedHashMap<>();
        options.pathTexts(FIELDS, true).forEach((path, type) -> {
            try {
                leaves.put(path, new Cast(CastType.parse(type)));
            } catch (IllegalArgumentException e) {
                throw new ConfigException(FIELDS, path + ":" + type, e.getMessage());
            }
        });
        try {
            rewriter = new LeafRewriter(leaves, options.missing());
        } catch (IllegalArgumentException e) {
            throw new ConfigException(FIELDS, options.texts(FIELDS), e.getMessage());
        }
    }

    private record Cast(CastType type) implements Leaf {
        @Override
        public Schema schema(Schema before) {
            return type.schema(before.isOptional());
        }

        @Override
        public @Nullable Object value(@Nullable Object before, @Nullable Schema schema) {
            return before == null ? null : type.cast(before);
        }
    }

    @Override
    protected Typed struct(Schema schema, Struct value, R record) {
        return rewriter.struct(schema, value);
    }

    @Override
    protected Map<?, ?> map(Map<?, ?> value, R record) {
        return rewriter.map(value);
    }
}
