package io.millrace.worker.fault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.json.JsonConverter;
import org.jspecify.annotations.Nullable;

/**
 * Connect data as JSON that says the type of each value, so that all that Connect JSON cannot tell is kept: NaN and infinities, a row that
 * lacks what its schema requires, the types of values without a schema. {@code {"int32":"5"}}, {@code {"list":[...]}},
 * {@code {"map":[[key,value],...]}} in order of the keys, {@code {"struct":[...]}} in order of the fields. Equal values are equal JSON.
 */
final class ExactJson {
    private static final String STRUCT = "struct";
    private static final String SCHEMA = "schema";

    private final JsonConverter schemas;

    /** @param schemas whose {@code asJsonSchema} and {@code asConnectSchema} are used */
    ExactJson(JsonConverter schemas) {
        this.schemas = schemas;
    }

    /**
     * @param known the schema that the reader will have too; a struct of another one carries its own
     * @throws DataException where the value is of no type of Connect
     */
    JsonNode write(@Nullable Schema known, @Nullable Object value) {
        if (value == null) {
            return NullNode.getInstance();
        }
        if (value instanceof Struct struct) {
            return struct(known, struct);
        }
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        if (value instanceof List<?> list) {
            ArrayNode items = node.putArray("list");
            list.forEach(item -> items.add(write(items(known), item)));
            return node;
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, ArrayNode> sorted = new TreeMap<>();
            map.forEach((key, item) -> {
                JsonNode name = write(keys(known), key);
                sorted.put(
                        name.toString(),
                        JsonNodeFactory.instance.arrayNode().add(name).add(write(items(known), item)));
            });
            ArrayNode entries = node.putArray("map");
            sorted.values().forEach(entries::add);
            return node;
        }
        return node.put(tag(value), text(value));
    }

    private JsonNode struct(@Nullable Schema known, Struct struct) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        ArrayNode values = node.putArray(STRUCT);
        for (Field field : struct.schema().fields()) {
            // Not get: a null that is there is not the default.
            values.add(write(field.schema(), struct.getWithoutDefault(field.name())));
        }
        if (!struct.schema().equals(known)) {
            node.set(SCHEMA, schemas.asJsonSchema(struct.schema()));
        }
        return node;
    }

    private static String tag(Object value) {
        if (value instanceof String) {
            return "string";
        } else if (value instanceof Boolean) {
            return "boolean";
        } else if (value instanceof Byte) {
            return "int8";
        } else if (value instanceof Short) {
            return "int16";
        } else if (value instanceof Integer) {
            return "int32";
        } else if (value instanceof Long) {
            return "int64";
        } else if (value instanceof Float) {
            return "float32";
        } else if (value instanceof Double) {
            return "float64";
        } else if (value instanceof BigDecimal) {
            return "decimal";
        } else if (value instanceof Date) {
            return "date";
        } else if (value instanceof byte[] || value instanceof ByteBuffer) {
            return "bytes";
        }
        throw new DataException("A " + value.getClass().getName() + " is no Connect data.");
    }

    private static String text(Object value) {
        if (value instanceof Date date) {
            return Long.toString(date.getTime());
        }
        if (value instanceof byte[] bytes) {
            return Base64.getEncoder().encodeToString(bytes);
        }
        if (value instanceof ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            return Base64.getEncoder().encodeToString(bytes);
        }
        return value.toString();
    }

    /**
     * The value that was written, bytes always as an array.
     *
     * @throws DataException where the JSON is not of this form
     */
    @Nullable
    Object read(@Nullable Schema known, JsonNode node) {
        if (node.isNull()) {
            return null;
        }
        if (!node.isObject() || node.isEmpty()) {
            throw unreadable(node);
        }
        String tag = node.fieldNames().next();
        JsonNode content = node.path(tag);
        return switch (tag) {
            case "list" -> list(known, content);
            case "map" -> map(known, content);
            case STRUCT -> struct(known, node);
            default -> scalar(tag, content);
        };
    }

    private List<@Nullable Object> list(@Nullable Schema known, JsonNode content) {
        List<@Nullable Object> list = new ArrayList<>();
        content.forEach(item -> list.add(read(items(known), item)));
        return list;
    }

    private Map<@Nullable Object, @Nullable Object> map(@Nullable Schema known, JsonNode content) {
        Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
        content.forEach(entry -> map.put(read(keys(known), entry.path(0)), read(items(known), entry.path(1))));
        return map;
    }

    private Struct struct(@Nullable Schema known, JsonNode node) {
        Schema schema = node.has(SCHEMA) ? schemas.asConnectSchema(node.path(SCHEMA)) : known;
        JsonNode values = node.path(STRUCT);
        if (schema == null
                || schema.type() != Schema.Type.STRUCT
                || schema.fields().size() != values.size()) {
            throw unreadable(node);
        }
        Struct struct = new Struct(schema);
        for (Field field : schema.fields()) {
            Object value = read(field.schema(), values.path(field.index()));
            if (value != null) {
                struct.put(field, value);
            }
        }
        return struct;
    }

    private static Object scalar(String tag, JsonNode content) {
        String text = content.textValue();
        if (text == null) {
            throw unreadable(content);
        }
        try {
            return switch (tag) {
                case "string" -> text;
                case "boolean" -> Boolean.valueOf(text);
                case "int8" -> Byte.valueOf(text);
                case "int16" -> Short.valueOf(text);
                case "int32" -> Integer.valueOf(text);
                case "int64" -> Long.valueOf(text);
                case "float32" -> Float.valueOf(text);
                case "float64" -> Double.valueOf(text);
                case "decimal" -> new BigDecimal(text);
                case "date" -> new Date(Long.parseLong(text));
                case "bytes" -> Base64.getDecoder().decode(text);
                default -> throw new DataException("'" + tag + "' is no type of a value.");
            };
        } catch (IllegalArgumentException e) {
            throw new DataException("A value is no '" + tag + "'.", e);
        }
    }

    private static @Nullable Schema items(@Nullable Schema known) {
        if (known == null) {
            return null;
        }
        return known.type() == Schema.Type.ARRAY || known.type() == Schema.Type.MAP ? known.valueSchema() : null;
    }

    private static @Nullable Schema keys(@Nullable Schema known) {
        return known != null && known.type() == Schema.Type.MAP ? known.keySchema() : null;
    }

    /** The content is not told: it is a record's. */
    private static DataException unreadable(JsonNode node) {
        return new DataException("JSON of kind '" + node.getNodeType() + "' is no value with its type.");
    }
}
