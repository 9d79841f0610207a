package io.millrace.transforms;

import io.millrace.transforms.path.FieldPath;
import io.millrace.transforms.path.Leaf;
import io.millrace.transforms.path.LeafRewriter;
import io.millrace.transforms.path.Schemas;
import io.millrace.transforms.path.Typed;
import io.millrace.transforms.record.Encodings;
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
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a text or bytes field holds in another encoding: base64, hex, gzip, a query string. JSON and log lines are parsed by a layer's
 * step {@code parse}, which knows types; a single-message transform must give every record of a schema the same schema.
 */
public abstract class ParseField<R extends ConnectRecord<R>> extends PartTransform<R> {
    static final String FIELDS = "fields";
    static final String MAX_BYTES = "max.bytes";

    private static final ConfigDef CONFIG = Options.withMissing(
            new ConfigDef()
                    .define(
                            FIELDS,
                            ConfigDef.Type.LIST,
                            ConfigDef.NO_DEFAULT_VALUE,
                            ConfigDef.Importance.HIGH,
                            "What to read and how, each as field:how. base64 and hex make bytes of a text; gzip makes bytes of bytes;"
                                    + " utf8 makes a text of bytes; form makes a map of texts of a query string (a=1&b=2).")
                    .define(
                            MAX_BYTES,
                            ConfigDef.Type.INT,
                            16 * 1024 * 1024,
                            ConfigDef.Range.atLeast(1),
                            ConfigDef.Importance.LOW,
                            "How large what gzip holds may be: a small record can unpack to a very large one."),
            LeafRewriter.Missing.IGNORE);

    private LeafRewriter rewriter = new LeafRewriter(Map.of(), LeafRewriter.Missing.IGNORE);

    private ParseField(Part part) {
        super(part);
    }

    /** Of the key. */
    public static final class Key<R extends ConnectRecord<R>> extends ParseField<R> {
        public Key() {
            super(Part.KEY);
        }
    }

    /** Of the value. */
    public static final class Value<R extends ConnectRecord<R>> extends ParseField<R> {
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
        int limit = options.count(MAX_BYTES);
        Map<FieldPath, Leaf> leaves = new LinkedHashMap<>();
        options.pathTexts(FIELDS, true).forEach((path, how) -> leaves.put(path, leaf(how, limit)));
        try {
            rewriter = new LeafRewriter(leaves, options.missing());
        } catch (IllegalArgumentException e) {
            throw new ConfigException(FIELDS, options.texts(FIELDS), e.getMessage());
        }
    }

    private static Leaf leaf(String how, int limit) {
        return switch (how) {
            case "base64" -> new Read(SchemaBuilder::bytes, Encodings::fromBase64);
            case "hex" -> new Read(SchemaBuilder::bytes, Encodings::fromHex);
            case "gzip" -> new Read(SchemaBuilder::bytes, value -> Encodings.gunzip(value, limit));
            case "utf8" -> new Read(SchemaBuilder::string, Encodings::text);
            case "form" ->
                new Read(() -> SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.STRING_SCHEMA), Encodings::form);
            default -> throw new ConfigException(FIELDS, how, "there are base64, hex, gzip, utf8 and form");
        };
    }

    private interface NewSchema {
        SchemaBuilder builder();
    }

    private interface Reading {
        Object read(Object value);
    }

    private record Read(NewSchema after, Reading reading) implements Leaf {
        @Override
        public Schema schema(Schema before) {
            if (before.type() != Schema.Type.STRING && before.type() != Schema.Type.BYTES) {
                throw new DataException("is a " + before.type().getName() + "; a string or bytes can be read");
            }
            return Schemas.asOptionalAs(before, after.builder()).build();
        }

        @Override
        public @Nullable Object value(@Nullable Object before, @Nullable Schema schema) {
            return before == null ? null : reading.read(before);
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
