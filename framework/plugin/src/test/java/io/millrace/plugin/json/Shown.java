package io.millrace.plugin.json;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;

/** Results in a form that differs where anything differs: classes, bits of floats, contents of arrays, order of maps, causes of errors. */
public final class Shown {
    private Shown() {}

    public static String value(Object value) {
        if (value instanceof Struct struct) {
            StringBuilder text = new StringBuilder("Struct{");
            for (Field field : struct.schema().fields()) {
                text.append(field.name())
                        .append('=')
                        .append(value(struct.getWithoutDefault(field.name())))
                        .append(';');
            }
            return text.append('}').toString();
        }
        if (value instanceof Map<?, ?> map) {
            List<String> entries = new ArrayList<>();
            map.forEach((k, v) -> entries.add(value(k) + "=" + value(v) + ";"));
            if (!map.keySet().stream().allMatch(key -> key instanceof String || key instanceof Number)) {
                // an array's place in a map is that of its identity
                Collections.sort(entries);
            }
            return map.getClass().getName() + entries;
        }
        if (value instanceof Collection<?> list) {
            StringBuilder text = new StringBuilder(list.getClass().getName()).append('[');
            list.forEach(one -> text.append(value(one)).append(';'));
            return text.append(']').toString();
        }
        return scalar(value);
    }

    private static String scalar(Object value) {
        if (value == null) {
            return "null";
        }
        if (value instanceof byte[] bytes) {
            return "bytes" + Arrays.toString(bytes);
        }
        if (value instanceof ByteBuffer buffer) {
            return "buffer" + buffer + (buffer.hasArray() ? Arrays.toString(buffer.array()) : "");
        }
        return value.getClass().getSimpleName() + " " + value;
    }

    /** All of a schema; of its fields, theirs. */
    public static String schema(Schema schema) {
        if (schema == null) {
            return "none";
        }
        StringBuilder text = new StringBuilder();
        text.append(schema.type())
                .append(schema.isOptional())
                .append(schema.name())
                .append(schema.version());
        text.append(schema.doc()).append(schema.parameters()).append(value(schema.defaultValue()));
        if (schema.type() == Schema.Type.STRUCT) {
            schema.fields()
                    .forEach(field ->
                            text.append(field.name()).append(field.index()).append(schema(field.schema())));
        }
        if (schema.type() == Schema.Type.MAP) {
            text.append(schema(schema.keySchema()));
        }
        if (schema.type() == Schema.Type.MAP || schema.type() == Schema.Type.ARRAY) {
            text.append(schema(schema.valueSchema()));
        }
        return text.append(' ').toString();
    }

    /** What a call gives, or what it throws. */
    public static String outcome(Callable<?> call) {
        try {
            Object result = call.call();
            return result instanceof SchemaAndValue data ? "value " + value(data.value()) : "value " + value(result);
        } catch (Exception e) {
            return error(e);
        }
    }

    public static String error(Throwable e) {
        StringBuilder text = new StringBuilder();
        for (Throwable at = e; at != null; at = at.getCause()) {
            // Jackson names the source object by its identity
            String message = String.valueOf(at.getMessage()).replaceAll("@[0-9a-f]+", "@");
            text.append(at.getClass().getName()).append(": ").append(message).append(" <- ");
        }
        return text.toString();
    }
}
