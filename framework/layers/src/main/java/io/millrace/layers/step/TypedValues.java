package io.millrace.layers.step;

import io.millrace.expression.type.ConnectTypes;
import io.millrace.expression.type.DataType;
import io.millrace.expression.type.ListType;
import io.millrace.expression.type.MapType;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import java.util.Optional;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** The Connect schema and value of what an expression gave: by its static type where that is known, else by the value. */
public final class TypedValues {
    private TypedValues() {}

    /** The optional schema of a static type; empty where only values tell. */
    public static Optional<Schema> schema(DataType type) {
        return isKnown(type) ? Optional.of(ConnectTypes.schema(type, false)) : Optional.empty();
    }

    /**
     * The schema for a value without a static type. A null without one is a string, or what the field was.
     *
     * @param before the schema of the field that is replaced; null where it is new
     */
    public static Schema schemaOf(@Nullable Object value, @Nullable Schema before) {
        if (value instanceof Struct struct) {
            return struct.schema();
        }
        if (value != null) {
            return ConnectTypes.schemaOfValue(value);
        }
        if (before == null) {
            return Schema.OPTIONAL_STRING_SCHEMA;
        }
        return before.isOptional() ? before : schema(ConnectTypes.typeOf(before)).orElse(Schema.OPTIONAL_STRING_SCHEMA);
    }

    private static boolean isKnown(DataType type) {
        if (type instanceof ListType list) {
            return isKnown(list.element());
        }
        if (type instanceof MapType map) {
            return isKnown(map.value());
        }
        if (type instanceof RowType row) {
            return !row.open() && row.fields().stream().allMatch(field -> isKnown(field.type()));
        }
        return type != ScalarType.UNKNOWN;
    }
}
