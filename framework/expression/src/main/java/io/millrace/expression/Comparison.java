package io.millrace.expression;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The ordering operators and equality of values. Numbers of different types compare by their exact values; NaN is unordered. */
enum Comparison implements Node.Binary {
    LESS("<") {
        @Override
        boolean holds(int order) {
            return order < 0;
        }
    },
    LESS_OR_EQUAL("<=") {
        @Override
        boolean holds(int order) {
            return order <= 0;
        }
    },
    GREATER(">") {
        @Override
        boolean holds(int order) {
            return order > 0;
        }
    },
    GREATER_OR_EQUAL(">=") {
        @Override
        boolean holds(int order) {
            return order >= 0;
        }
    };

    private final String symbol;

    Comparison(String symbol) {
        this.symbol = symbol;
    }

    abstract boolean holds(int order);

    @Override
    public Boolean apply(Object left, Object right) {
        if (left instanceof Number one && right instanceof Number other) {
            return !isNaN(one) && !isNaN(other) && holds(order(one, other));
        }
        if (left instanceof String one && right instanceof String other) {
            return holds(one.compareTo(other));
        }
        if (left instanceof Instant one && right instanceof Instant other) {
            return holds(one.compareTo(other));
        }
        if (left instanceof Duration one && right instanceof Duration other) {
            return holds(one.compareTo(other));
        }
        if (left instanceof LocalDate one && right instanceof LocalDate other) {
            return holds(one.compareTo(other));
        }
        if (left instanceof Boolean one && right instanceof Boolean other) {
            return holds(one.compareTo(other));
        }
        if (left instanceof ByteBuffer one && right instanceof ByteBuffer other) {
            return holds(unsignedOrder(one, other));
        }
        throw Arithmetic.undefined(symbol, left, right);
    }

    /** CEL orders bytes as unsigned; ByteBuffer's own order is signed. */
    private static int unsignedOrder(ByteBuffer left, ByteBuffer right) {
        int mismatch = left.mismatch(right);
        if (mismatch < 0 || mismatch >= left.remaining() || mismatch >= right.remaining()) {
            return Integer.compare(left.remaining(), right.remaining());
        }
        return Byte.compareUnsigned(left.get(left.position() + mismatch), right.get(right.position() + mismatch));
    }

    private static boolean isNaN(Number number) {
        return number instanceof Double wide && wide.isNaN() || number instanceof Float narrow && narrow.isNaN();
    }

    /** Of two numbers that are not NaN. Zero and minus zero are equal. */
    private static int order(Number left, Number right) {
        if (left instanceof Long one && right instanceof Long other) {
            return Long.compare(one, other);
        }
        if (left instanceof BigDecimal one && right instanceof BigDecimal other) {
            return one.compareTo(other);
        }
        boolean decimals = left instanceof BigDecimal || right instanceof BigDecimal;
        boolean whole = left instanceof Long || right instanceof Long;
        double one = left.doubleValue();
        double other = right.doubleValue();
        if (!decimals && !whole || Double.isInfinite(one) || Double.isInfinite(other)) {
            return one < other ? -1 : one > other ? 1 : 0;
        }
        return decimals
                ? Decimals.of(left).orElseThrow().compareTo(Decimals.of(right).orElseThrow())
                : exact(left).compareTo(exact(right));
    }

    /** A long or a double with all its binary digits. */
    private static BigDecimal exact(Number number) {
        return number instanceof Long whole ? BigDecimal.valueOf(whole) : new BigDecimal(number.doubleValue());
    }

    /** Null equals null only; numbers equal by value whatever their types; values of different kinds are different. */
    static boolean equal(@Nullable Object left, @Nullable Object right) {
        if (left == null || right == null) {
            return left == right;
        }
        if (left instanceof Number one && right instanceof Number other) {
            return !isNaN(one) && !isNaN(other) && order(one, other) == 0;
        }
        if (left instanceof List<?> one && right instanceof List<?> other) {
            return equalLists(one, other);
        }
        if (left instanceof Map<?, ?> one && right instanceof Map<?, ?> other) {
            return equalMaps(one, other);
        }
        return left.equals(right);
    }

    private static boolean equalLists(List<?> left, List<?> right) {
        if (left.size() != right.size()) {
            return false;
        }
        Iterator<?> others = right.iterator();
        for (Object item : left) {
            if (!equal(item, others.next())) {
                return false;
            }
        }
        return true;
    }

    private static boolean equalMaps(Map<?, ?> left, Map<?, ?> right) {
        if (left.size() != right.size()) {
            return false;
        }
        for (Map.Entry<?, ?> entry : left.entrySet()) {
            if (!right.containsKey(entry.getKey()) || !equal(entry.getValue(), right.get(entry.getKey()))) {
                return false;
            }
        }
        return true;
    }

    /** {@code x in list} by equality; {@code x in map} by key. */
    static Boolean in(@Nullable Object item, Object container) {
        if (container instanceof List<?> list) {
            for (Object candidate : list) {
                if (equal(item, candidate)) {
                    return true;
                }
            }
            return false;
        }
        if (container instanceof Map<?, ?> map) {
            return item != null && map.containsKey(item);
        }
        throw Arithmetic.undefined("in", item == null ? "" : item, container);
    }
}
