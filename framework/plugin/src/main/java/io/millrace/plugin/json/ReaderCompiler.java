package io.millrace.plugin.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.connect.data.ConnectSchema;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.jspecify.annotations.Nullable;

/** Makes the reader of a schema. */
record ReaderCompiler(boolean replaceNullWithDefault) {
    /** @return null where values of the schema are for Apache's class */
    @Nullable
    ValueReader compileIfCovered(@Nullable Schema schema) {
        try {
            return compile(schema);
        } catch (NotCovered e) {
            return null;
        }
    }

    private ValueReader compile(@Nullable Schema schema) {
        if (schema == null) {
            return Schemaless::read;
        }
        if (schema.getClass() != ConnectSchema.class) {
            throw NotCovered.here();
        }
        ValueReader present = present(schema);
        Supplier<@Nullable Object> absent = absent(schema);
        return parser -> parser.currentToken() == JsonToken.VALUE_NULL ? absent.get() : present.read(parser);
    }

    private Supplier<@Nullable Object> absent(Schema schema) {
        if (schema.defaultValue() != null && replaceNullWithDefault) {
            return schema::defaultValue;
        }
        boolean optional = schema.isOptional();
        return () -> {
            if (!optional) {
                throw NotCovered.here();
            }
            return null;
        };
    }

    private ValueReader present(Schema schema) {
        ValueReader logical = logical(schema);
        return logical == null ? plain(schema) : logical;
    }

    private static @Nullable ValueReader logical(Schema schema) {
        if (schema.name() == null) {
            return null;
        }
        return switch (schema.name()) {
            case Decimal.LOGICAL_NAME ->
                parser -> parser.currentToken() == JsonToken.VALUE_STRING
                        ? Decimal.toLogical(schema, Tokens.bytes(parser))
                        : Tokens.decimal(parser);
            case Date.LOGICAL_NAME -> parser -> Date.toLogical(schema, Tokens.integer32(parser));
            case Time.LOGICAL_NAME -> parser -> Time.toLogical(schema, Tokens.integer32(parser));
            case Timestamp.LOGICAL_NAME -> parser -> Timestamp.toLogical(schema, Tokens.integer(parser));
            default -> null;
        };
    }

    private ValueReader plain(Schema schema) {
        return switch (schema.type()) {
            case INT8 -> parser -> (byte) Tokens.integer(parser);
            case INT16 -> parser -> (short) Tokens.integer(parser);
            case INT32 -> parser -> (int) Tokens.integer(parser);
            case INT64 -> Tokens::integer;
            case FLOAT32 -> Tokens::float32;
            case FLOAT64 -> Tokens::float64;
            case BOOLEAN -> Tokens::truth;
            case STRING -> Tokens::text;
            case BYTES -> Tokens::bytes;
            case ARRAY -> array(schema);
            case MAP -> map(schema);
            case STRUCT -> struct(schema);
        };
    }

    private ValueReader array(Schema schema) {
        ValueReader elements = compile(schema.valueSchema());
        return parser -> {
            Tokens.require(parser, JsonToken.START_ARRAY);
            List<@Nullable Object> list = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                list.add(elements.read(parser));
            }
            return list;
        };
    }

    private ValueReader map(Schema schema) {
        Schema keySchema = schema.keySchema();
        if (keySchema == null) {
            throw NotCovered.here();
        }
        ValueReader values = compile(schema.valueSchema());
        if (keySchema.type() == Schema.Type.STRING) {
            return parser -> object(parser, values);
        }
        ValueReader keys = compile(keySchema);
        return parser -> pairs(parser, keys, values);
    }

    private static Map<String, @Nullable Object> object(JsonParser parser, ValueReader values) throws IOException {
        Tokens.require(parser, JsonToken.START_OBJECT);
        Map<String, @Nullable Object> map = new HashMap<>();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            parser.nextToken();
            map.put(name, values.read(parser));
        }
        return map;
    }

    private static Map<@Nullable Object, @Nullable Object> pairs(
            JsonParser parser, ValueReader keys, ValueReader values) throws IOException {
        Tokens.require(parser, JsonToken.START_ARRAY);
        Map<@Nullable Object, @Nullable Object> map = new HashMap<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            Tokens.require(parser, JsonToken.START_ARRAY);
            parser.nextToken();
            Object key = keys.read(parser);
            parser.nextToken();
            map.put(key, values.read(parser));
            parser.nextToken();
            Tokens.require(parser, JsonToken.END_ARRAY);
        }
        return map;
    }

    private ValueReader struct(Schema schema) {
        List<StructReader.Column> columns = new ArrayList<>();
        for (Field field : schema.fields()) {
            columns.add(new StructReader.Column(
                    field, new SerializedString(field.name()), compile(field.schema()), absent(field.schema())));
        }
        return new StructReader(schema, columns);
    }
}
