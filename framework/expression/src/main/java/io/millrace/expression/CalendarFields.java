package io.millrace.expression;

import io.millrace.expression.type.EvaluationException;
import io.millrace.expression.type.RuntimeTypes;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** CEL's getFullYear and its like, in UTC. As CEL has it, getMonth, getDayOfMonth and getDayOfYear count from 0, getDate from 1. */
final class CalendarFields {
    private static final Map<String, ToLongFunction<LocalDateTime>> FIELDS = Map.of(
            "getFullYear",
            LocalDateTime::getYear,
            "getMonth",
            time -> time.getMonthValue() - 1,
            "getDate",
            LocalDateTime::getDayOfMonth,
            "getDayOfMonth",
            time -> time.getDayOfMonth() - 1,
            "getDayOfWeek",
            time -> time.getDayOfWeek().getValue() % 7,
            "getDayOfYear",
            time -> time.getDayOfYear() - 1,
            "getHours",
            LocalDateTime::getHour,
            "getMinutes",
            LocalDateTime::getMinute,
            "getSeconds",
            LocalDateTime::getSecond,
            "getMilliseconds",
            time -> time.getNano() / 1_000_000);

    /** Of a duration CEL gives the whole of it in the unit, cut towards zero, but of the milliseconds those of its last second. */
    private static final Map<String, ToLongFunction<Duration>> OF_DURATIONS = Map.of(
            "getHours",
            duration -> duration.toSeconds() / 3600,
            "getMinutes",
            duration -> duration.toSeconds() / 60,
            "getSeconds",
            Duration::toSeconds,
            "getMilliseconds",
            Duration::toMillisPart);

    private CalendarFields() {}

    static Map<String, Node.Unary> table() {
        return FIELDS.keySet().stream()
                .collect(java.util.stream.Collectors.toMap(name -> name, CalendarFields::reader));
    }

    /** Those that a date has. */
    static List<String> ofDates() {
        return List.of("getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear");
    }

    private static Node.Unary reader(String name) {
        ToLongFunction<LocalDateTime> field = java.util.Objects.requireNonNull(FIELDS.get(name));
        ToLongFunction<Duration> whole = OF_DURATIONS.get(name);
        return value -> value instanceof Duration duration && whole != null
                ? (Object) whole.applyAsLong(duration)
                : (Object) field.applyAsLong(local(value, name));
    }

    private static LocalDateTime local(Object value, String name) {
        if (value instanceof Instant instant) {
            return LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
        }
        if (value instanceof LocalDate date) {
            return date.atStartOfDay();
        }
        throw new EvaluationException(
                "expression.type", "'" + name + "' is not defined for (" + RuntimeTypes.name(value) + ").");
    }
}
