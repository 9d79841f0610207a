package io.millrace.expression.type;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** What runtime values are, by looking at them. */
public final class RuntimeTypes {
    private RuntimeTypes() {}

    /** The type of a value. A list or map of nothing but nulls counts as one of strings; a row is closed. */
    public static DataType typeOf(Object value) {
        if (value instanceof BigDecimal decimal) {
            return decimalType(decimal);
        }
        if (value instanceof Struct struct) {
            return ConnectTypes.typeOf(struct.schema());
        }
        if (value instanceof List<?> list) {
            return new ListType(common(list));
        }
        if (value instanceof Map<?, ?> map) {
            return new MapType(common(ConnectTypes.stringKeyed(map).values()));
        }
        return scalarOf(value);
    }

    private static DataType decimalType(BigDecimal decimal) {
        int scale = Math.max(0, decimal.scale());
        if (scale > DecimalType.MAX_PRECISION) {
            throw new EvaluationException(
                    "expression.type", "a decimal of scale " + scale + " is beyond the greatest scale, 38.");
        }
        return new DecimalType(DecimalType.MAX_PRECISION, scale);
    }

    private static ScalarType scalarOf(Object value) {
        if (value instanceof String) {
            return ScalarType.STRING;
        }
        if (value instanceof Long || value instanceof Integer) {
            return ScalarType.INT64;
        }
        if (value instanceof Boolean) {
            return ScalarType.BOOL;
        }
        if (value instanceof Double) {
            return ScalarType.DOUBLE;
        }
        if (value instanceof Float) {
            return ScalarType.FLOAT;
        }
        if (value instanceof LocalDate) {
            return ScalarType.DATE;
        }
        if (value instanceof Instant) {
            return ScalarType.TIMESTAMP;
        }
        if (value instanceof ByteBuffer) {
            return ScalarType.BYTES;
        }
        if (value instanceof Duration) {
            throw new EvaluationException("expression.type", "a duration is no value that a record can hold.");
        }
        throw new EvaluationException(
                "expression.type", "an object of " + value.getClass().getName() + " is not a value of a record.");
    }

    /** One type that holds all elements: decimals meet at the greatest scale; other types must be the same. */
    private static DataType common(Collection<?> elements) {
        List<DataType> types = new ArrayList<>();
        elements.stream().filter(Objects::nonNull).forEach(element -> types.add(typeOf(element)));
        if (types.isEmpty()) {
            return ScalarType.STRING;
        }
        DataType first = types.get(0);
        if (types.stream().allMatch(DecimalType.class::isInstance)) {
            int scale = types.stream()
                    .mapToInt(type -> ((DecimalType) type).scale())
                    .max()
                    .orElse(0);
            return new DecimalType(DecimalType.MAX_PRECISION, scale);
        }
        for (DataType type : types) {
            if (!type.equals(first)) {
                throw new EvaluationException(
                        "expression.type",
                        "a collection holds a " + first.text() + " and a " + type.text() + ": it has no schema.");
            }
        }
        return first;
    }

    /** What a message calls a value: its type and never its contents. */
    public static String name(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        if (value instanceof BigDecimal) {
            return "decimal";
        }
        if (value instanceof Struct) {
            return "row";
        }
        if (value instanceof Duration) {
            return "duration";
        }
        if (value instanceof List) {
            return "list";
        }
        if (value instanceof Map) {
            return "map";
        }
        return scalarOf(value) == ScalarType.INT64 ? "int" : scalarOf(value).text();
    }

    static EvaluationException mismatch(@Nullable Object value, String target) {
        return new EvaluationException(
                "expression.type", "a value of type " + name(value) + " is not a " + target + ".");
    }
}
