package io.millrace.expression;

import io.millrace.expression.type.DataType;
import io.millrace.expression.type.DecimalType;
import io.millrace.expression.type.EvaluationException;
import io.millrace.expression.type.ListType;
import io.millrace.expression.type.MapType;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.RuntimeTypes;
import io.millrace.expression.type.ScalarType;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * The cast of one runtime value to a type. Exact or an error, with one exception: a decimal is rounded HALF_UP at the scale of its target.
 *
 * <p>A float32 becomes the shortest decimal that reads back the same, never by way of double. A number never becomes a timestamp: its unit
 * would be a guess.
 */
public final class Casts {
    private static final String CODE = "expression.cast";

    private Casts() {}

    /**
     * The value as the target's runtime value; null stays null.
     *
     * @throws EvaluationException with code {@code expression.cast} when the value has no place in the type
     */
    public static @Nullable Object cast(@Nullable Object value, DataType target) {
        if (value == null) {
            return null;
        }
        if (target instanceof DecimalType decimal) {
            return toDecimal(value, decimal);
        }
        if (target instanceof ScalarType scalar) {
            return toScalar(value, scalar);
        }
        if (target instanceof ListType list) {
            return toList(value, list);
        }
        if (target instanceof MapType map) {
            return toMap(value, map);
        }
        RowType row = (RowType) target;
        if (value instanceof Struct || value instanceof Map) {
            return value;
        }
        throw impossible(value, row);
    }

    private static Object toScalar(Object value, ScalarType target) {
        return switch (target) {
            case STRING -> toText(value, target);
            case BOOL -> toBool(value, target);
            case INT32 -> toWhole(value, Integer.MIN_VALUE, Integer.MAX_VALUE, target);
            case INT64 -> toWhole(value, Long.MIN_VALUE, Long.MAX_VALUE, target);
            case FLOAT -> toFloat(value, target);
            case DOUBLE -> toDouble(value, target);
            case DATE -> toDate(value, target);
            case TIMESTAMP -> toTimestamp(value, target);
            case DURATION -> refuse(value, target);
            case BYTES -> value instanceof java.nio.ByteBuffer ? value : refuse(value, target);
            case UNKNOWN -> value;
        };
    }

    private static BigDecimal toDecimal(Object value, DecimalType target) {
        BigDecimal number = exactDecimal(value, target).setScale(target.scale(), RoundingMode.HALF_UP);
        if (number.precision() > target.precision()) {
            throw new EvaluationException(
                    CODE, "a " + RuntimeTypes.name(value) + " has more digits than " + target.text() + " holds.");
        }
        return number;
    }

    private static BigDecimal exactDecimal(Object value, DataType target) {
        if (value instanceof String text) {
            return Texts.decimal(text).orElseThrow(() -> notA("number", target));
        }
        return Decimals.of(value).orElseThrow(() -> impossible(value, target));
    }

    private static Object toWhole(Object value, long least, long greatest, ScalarType target) {
        if (value instanceof Long whole) {
            return inRange(whole, least, greatest, value, target);
        }
        if (!(value instanceof String) && Decimals.of(value).isEmpty()) {
            throw impossible(value, target);
        }
        try {
            long whole = exactDecimal(value, target).longValueExact();
            return inRange(whole, least, greatest, value, target);
        } catch (ArithmeticException e) {
            throw new EvaluationException(
                    CODE,
                    "a " + RuntimeTypes.name(value) + " that is not a whole number in the range of " + target.text()
                            + " cannot become " + target.text() + ".");
        }
    }

    private static Long inRange(long whole, long least, long greatest, Object value, ScalarType target) {
        if (whole < least || whole > greatest) {
            throw new EvaluationException(
                    CODE, "a " + RuntimeTypes.name(value) + " is out of the range of " + target.text() + ".");
        }
        return whole;
    }

    private static Object toDouble(Object value, ScalarType target) {
        if (value instanceof Double) {
            return value;
        }
        if (value instanceof Float number) {
            return (double) number;
        }
        if (value instanceof Long whole) {
            double widened = whole;
            if (widened == 0x1p63 || (long) widened != whole) {
                throw new EvaluationException(CODE, "an int has no exact value as " + target.text() + ".");
            }
            return widened;
        }
        if (value instanceof BigDecimal decimal) {
            return finite(decimal.doubleValue(), value, target);
        }
        if (value instanceof String text) {
            return finite(Texts.number(text).orElseThrow(() -> notA("number", target)), value, target);
        }
        throw impossible(value, target);
    }

