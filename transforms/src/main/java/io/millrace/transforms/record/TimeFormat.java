package io.millrace.transforms.record;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.Date;
import java.util.Locale;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/** A way in which a time is written. Instants have nanoseconds. */
public final class TimeFormat {
    private static final BigDecimal NANOS = BigDecimal.valueOf(1_000_000_000L);
    private static final DateTimeFormatter ISO = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .optionalStart()
            .appendLiteral('T')
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .optionalEnd()
            .optionalStart()
            .appendOffsetId()
            .optionalEnd()
            .toFormatter(Locale.ROOT);

    private enum Kind {
        SCHEMA,
        EPOCH,
        TIMESTAMP,
        MICRO_TIMESTAMP,
        DATE,
        TEXT
    }

    private final String name;
    private final Kind kind;
    /** Of EPOCH: how many digits of a second a unit has, 0, 3, 6 or 9. */
    private final int digits;

    private final @Nullable DateTimeFormatter formatter;
    private final ZoneId zone;

    private TimeFormat(String name, Kind kind, int digits, @Nullable DateTimeFormatter formatter, ZoneId zone) {
        this.name = name;
        this.kind = kind;
        this.digits = digits;
        this.formatter = formatter;
        this.zone = zone;
    }

    /**
     * @param writing whether it is one to write in: {@code schema} is not
     * @throws IllegalArgumentException where it is no known name and no pattern of java.time
     */
    public static TimeFormat parse(String name, ZoneId zone, boolean writing) {
        return switch (name) {
            case "epoch_s" -> new TimeFormat(name, Kind.EPOCH, 0, null, zone);
            case "epoch_ms" -> new TimeFormat(name, Kind.EPOCH, 3, null, zone);
            case "epoch_us" -> new TimeFormat(name, Kind.EPOCH, 6, null, zone);
            case "epoch_ns" -> new TimeFormat(name, Kind.EPOCH, 9, null, zone);
            case "iso" ->
                new TimeFormat(name, Kind.TEXT, 0, writing ? DateTimeFormatter.ISO_OFFSET_DATE_TIME : ISO, zone);
            case "schema", "timestamp", "micro_timestamp", "date" -> {
                if (writing == name.equals("schema")) {
                    throw new IllegalArgumentException(
                            writing ? "name how to write the times" : "a type says so by itself: write 'schema'");
                }
                yield new TimeFormat(name, Kind.valueOf(name.toUpperCase(Locale.ROOT)), 0, null, zone);
            }
            default -> new TimeFormat(name, Kind.TEXT, 0, DateTimeFormatter.ofPattern(name, Locale.ROOT), zone);
        };
    }

    /** The schema of what it writes. */
    public Schema schema(boolean optional) {
        SchemaBuilder builder =
                switch (kind) {
                    case SCHEMA -> throw new IllegalStateException("not one to write in");
                    case EPOCH -> SchemaBuilder.int64();
                    case TIMESTAMP -> Timestamp.builder();
                    case MICRO_TIMESTAMP ->
                        SchemaBuilder.int64()
                                .name("io.debezium.time.MicroTimestamp")
                                .version(1);
                    case DATE -> org.apache.kafka.connect.data.Date.builder();
                    case TEXT -> SchemaBuilder.string();
                };
        return (optional ? builder.optional() : builder).build();
    }

    /**
     * @throws java.time.DateTimeException where it is no such time
     * @throws ArithmeticException where it is out of range
     * @throws NumberFormatException where a number is wanted
     */
    public Instant read(Object value, @Nullable Schema schema) {
        return switch (kind) {
            case SCHEMA -> bySchema(value, schema);
            case EPOCH -> epoch(new BigDecimal(Template.plain(value).strip()), digits);
            default -> text(value.toString().strip());
        };
    }

    private static Instant bySchema(Object value, @Nullable Schema schema) {
        if (value instanceof Date date) {
            return date.toInstant();
        }
        String type = schema == null || schema.name() == null ? "" : schema.name();
        if (value instanceof Number number) {
            switch (type) {
                case "io.debezium.time.Timestamp":
                    return epoch(BigDecimal.valueOf(number.longValue()), 3);
                case "io.debezium.time.MicroTimestamp":
                    return epoch(BigDecimal.valueOf(number.longValue()), 6);
                case "io.debezium.time.NanoTimestamp":
                    return epoch(BigDecimal.valueOf(number.longValue()), 9);
                case "io.debezium.time.Date":
                    return LocalDate.ofEpochDay(number.longValue())
                            .atStartOfDay(ZoneOffset.UTC)
                            .toInstant();
                default:
                    break;
            }
        }
        if (type.equals("io.debezium.time.ZonedTimestamp")) {
            return ZonedDateTime.parse(value.toString()).toInstant();
        }
        throw new DataException("has a type that says nothing of a time: write 'from'");
    }

    private static Instant epoch(BigDecimal units, int digits) {
        BigInteger nanos = units.movePointLeft(digits)
                .multiply(NANOS)
                .setScale(0, RoundingMode.HALF_UP)
                .toBigInteger();
        BigInteger[] parts = nanos.divideAndRemainder(NANOS.toBigInteger());
        return Instant.ofEpochSecond(parts[0].longValueExact(), parts[1].longValue());
    }

    private Instant text(String text) {
        TemporalAccessor read = java.util.Objects.requireNonNull(formatter).parse(text);
        if (read.isSupported(ChronoField.INSTANT_SECONDS)) {
            return Instant.from(read);
        }
        ZoneId own = read.query(TemporalQueries.zone());
        LocalDate date = LocalDate.from(read);
        LocalTime time = read.query(TemporalQueries.localTime());
        return LocalDateTime.of(date, time == null ? LocalTime.MIDNIGHT : time)
                .atZone(own == null ? zone : own)
                .toInstant();
    }

    /**
     * @throws ArithmeticException where it is out of range
     */
    public Object write(Instant instant) {
        return switch (kind) {
            case SCHEMA -> throw new IllegalStateException("not one to write in");
            case EPOCH -> units(instant, digits);
            case MICRO_TIMESTAMP -> units(instant, 6);
            case TIMESTAMP -> new Date(units(instant, 3));
            case DATE ->
                Date.from(LocalDate.ofInstant(instant, zone)
                        .atStartOfDay(ZoneOffset.UTC)
                        .toInstant());
            case TEXT -> java.util.Objects.requireNonNull(formatter).format(instant.atZone(zone));
        };
    }

    private static long units(Instant instant, int digits) {
        return switch (digits) {
            case 0 -> instant.getEpochSecond();
            case 3 -> ChronoUnit.MILLIS.between(Instant.EPOCH, instant.truncatedTo(ChronoUnit.MILLIS));
            case 6 -> ChronoUnit.MICROS.between(Instant.EPOCH, instant.truncatedTo(ChronoUnit.MICROS));
            default -> ChronoUnit.NANOS.between(Instant.EPOCH, instant);
        };
    }

    @Override
    public String toString() {
        return name;
    }
}
