package io.millrace.expression;

import io.millrace.expression.type.DecimalType;
import io.millrace.expression.type.EvaluationException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;

/** Exact decimals: how numbers become decimals, and the scales of results. */
final class Decimals {
    /** A quotient keeps at least this many digits after the point. */
    static final int DIVISION_SCALE = 6;

    private Decimals() {}

    /** A number as a decimal; a float and a double as the shortest that reads back the same; empty for what is no finite number. */
    static Optional<BigDecimal> of(Object value) {
        if (value instanceof BigDecimal decimal) {
            return Optional.of(decimal);
        }
        if (value instanceof Long whole) {
            return Optional.of(BigDecimal.valueOf(whole));
        }
        if (value instanceof Double number) {
            return number.isNaN() || number.isInfinite()
                    ? Optional.empty()
                    : Optional.of(plain(BigDecimal.valueOf(number)));
        }
        if (value instanceof Float number) {
            return number.isNaN() || number.isInfinite()
                    ? Optional.empty()
                    : Optional.of(plain(new BigDecimal(Float.toString(number))));
        }
        return Optional.empty();
    }

    /** Without a negative scale, which no type has. */
    static BigDecimal plain(BigDecimal number) {
        return number.scale() < 0 ? number.setScale(0) : number;
    }

    static BigDecimal divide(BigDecimal left, BigDecimal right) {
        return left.divide(right, divisionScale(left.scale(), right.scale()), RoundingMode.HALF_UP);
    }

    static int divisionScale(int left, int right) {
        return Math.max(DIVISION_SCALE, Math.max(left, right));
    }

    /** The same number, if it has a place in 38 digits. */
    static BigDecimal bounded(BigDecimal number) {
        if (number.precision() > DecimalType.MAX_PRECISION || number.scale() > DecimalType.MAX_PRECISION) {
            throw new EvaluationException("expression.overflow", "a decimal result has more than 38 digits.");
        }
        return number;
    }

    /**
     * At a scale, rounded HALF_UP.
     *
     * @throws EvaluationException when the result has more than 38 digits
     */
    static BigDecimal round(BigDecimal number, int scale) {
        return bounded(number.setScale(scale, RoundingMode.HALF_UP));
    }
}
