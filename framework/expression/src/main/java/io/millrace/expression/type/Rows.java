package io.millrace.expression.type;

import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** Fields of rows as runtime values. */
public final class Rows {
    private Rows() {}

    /**
     * A field's runtime value; null where the field is null or missing. A default counts only for a required field: in an optional one null
     * is a value that somebody wrote.
     */
    public static @Nullable Object field(Struct row, String name) {
        Field field = row.schema().field(name);
        return field == null ? null : field(row, field, ConnectReader.of(field.schema()));
    }

    /** As above, with what {@link ConnectReader#of} gave for the field's schema. */
    public static @Nullable Object field(Struct row, Field field, ConnectReader reader) {
        boolean ignoresDefault = field.schema().isOptional() && field.schema().defaultValue() != null;
        Object value = ignoresDefault ? row.getWithoutDefault(field.name()) : row.get(field);
        return value == null ? null : reader.read(value);
    }
}
