package io.millrace.plugin.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values without schema: the Java class says the type of what is written, the token that of what is read. */
final class Schemaless {
    private Schemaless() {}

    static void write(JsonBytes out, @Nullable Object value) {
        if (value == null) {
            out.raw("null");
        } else if (value instanceof String text) {
            out.string(text);
        } else if (value instanceof Integer
                || value instanceof Long
                || value instanceof Short
                || value instanceof Byte) {
            out.number(((Number) value).longValue());
        } else if (value instanceof Double number) {
            Scalars.float64(out, number);
        } else if (value instanceof Float number) {
            Scalars.float32(out, number);
        } else if (value instanceof Boolean truth) {
            out.raw(truth ? "true" : "false");
        } else if (value instanceof byte[] || value instanceof ByteBuffer) {
            Scalars.bytes(out, value);
        } else {
            container(out, value);
        }
    }

    private static void container(JsonBytes out, Object value) {
        boolean list = value instanceof List;
        // What is both, Apache's class takes for whichever it finds first.
        if (list == value instanceof Map) {
            throw NotCovered.here();
        }
        if (list) {
            Containers.writeArray(out, (List<?>) value, Schemaless::write);
            return;
        }
        Map<?, ?> map = (Map<?, ?>) value;
        for (Object key : map.keySet()) {
            if (!(key instanceof String)) {
                Containers.writePairs(out, map, Schemaless::write, Schemaless::write);
                return;
            }
        }
        Containers.writeObject(out, map, Schemaless::write);
    }

    static @Nullable Object read(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == null) {
            throw NotCovered.here();
        }
        return switch (token) {
            case VALUE_NULL -> null;
            case VALUE_TRUE -> Boolean.TRUE;
            case VALUE_FALSE -> Boolean.FALSE;
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> Tokens.integer(parser);
            case VALUE_NUMBER_FLOAT -> Tokens.float64(parser);
            case START_ARRAY -> list(parser);
            case START_OBJECT -> map(parser);
            default -> throw NotCovered.here();
        };
    }

    private static List<@Nullable Object> list(JsonParser parser) throws IOException {
        List<@Nullable Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            list.add(read(parser));
        }
        return list;
    }

    private static Map<String, @Nullable Object> map(JsonParser parser) throws IOException {
        Map<String, @Nullable Object> map = new HashMap<>();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            parser.nextToken();
            map.put(name, read(parser));
        }
        return map;
    }
}
