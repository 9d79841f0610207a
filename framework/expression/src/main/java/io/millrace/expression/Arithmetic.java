package io.millrace.expression;

import io.millrace.expression.type.EvaluationException;
import io.millrace.expression.type.RuntimeTypes;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The operators {@code + - * / %} on values: exact on ints and decimals, IEEE 754 on doubles. */
enum Arithmetic implements Node.Binary {
    ADD("+") {
        @Override
        long apply(long left, long right) {
            return Math.addExact(left, right);
        }

        @Override
        double apply(double left, double right) {
            return left + right;
        }

        @Override
        BigDecimal apply(BigDecimal left, BigDecimal right) {
            return left.add(right);
        }

        @Override
        int scale(int left, int right) {
            return Math.max(left, right);
        }
    },
    SUBTRACT("-") {
        @Override
        long apply(long left, long right) {
            return Math.subtractExact(left, right);
        }

        @Override
        double apply(double left, double right) {
            return left - right;
        }

        @Override
        BigDecimal apply(BigDecimal left, BigDecimal right) {
            return left.subtract(right);
        }

        @Override
        int scale(int left, int right) {
            return Math.max(left, right);
        }
    },
    MULTIPLY("*") {
        @Override
        long apply(long left, long right) {
            return Math.multiplyExact(left, right);
        }

        @Override
        double apply(double left, double right) {
            return left * right;
        }

        @Override
        BigDecimal apply(BigDecimal left, BigDecimal right) {
            return left.multiply(right);
        }

        @Override
        int scale(int left, int right) {
            return left + right;
        }
    },
    DIVIDE("/") {
        @Override
        long apply(long left, long right) {
            requireDivisor(right != 0);
            if (left == Long.MIN_VALUE && right == -1) {
                throw new ArithmeticException("overflow");
            }
            return left / right;
        }

        @Override
        double apply(double left, double right) {
            return left / right;
        }

        @Override
        BigDecimal apply(BigDecimal left, BigDecimal right) {
            requireDivisor(right.signum() != 0);
            return Decimals.divide(left, right);
        }

        @Override
        int scale(int left, int right) {
            return Decimals.divisionScale(left, right);
        }
    },
    MODULO("%") {
        @Override
        long apply(long left, long right) {
            requireDivisor(right != 0);
            if (left == Long.MIN_VALUE && right == -1) {
                throw new ArithmeticException("overflow");
            }
            return left % right;
        }

        @Override
        double apply(double left, double right) {
            throw undefined(symbol(), left, right);
        }

        @Override
        BigDecimal apply(BigDecimal left, BigDecimal right) {
            requireDivisor(right.signum() != 0);
            return left.remainder(right).setScale(scale(left.scale(), right.scale()));
        }

        @Override
        int scale(int left, int right) {
            return Math.max(left, right);
        }
    };

    private final String symbol;

    Arithmetic(String symbol) {
        this.symbol = symbol;
    }

    String symbol() {
        return symbol;
    }

    /** Throws ArithmeticException when the result is no long. */
    abstract long apply(long left, long right);

    abstract double apply(double left, double right);

    abstract BigDecimal apply(BigDecimal left, BigDecimal right);

    /** Of the result of two decimals. */
    abstract int scale(int left, int right);

    @Override
    public Object apply(Object left, Object right) {
        if (left instanceof Long one && right instanceof Long other) {
            try {
                return apply((long) one, (long) other);
            } catch (ArithmeticException e) {
                throw overflow(symbol);
            }
        }
        if (left instanceof BigDecimal one && right instanceof BigDecimal other) {
            return Decimals.bounded(apply(one, other));
        }
        if (left instanceof Double one && right instanceof Double other) {
            return apply((double) one, (double) other);
        }
        if (left instanceof Number one && right instanceof Number other) {
            return mixed(one, other);
        }
        Object time = Times.apply(this, left, right);
        if (time != null) {
            return time;
        }
        if (this == ADD) {
            Object joined = concatenate(left, right);
            if (joined != null) {
                return joined;
            }
        }
        throw undefined(symbol, left, right);
    }

    private Object mixed(Number left, Number right) {
        if (left instanceof BigDecimal || right instanceof BigDecimal) {
            BigDecimal one = Decimals.of(left).orElseThrow(Arithmetic::notFinite);
            BigDecimal other = Decimals.of(right).orElseThrow(Arithmetic::notFinite);
            return Decimals.bounded(apply(one, other));
        }
        return apply(left.doubleValue(), right.doubleValue());
    }

    private static @Nullable Object concatenate(Object left, Object right) {
        if (left instanceof String one && right instanceof String other) {
            return one.concat(other);
        }
        if (left instanceof List<?> one && right instanceof List<?> other) {
            List<@Nullable Object> joined = new ArrayList<>(one.size() + other.size());
            joined.addAll(one);
            joined.addAll(other);
            return Collections.unmodifiableList(joined);
        }
        if (left instanceof ByteBuffer one && right instanceof ByteBuffer other) {
            return ByteBuffer.allocate(one.remaining() + other.remaining())
                    .put(one.duplicate())
                    .put(other.duplicate())
                    .flip()
                    .asReadOnlyBuffer();
        }
        return null;
    }

    static Object negate(Object value) {
        if (value instanceof Long number) {
            if (number == Long.MIN_VALUE) {
                throw overflow("-");
            }
            return -number;
        }
        if (value instanceof BigDecimal number) {
            return number.negate();
        }
        if (value instanceof Double || value instanceof Float) {
            return -((Number) value).doubleValue();
        }
        throw new EvaluationException("expression.type", "'-' is not defined for (" + RuntimeTypes.name(value) + ").");
    }

    static Object abs(Object value) {
        if (value instanceof Long number) {
            return number < 0 ? negate(number) : number;
        }
        if (value instanceof BigDecimal number) {
            return number.abs();
        }
        if (value instanceof Double || value instanceof Float) {
            return Math.abs(((Number) value).doubleValue());
        }
        throw new EvaluationException(
                "expression.type", "'abs' is not defined for (" + RuntimeTypes.name(value) + ").");
    }

    private static void requireDivisor(boolean present) {
        if (!present) {
            throw new EvaluationException("expression.division-by-zero", "a division by zero has no result.");
        }
    }

    static EvaluationException overflow(String symbol) {
        return new EvaluationException(
                "expression.overflow",
                "the result of '" + symbol + "' is beyond 64 bits. Use decimal(x) for greater numbers.");
    }

    private static EvaluationException notFinite() {
        return new EvaluationException("expression.type", "a double that is not finite cannot become a decimal.");
    }

    static EvaluationException undefined(String symbol, Object left, Object right) {
        return new EvaluationException(
                "expression.type",
                "'" + symbol + "' is not defined for (" + RuntimeTypes.name(left) + ", " + RuntimeTypes.name(right)
                        + ").");
    }
}
