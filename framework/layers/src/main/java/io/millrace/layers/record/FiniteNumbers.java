package io.millrace.layers.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.expression.type.EvaluationException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * Infinity and not-a-number, for which JSON has no number: JsonConverter writes them as text and reads any text under a number's schema
 * as 0. So they are put back where a record of a raw topic has them, and nothing of ours is written with them.
 */
final class FiniteNumbers {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<byte[]> WORDS =
            List.of("\"NaN\"".getBytes(StandardCharsets.US_ASCII), "Infinity\"".getBytes(StandardCharsets.US_ASCII));

    private FiniteNumbers() {}

    /** Whether values of a schema can hold a float or a double. */
    static boolean concern(Schema schema) {
        return switch (schema.type()) {
            case FLOAT32, FLOAT64 -> true;
            case ARRAY -> concern(schema.valueSchema());
            case MAP -> concern(schema.keySchema()) || concern(schema.valueSchema());
            case STRUCT -> schema.fields().stream().anyMatch(field -> concern(field.schema()));
            case INT8, INT16, INT32, INT64, BOOLEAN, STRING, BYTES -> false;
        };
    }

    /**
     * Refuses a value that cannot be written.
     *
     * @throws EvaluationException code {@code layers.not-finite}
     */
    static void require(String name, @Nullable Object value) {
        if (value instanceof Struct struct) {
            for (Field field : struct.schema().fields()) {
                require(field.name(), struct.getWithoutDefault(field.name()));
            }
        } else if (value instanceof Collection<?> items) {
            items.forEach(item -> require(name, item));
        } else if (value instanceof Map<?, ?> map) {
            map.forEach((key, item) -> {
                require(name, key);
                require(name, item);
            });
        } else if ((value instanceof Double || value instanceof Float)
                && !Double.isFinite(((Number) value).doubleValue())) {
            throw new EvaluationException(
                    "layers.not-finite", "'" + name + "' is infinity or not-a-number, which JSON cannot carry");
        }
    }

    /**
     * What was read, with the numbers that it lacks; seldom something else than it was.
     *
     * @param at JSON pointer to the value
     */
    static SchemaAndValue restored(byte[] json, String at, SchemaAndValue read) {
        Schema schema = read.schema();
        if (schema == null || WORDS.stream().noneMatch(word -> holds(json, word)) || !concern(schema)) {
            return read;
        }
        try {
            return new SchemaAndValue(schema, restored(JSON.readTree(json).at(at), schema, read.value()));
        } catch (IOException e) {
            // It was read a moment ago.
            throw new IllegalStateException(e);
        }
    }

    private static boolean holds(byte[] json, byte[] word) {
        for (int i = 0; i <= json.length - word.length; i++) {
            if (json[i] == word[0] && Arrays.equals(json, i, i + word.length, word, 0, word.length)) {
                return true;
            }
        }
        return false;
    }

    @SuppressWarnings("unchecked") // JsonConverter makes lists of objects and maps with text for keys
    private static @Nullable Object restored(@Nullable JsonNode node, Schema schema, @Nullable Object value) {
        if (node == null || value == null) {
            return value;
        }
        switch (schema.type()) {
            case FLOAT32:
                return node.isTextual() ? (Object) Float.parseFloat(word(node)) : value;
            case FLOAT64:
                return node.isTextual() ? (Object) Double.parseDouble(word(node)) : value;
            case STRUCT:
                Struct struct = (Struct) value;
                for (Field field : schema.fields()) {
                    Object before = struct.getWithoutDefault(field.name());
                    if (before != null && concern(field.schema())) {
                        struct.put(field, restored(node.get(field.name()), field.schema(), before));
                    }
                }
                return struct;
            case ARRAY:
                List<@Nullable Object> items = (List<@Nullable Object>) value;
                for (int i = 0; i < items.size(); i++) {
                    items.set(i, restored(node.get(i), schema.valueSchema(), items.get(i)));
                }
                return items;
            case MAP:
                if (node.isObject()) {
                    ((Map<Object, @Nullable Object>) value)
                            .replaceAll(
                                    (key, item) -> restored(node.get(String.valueOf(key)), schema.valueSchema(), item));
                }
                return value;
            default:
                return value;
        }
    }

    /** Only what JsonConverter writes: another text under a number's schema is no number. */
    private static String word(JsonNode node) {
        String text = node.textValue();
        if (text.equals("NaN") || text.equals("Infinity") || text.equals("-Infinity")) {
            return text;
        }
        throw new NumberFormatException("a text stands where a number must");
    }
}
