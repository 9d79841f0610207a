package io.millrace.expression;

import io.millrace.expression.type.DataType;
import io.millrace.expression.type.DecimalType;
import io.millrace.expression.type.EvaluationException;
import io.millrace.expression.type.ListType;
import io.millrace.expression.type.MapType;
import io.millrace.expression.type.ScalarType;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The types of results. {@link ScalarType#UNKNOWN} wherever the record decides. */
final class Types {
    private Types() {}

    static boolean isInt(DataType type) {
        return type == ScalarType.INT32 || type == ScalarType.INT64;
    }

    static boolean isFloating(DataType type) {
        return type == ScalarType.FLOAT || type == ScalarType.DOUBLE;
    }

    static boolean isNumber(DataType type) {
        return isInt(type) || isFloating(type) || type instanceof DecimalType;
    }

    /**
     * Of {@code + - * / %}.
     *
     * @throws ScaleException when a decimal result had more than 38 digits after the point
     */
    static DataType arithmetic(Arithmetic operator, DataType left, DataType right) {
        if (isInt(left) && isInt(right)) {
            return ScalarType.INT64;
        }
        if ((isInt(left) || isFloating(left)) && (isInt(right) || isFloating(right))) {
            return ScalarType.DOUBLE;
        }
        if (left instanceof DecimalType && isExact(right) || isExact(left) && right instanceof DecimalType) {
            return decimal(operator.scale(scale(left), scale(right)));
        }
        if (operator == Arithmetic.ADD && !isNumber(left)) {
            return left instanceof ListType ? common(left, right) : left.equals(right) ? left : ScalarType.UNKNOWN;
        }
        return ScalarType.UNKNOWN;
    }

    private static boolean isExact(DataType type) {
        return isInt(type) || type instanceof DecimalType;
    }

    private static int scale(DataType type) {
        return type instanceof DecimalType decimal ? decimal.scale() : 0;
    }

    /** A decimal of all 38 digits with a scale. */
    static DecimalType decimal(int scale) {
        if (scale > DecimalType.MAX_PRECISION) {
            throw new ScaleException(scale);
        }
        return new DecimalType(DecimalType.MAX_PRECISION, scale);
    }

    /** The type both have a place in, as the branches of {@code ? :} need; UNKNOWN where there is none. */
    static DataType common(DataType left, DataType right) {
        if (left.equals(right)) {
            return left;
        }
        if (isInt(left) && isInt(right)) {
            return ScalarType.INT64;
        }
        if (left instanceof DecimalType && isExact(right) || isExact(left) && right instanceof DecimalType) {
            return decimal(Math.max(scale(left), scale(right)));
        }
        if ((isInt(left) || isFloating(left)) && (isInt(right) || isFloating(right))) {
            return ScalarType.DOUBLE;
        }
        if (left instanceof ListType one && right instanceof ListType other) {
            return new ListType(common(one.element(), other.element()));
        }
        if (left instanceof MapType one && right instanceof MapType other) {
            return new MapType(common(one.value(), other.value()));
        }
        return ScalarType.UNKNOWN;
    }

    /** The common type of several; null goes with every type. */
    static DataType common(List<Typed> parts) {
        DataType type = null;
        for (Typed part : parts) {
            if (!part.isNull()) {
                type = type == null ? part.type() : common(type, part.type());
            }
        }
        return type == null ? ScalarType.UNKNOWN : type;
    }

    /** The node with its values as values of a type that {@link #common} gave. */
    static Node coerce(Typed part, DataType target) {
        if (part.isNull() || part.type().equals(target)) {
            return part.node();
        }
        if (target instanceof DecimalType || target == ScalarType.DOUBLE) {
            return Node.unary(part.node(), value -> settle(value, target));
        }
        return part.node();
    }

    /** A value as its static type promises: a decimal at its scale, a double where a float was. */
    static @Nullable Object settle(@Nullable Object value, DataType type) {
        if (type instanceof DecimalType decimal) {
            if (value instanceof BigDecimal number && number.scale() == decimal.scale()) {
                return value;
            }
            return value == null ? null : atScale(value, decimal);
        }
        if (type == ScalarType.DOUBLE && (value instanceof Float || value instanceof Long)) {
            return ((Number) value).doubleValue();
        }
        return value;
    }

    private static BigDecimal atScale(Object value, DecimalType type) {
        BigDecimal number = Decimals.of(value).orElseThrow(() -> mismatch(type));
        try {
            return Decimals.bounded(number.setScale(type.scale()));
        } catch (ArithmeticException e) {
            throw mismatch(type);
        }
    }

    private static EvaluationException mismatch(DecimalType type) {
        return new EvaluationException(
                "expression.type",
                "a value has no exact place in decimal(38," + type.scale() + "), as the expression was checked.");
    }

    /** A decimal type would need more digits after the point than there are. */
    static final class ScaleException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ScaleException(int scale) {
            super("The result has " + scale + " digits after the point; a decimal has at most 38.");
        }
    }
}
