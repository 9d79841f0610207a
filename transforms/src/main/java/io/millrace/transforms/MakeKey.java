package io.millrace.transforms;

import io.millrace.transforms.path.FieldPath;
import io.millrace.transforms.path.Typed;
import io.millrace.transforms.record.Options;
import io.millrace.transforms.record.Template;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.Transformation;
import org.jspecify.annotations.Nullable;

/** Makes the key of fields of the value, nested ones too, or of a text; Kafka's {@code ValueToKey} takes outermost fields only. */
public final class MakeKey<R extends ConnectRecord<R>> implements Transformation<R> {
    static final String FIELDS = "fields";
    static final String TEXT = "text";
    static final String HASH = "hash";
    static final String PLAIN = "plain";

    private static final ConfigDef CONFIG = new ConfigDef()
            .define(
                    FIELDS,
                    ConfigDef.Type.LIST,
                    List.of(),
                    ConfigDef.Importance.HIGH,
                    "The value's fields that make the key, each by its last name.")
            .define(
                    TEXT,
                    ConfigDef.Type.STRING,
                    "",
                    ConfigDef.Importance.MEDIUM,
                    "In their place: a text with facts of the record in braces, as in {header.tenant}-{value.id}.")
            .define(
                    PLAIN,
                    ConfigDef.Type.BOOLEAN,
                    false,
                    ConfigDef.Importance.MEDIUM,
                    "Whether one field alone is the key as it is, and not a structure of one field.")
            .define(
                    HASH,
                    ConfigDef.Type.BOOLEAN,
                    false,
                    ConfigDef.Importance.LOW,
                    "Whether the key is the SHA-256 of that, in hex: for keys that are long or private.");

    private List<FieldPath> fields = List.of();
    private @Nullable Template text;
    private boolean plain;
    private boolean hash;

    @Override
    public ConfigDef config() {
        return CONFIG;
    }

    @Override
    public void configure(Map<String, ?> settings) {
        Options options = new Options(CONFIG, settings);
        fields = options.paths(FIELDS, false);
        plain = options.flag(PLAIN);
        hash = options.flag(HASH);
        String template = options.text(TEXT);
        if (fields.isEmpty() == template.isEmpty()) {
            throw new ConfigException(FIELDS, fields, "write either '" + FIELDS + "' or '" + TEXT + "'");
        }
        if (plain && fields.size() != 1) {
            throw new ConfigException(PLAIN, true, "a plain key is one field");
        }
        if (fields.stream().map(FieldPath::last).distinct().count() != fields.size()) {
            throw new ConfigException(FIELDS, fields, "two of them have the same last name");
        }
        try {
            text = template.isEmpty() ? null : Template.parse(template);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(TEXT, template, e.getMessage());
        }
    }

    @Override
    public R apply(R record) {
        Typed key = key(record);
        return record.newRecord(
                record.topic(),
                // a partition that was chosen by the former key would split the new one
                record instanceof SourceRecord ? null : record.kafkaPartition(),
                key.schema(),
                key.value(),
                record.valueSchema(),
                record.value(),
                record.timestamp(),
                record.headers());
    }

    private Typed key(R record) {
        if (record.value() == null) {
            throw new DataException(
                    "the record is a tombstone: it has no value to make a key of; let a predicate leave it out");
        }
        if (text != null) {
            String made = text.text(record);
            return new Typed(Schema.STRING_SCHEMA, hash ? sha256(made) : made);
        }
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        fields.forEach(field -> values.put(field.last(), field.in(record.value())));
        if (hash) {
            return new Typed(Schema.STRING_SCHEMA, sha256(joined(values)));
        }
        if (record.value() instanceof Struct struct) {
            if (plain) {
                return new Typed(
                        schema(struct.schema(), fields.get(0)),
                        values.get(fields.get(0).last()));
            }
            SchemaBuilder builder = SchemaBuilder.struct();
            fields.forEach(field -> builder.field(field.last(), schema(struct.schema(), field)));
            Schema schema = builder.build();
            Struct key = new Struct(schema);
            values.forEach(key::put);
            return new Typed(schema, key);
        }
        return new Typed(null, plain ? values.values().iterator().next() : values);
    }

    /** The field's schema; optional where a structure that it stands in may be null. */
    private static Schema schema(Schema value, FieldPath field) {
        Schema at = value;
        boolean underNull = false;
        for (String step : field.steps()) {
            underNull |= at.isOptional();
            at = at.field(step).schema();
        }
        return underNull ? io.millrace.transforms.path.Schemas.optional(at) : at;
    }

    /** Each value with its length before it, so that no two lists of values make one text. */
    private static String joined(Map<String, @Nullable Object> values) {
        StringBuilder made = new StringBuilder();
        values.values().forEach(value -> {
            String one = value == null ? "" : Template.plain(value);
            made.append(value == null ? "-" : one.length()).append(':').append(one);
        });
        return made.toString();
    }

    private static String sha256(String made) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(made.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public void close() {
        // nothing is open
    }
}
