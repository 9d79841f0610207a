package io.millrace.expression;

import io.millrace.expression.type.DecimalType;
import io.millrace.expression.type.EvaluationException;
import io.millrace.expression.type.RuntimeTypes;
import io.millrace.expression.type.ScalarType;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Objects;

/** The conversion functions on values that are there. They say what they do by name, so they may cut where a cast may not. */
final class Conversions {
    private Conversions() {}

    static BigDecimal toDecimal(Object value) {
        if (value instanceof String text) {
            return Decimals.bounded(Texts.decimal(text).orElseThrow(() -> notA("number", "decimal")));
        }
        return Decimals.bounded(Decimals.of(value).orElseThrow(() -> impossible(value, "decimal")));
    }

    /** Cuts towards zero, as CEL does. */
    static Object toInt(Object value) {
        if (value instanceof Long) {
            return value;
        }
        if (value instanceof Instant instant) {
            return instant.getEpochSecond();
        }
        BigDecimal number = value instanceof String text
                ? Texts.decimal(text)
                        .filter(parsed -> parsed.scale() == 0)
                        .orElseThrow(() -> notA("whole number", "int"))
                : Decimals.of(value).orElseThrow(() -> impossible(value, "int"));
        try {
            return number.setScale(0, RoundingMode.DOWN).longValueExact();
        } catch (ArithmeticException e) {
            throw Arithmetic.overflow("int");
        }
    }

    static Object toDouble(Object value) {
        if (value instanceof Double) {
            return value;
        }
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        if (value instanceof String text) {
            return Texts.number(text).orElseThrow(() -> notA("number", "double"));
        }
        throw impossible(value, "double");
    }

    static Object toText(Object value) {
        return Objects.requireNonNull(Casts.cast(value, ScalarType.STRING));
    }

    static Object toBytes(Object value) {
        if (value instanceof ByteBuffer) {
            return value;
        }
        if (value instanceof String text) {
            return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)).asReadOnlyBuffer();
        }
        throw impossible(value, "bytes");
    }

    static Object toDate(Object value) {
        if (value instanceof Instant instant) {
            return LocalDate.ofInstant(instant, ZoneOffset.UTC);
        }
        return Objects.requireNonNull(Casts.cast(value, ScalarType.DATE));
    }

    /** Of a number: seconds since the epoch, to the nearest microsecond. */
    static Object toTimestamp(Object value) {
        if (!(value instanceof Number)) {
            return Objects.requireNonNull(Casts.cast(value, ScalarType.TIMESTAMP));
        }
        BigDecimal seconds = Decimals.of(value).orElseThrow(() -> impossible(value, "timestamp"));
        try {
            long micros =
                    seconds.movePointRight(6).setScale(0, RoundingMode.HALF_UP).longValueExact();
            return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000L);
        } catch (ArithmeticException | DateTimeException e) {
            throw new EvaluationException(
                    "expression.overflow", "a number of seconds is beyond the range of timestamp.");
        }
    }

    static int scale(Object digits) {
        if (digits instanceof Long scale && scale >= 0 && scale <= DecimalType.MAX_PRECISION) {
            return scale.intValue();
        }
        throw new EvaluationException("expression.type", "a scale must be an int from 0 to 38.");
    }

    private static EvaluationException notA(String what, String target) {
        return new EvaluationException(
                "expression.cast", "a string that is not a " + what + " cannot become " + target + ".");
    }

    private static EvaluationException impossible(Object value, String target) {
        return new EvaluationException(
                "expression.cast", "a value of type " + RuntimeTypes.name(value) + " cannot become " + target + ".");
    }
}
