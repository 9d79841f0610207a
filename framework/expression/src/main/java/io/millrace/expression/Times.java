package io.millrace.expression;

import io.millrace.expression.type.DataType;
import io.millrace.expression.type.EvaluationException;
import io.millrace.expression.type.RuntimeTypes;
import io.millrace.expression.type.ScalarType;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Timestamps and durations: how they add up, and the functions that make them. A duration is for calculating only: no record can hold one.
 * {@code now()} is the record's timestamp, when it arrived: so a record that is read again gives the same.
 */
final class Times {
    private static final Pattern DURATION = Pattern.compile("([+-]?)((?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:d|h|ms|m|s|us))+");
    private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d*)?|\\.\\d+)(d|h|ms|m|s|us)");
    private static final Map<String, BigDecimal> MICROS = Map.of(
            "d", BigDecimal.valueOf(86_400_000_000L),
            "h", BigDecimal.valueOf(3_600_000_000L),
            "m", BigDecimal.valueOf(60_000_000L),
            "s", BigDecimal.valueOf(1_000_000L),
            "ms", BigDecimal.valueOf(1_000L),
            "us", BigDecimal.ONE);
    private static final String FORM = "Write a number with a unit, or several: 1m, 1h30m, 1.5s, 500ms, 2d.";

    private Times() {}

    static Typed now() {
        return Typed.of((scope, locals) -> Instant.ofEpochMilli(scope.timestamp()), ScalarType.TIMESTAMP);
    }

    /** The function duration; a text that is none is told when the pipeline is checked, where it stands there. */
    static Typed duration(Typed text) {
        if (text.type() == ScalarType.DURATION) {
            return text;
        }
        if (text.constant() instanceof String known) {
            Duration constant = parse(known)
                    .orElseThrow(() -> new Functions.UnsupportedException("'" + known + "' is not a duration.", FORM));
            return Typed.constant(constant, ScalarType.DURATION);
        }
        return Typed.of(Node.unary(text.node(), Times::toDuration), ScalarType.DURATION);
    }

    private static Object toDuration(Object value) {
        if (value instanceof Duration) {
            return value;
        }
        return Optional.of(value)
                .filter(String.class::isInstance)
                .flatMap(text -> parse((String) text))
                .orElseThrow(() -> new EvaluationException(
                        "expression.cast",
                        "a value of type " + RuntimeTypes.name(value) + " that is not a duration such as 1h30m cannot"
                                + " become duration."));
    }

    /** As CEL writes them, and days; to the microsecond. */
    static Optional<Duration> parse(String text) {
        Matcher whole = DURATION.matcher(text);
        if (!whole.matches()) {
            return Optional.empty();
        }
        BigDecimal micros = BigDecimal.ZERO;
        Matcher part = PART.matcher(text);
        while (part.find()) {
            BigDecimal unit = MICROS.getOrDefault(part.group(2), BigDecimal.ONE);
            micros = micros.add(new BigDecimal(part.group(1)).multiply(unit));
        }
        try {
            long exact = micros.setScale(0, RoundingMode.HALF_UP).longValueExact();
            Duration duration = Duration.ofSeconds(exact / 1_000_000L, exact % 1_000_000L * 1000L);
            return Optional.of(whole.group(1).equals("-") ? duration.negated() : duration);
        } catch (ArithmeticException e) {
            return Optional.empty();
        }
    }

    /** Of milliseconds since the epoch; a fraction is kept to the microsecond. */
    static Object ofMillis(Object value) {
        BigDecimal millis = Decimals.of(value)
                .orElseThrow(() -> new EvaluationException(
                        "expression.cast",
                        "a value of type " + RuntimeTypes.name(value) + " cannot become timestamp."));
        return Conversions.toTimestamp(millis.movePointLeft(3));
    }

    /** Whole milliseconds since the epoch, downwards. */
    static Object toMillis(Object value) {
        if (value instanceof Instant instant) {
            return instant.toEpochMilli();
        }
        throw new EvaluationException(
                "expression.type", "'epoch_millis' is not defined for (" + RuntimeTypes.name(value) + ").");
    }

    /** The type of a sum or difference; null where neither side is known to be a time. */
    static @Nullable DataType arithmetic(Arithmetic operator, DataType left, DataType right) {
        if (!isTime(left) && !isTime(right)) {
            return null;
        }
        if (left == ScalarType.TIMESTAMP && right == ScalarType.TIMESTAMP) {
            return ScalarType.DURATION;
        }
        if (left == ScalarType.TIMESTAMP && operator == Arithmetic.SUBTRACT && right == ScalarType.UNKNOWN) {
            return ScalarType.UNKNOWN;
        }
        if (left == ScalarType.TIMESTAMP || right == ScalarType.TIMESTAMP) {
            return ScalarType.TIMESTAMP;
        }
        return left == right ? ScalarType.DURATION : ScalarType.UNKNOWN;
    }

    private static boolean isTime(DataType type) {
        return type == ScalarType.TIMESTAMP || type == ScalarType.DURATION;
    }

    /** The sum or difference; null where these are not times. */
    static @Nullable Object apply(Arithmetic operator, Object left, Object right) {
        try {
            if (operator == Arithmetic.ADD) {
                return added(left, right);
            }
            return operator == Arithmetic.SUBTRACT ? subtracted(left, right) : null;
        } catch (ArithmeticException | DateTimeException e) {
            throw new EvaluationException(
                    "expression.overflow", "the result of '" + operator.symbol() + "' is beyond the range of times.");
        }
    }

    private static @Nullable Object added(Object left, Object right) {
        if (left instanceof Instant at && right instanceof Duration by) {
            return at.plus(by);
        }
        if (left instanceof Duration by && right instanceof Instant at) {
            return at.plus(by);
        }
        return left instanceof Duration one && right instanceof Duration other ? one.plus(other) : null;
    }

    private static @Nullable Object subtracted(Object left, Object right) {
        if (left instanceof Instant at && right instanceof Duration by) {
            return at.minus(by);
        }
        if (left instanceof Instant to && right instanceof Instant from) {
            return Duration.between(from, to);
        }
        return left instanceof Duration one && right instanceof Duration other ? one.minus(other) : null;
    }
}
