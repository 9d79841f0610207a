package io.millrace.expression;

import io.millrace.expression.type.ConnectReader;
import io.millrace.expression.type.EvaluationException;
import io.millrace.expression.type.Rows;
import io.millrace.expression.type.RuntimeTypes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Values;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Reads one field of rows. Remembers where the field is in the schema it met last, so that the rows of one schema cost no look-up; threads
 * may race on that, each finds a whole answer.
 */
final class FieldAccess {
    private record Place(
            Schema schema, @Nullable Field field, @Nullable ConnectReader reader) {
        static Place find(Schema schema, String name) {
            Field field = schema.field(name);
            return new Place(schema, field, field == null ? null : ConnectReader.of(field.schema()));
        }
    }

    private final String name;
    private volatile @Nullable Place last;

    FieldAccess(String name) {
        this.name = name;
    }

    /** Null for a null row, a null field and a missing one. */
    @Nullable
    Object of(@Nullable Object row) {
        if (row == null) {
            return null;
        }
        if (row instanceof Struct struct) {
            return of(struct);
        }
        if (row instanceof Map<?, ?> map) {
            return map.get(name);
        }
        throw new EvaluationException(
                "expression.type", "a value of type " + RuntimeTypes.name(row) + " has no field '" + name + "'.");
    }

    private @Nullable Object of(Struct row) {
        Place place = last;
        if (place == null || place.schema() != row.schema()) {
            place = Place.find(row.schema(), name);
            last = place;
        }
        Field field = place.field();
        ConnectReader reader = place.reader();
        return field == null || reader == null ? null : Rows.field(row, field, reader);
    }

    /** The last header of a name as text; null where there is none. */
    static @Nullable String header(Scope scope, String name) {
        Headers headers = scope.headers();
        Header header = headers == null ? null : headers.lastWithName(name);
        return header == null ? null : text(header);
    }

    /** All headers as text; of several with one name the last. */
    static Map<String, @Nullable String> headers(Scope scope) {
        Map<String, @Nullable String> all = new LinkedHashMap<>();
        Headers headers = scope.headers();
        if (headers != null) {
            headers.forEach(header -> all.put(header.key(), text(header)));
        }
        return Collections.unmodifiableMap(all);
    }

    private static @Nullable String text(Header header) {
        Object value = header.value();
        if (value == null || value instanceof String) {
            return (String) value;
        }
        if (value instanceof byte[] bytes) {
            return new String(bytes, StandardCharsets.UTF_8);
        }
        if (value instanceof ByteBuffer buffer) {
            return StandardCharsets.UTF_8.decode(buffer.duplicate()).toString();
        }
        return Values.convertToString(header.schema(), value);
    }
}