    private static double finite(double number, Object value, DataType target) {
        if (Double.isInfinite(number)) {
            throw new EvaluationException(
                    CODE, "a " + RuntimeTypes.name(value) + " is out of the range of " + target.text() + ".");
        }
        return number;
    }

    private static Object toFloat(Object value, ScalarType target) {
        if (value instanceof Float) {
            return value;
        }
        if (value instanceof Double number) {
            // The target is the coarser type by name: to the nearest, as in every language; only the range is an error.
            float narrowed = number.floatValue();
            if (Float.isInfinite(narrowed) && !number.isInfinite()) {
                throw new EvaluationException(CODE, "a double is out of the range of " + target.text() + ".");
            }
            return narrowed;
        }
        return toFloat(toDouble(value, target), target);
    }

    private static Object toText(Object value, ScalarType target) {
        return Texts.of(value).orElseThrow(() -> impossible(value, target));
    }

    private static Object toBool(Object value, ScalarType target) {
        if (value instanceof Boolean) {
            return value;
        }
        if (value instanceof String text) {
            if ("true".equals(text) || "false".equals(text)) {
                return "true".equals(text);
            }
            throw new EvaluationException(
                    CODE, "a string that is not 'true' or 'false' cannot become " + target.text() + ".");
        }
        throw impossible(value, target);
    }

    private static Object toDate(Object value, ScalarType target) {
        if (value instanceof LocalDate) {
            return value;
        }
        if (value instanceof String text) {
            return Texts.date(text).orElseThrow(() -> notA("date such as 2026-01-31", target));
        }
        if (value instanceof Instant instant) {
            LocalDate day = instant.atOffset(ZoneOffset.UTC).toLocalDate();
            if (day.atStartOfDay(ZoneOffset.UTC).toInstant().equals(instant)) {
                return day;
            }
            throw new EvaluationException(
                    CODE,
                    "a timestamp that is not midnight UTC cannot become date. Write date(value.x) to cut the time off.");
        }
        throw impossible(value, target);
    }

    private static Object toTimestamp(Object value, ScalarType target) {
        if (value instanceof Instant) {
            return value;
        }
        if (value instanceof LocalDate day) {
            return day.atStartOfDay(ZoneOffset.UTC).toInstant();
        }
        if (value instanceof String text) {
            return Texts.timestamp(text).orElseThrow(() -> notA("timestamp such as 2026-01-31T12:00:00Z", target));
        }
        if (value instanceof Number) {
            throw new EvaluationException(
                    CODE,
                    "a " + RuntimeTypes.name(value) + " cannot become timestamp: its unit is not known."
                            + " Write timestamp(value.x), which takes seconds.");
        }
        throw impossible(value, target);
    }

    private static Object toList(Object value, ListType target) {
        if (!(value instanceof List<?> source)) {
            throw impossible(value, target);
        }
        List<@Nullable Object> result = new ArrayList<>(source.size());
        for (Object item : source) {
            result.add(cast(item, target.element()));
        }
        return Collections.unmodifiableList(result);
    }

    private static Object toMap(Object value, MapType target) {
        if (!(value instanceof Map<?, ?> source)) {
            throw impossible(value, target);
        }
        Map<Object, @Nullable Object> result = new LinkedHashMap<>();
        source.forEach((key, item) -> result.put(key, cast(item, target.value())));
        return Collections.unmodifiableMap(result);
    }

    private static Object refuse(Object value, DataType target) {
        throw impossible(value, target);
    }

    private static EvaluationException notA(String what, DataType target) {
        return new EvaluationException(
                CODE, "a string that is not a " + what + " cannot become " + target.text() + ".");
    }

    private static EvaluationException impossible(Object value, DataType target) {
        return new EvaluationException(
                CODE, "a value of type " + RuntimeTypes.name(value) + " cannot become " + target.text() + ".");
    }
}
