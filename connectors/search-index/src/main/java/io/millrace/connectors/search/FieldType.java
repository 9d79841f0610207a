package io.millrace.connectors.search;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.jspecify.annotations.Nullable;

/** Schemas that mean more than their type: how their values are written, and how the index takes them. */
enum FieldType {
    DECIMAL,
    /** {@code java.util.Date} at midnight UTC. */
    DATE,
    /** {@code java.util.Date} of the first day. */
    TIME,
    /** {@code java.util.Date}. */
    TIMESTAMP,
    EPOCH_DAYS,
    EPOCH_MILLIS,
    EPOCH_MICROS,
    EPOCH_NANOS,
    /** Text in ISO-8601 with a zone. */
    ZONED,
    /** Nothing more than its type. */
    PLAIN;

    private static final Map<String, FieldType> BY_NAME = Map.of(
            Decimal.LOGICAL_NAME,
            DECIMAL,
            Date.LOGICAL_NAME,
            DATE,
            Time.LOGICAL_NAME,
            TIME,
            Timestamp.LOGICAL_NAME,
            TIMESTAMP,
            "io.debezium.time.Date",
            EPOCH_DAYS,
            "io.debezium.time.Timestamp",
            EPOCH_MILLIS,
            "io.debezium.time.MicroTimestamp",
            EPOCH_MICROS,
            "io.debezium.time.NanoTimestamp",
            EPOCH_NANOS,
            "io.debezium.time.ZonedTimestamp",
            ZONED);

    static FieldType of(@Nullable Schema schema) {
        return schema == null || schema.name() == null ? PLAIN : BY_NAME.getOrDefault(schema.name(), PLAIN);
    }

    boolean isDay() {
        return this == DATE || this == EPOCH_DAYS;
    }

    boolean isInstant() {
        return switch (this) {
            case TIMESTAMP, EPOCH_MILLIS, EPOCH_MICROS, EPOCH_NANOS, ZONED -> true;
            default -> false;
        };
    }

    /** Writes days, times and instants in ISO-8601; an instant with all digits it has. */
    void write(JsonGenerator out, Object value) throws IOException {
        out.writeString(iso(value));
    }

    /** As {@link #write} writes it. */
    String iso(Object value) {
        return switch (this) {
            case DATE ->
                instant(value).atOffset(java.time.ZoneOffset.UTC).toLocalDate().toString();
            case EPOCH_DAYS -> LocalDate.ofEpochDay(number(value)).toString();
            case TIME ->
                LocalTime.ofNanoOfDay(instant(value).toEpochMilli() * 1_000_000L)
                        .toString();
            case TIMESTAMP -> instant(value).toString();
            case EPOCH_MILLIS -> Instant.ofEpochMilli(number(value)).toString();
            case EPOCH_MICROS ->
                Instant.EPOCH.plus(number(value), ChronoUnit.MICROS).toString();
            case EPOCH_NANOS -> Instant.EPOCH.plusNanos(number(value)).toString();
            case ZONED, DECIMAL, PLAIN -> value.toString();
        };
    }

    private static Instant instant(Object value) {
        return ((java.util.Date) value).toInstant();
    }

    private static long number(Object value) {
        return ((Number) value).longValue();
    }
}
