package io.millrace.expression;

import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * What an expression sees.
 *
 * @param value the record's value
 * @param key the record's key: field to runtime value as {@link io.millrace.expression.type.DataType} says; null for a record without key
 * @param headers read by {@code headers['name']}, as text; null where there are none
 * @param timestamp the record's timestamp, milliseconds since the epoch: {@code meta.timestamp}
 */
public record Scope(
        @Nullable Struct value,
        @Nullable Map<String, Object> key,
        @Nullable Headers headers,
        long timestamp) {

    public static Scope of(@Nullable Struct value) {
        return new Scope(value, null, null, 0);
    }
}
