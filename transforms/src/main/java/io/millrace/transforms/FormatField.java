package io.millrace.transforms;

import io.millrace.transforms.path.FieldPath;
import io.millrace.transforms.path.Leaf;
import io.millrace.transforms.path.LeafRewriter;
import io.millrace.transforms.path.Schemas;
import io.millrace.transforms.path.Typed;
import io.millrace.transforms.record.Encodings;
import io.millrace.transforms.record.JsonText;
import io.millrace.transforms.record.Options;
import io.millrace.transforms.record.Part;
import io.millrace.transforms.record.PartTransform;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** Writes what a field holds, a structure or list too, as one text or as bytes: for targets that take no structures. */
public abstract class FormatField<R extends ConnectRecord<R>> extends PartTransform<R> {
    static final String FIELDS = "fields";

    private static final ConfigDef CONFIG = Options.withMissing(
            new ConfigDef()
                    .define(
                            FIELDS,
                            ConfigDef.Type.LIST,
                            ConfigDef.NO_DEFAULT_VALUE,
                            ConfigDef.Importance.HIGH,
                            "What to write and how, each as field:how. json makes a text of anything; base64 and hex make a text of"
                                    + " bytes or of a text's UTF-8; gzip makes bytes of them."),
            LeafRewriter.Missing.IGNORE);

    private LeafRewriter rewriter = new LeafRewriter(Map.of(), LeafRewriter.Missing.IGNORE);

    private FormatField(Part part) {
        super(part);
    }

    /** Of the key. */
    public static final class Key<R extends ConnectRecord<R>> extends FormatField<R> {
        public Key() {
            super(Part.KEY);
        }
    }

    /** Of the value. */
    public static final class Value<R extends ConnectRecord<R>> extends FormatField<R> {
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
        options.pathTexts(FIELDS, true).forEach((path, how) -> leaves.put(path, leaf(how)));
        try {
            rewriter = new LeafRewriter(leaves, options.missing());
        } catch (IllegalArgumentException e) {
            throw new ConfigException(FIELDS, options.texts(FIELDS), e.getMessage());
        }
    }

    private static Leaf leaf(String how) {
        return switch (how) {
            case "json" -> new Written(SchemaBuilder::string, JsonText::of);
            case "base64" -> new Written(SchemaBuilder::string, Encodings::toBase64);
            case "hex" -> new Written(SchemaBuilder::string, Encodings::toHex);
            case "gzip" -> new Written(SchemaBuilder::bytes, Encodings::gzip);
            default -> throw new ConfigException(FIELDS, how, "there are json, base64, hex and gzip");
        };
    }

    private interface NewSchema {
        SchemaBuilder builder();
    }

    private interface Writing {
        Object write(Object value);
    }

    private record Written(NewSchema after, Writing writing) implements Leaf {
        @Override
        public Schema schema(Schema before) {
            return Schemas.asOptionalAs(before, after.builder()).build();
        }

        @Override
        public @Nullable Object value(@Nullable Object before, @Nullable Schema schema) {
            return before == null ? null : writing.write(before);
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
