package io.millrace.expression.type;

import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.jspecify.annotations.Nullable;

/** Connect value to runtime value for one schema: find it once with {@link #of(Schema)}, keep it, use it for each record. */
@FunctionalInterface
public interface ConnectReader {

    /** The runtime value of a Connect value that is not null. */
    Object read(Object connectValue);

    /** The way to read values of a schema. Thread-safe. */
    static ConnectReader of(Schema schema) {
        String name = schema.name();
        ConnectReader logical = name == null ? null : logical(name);
        if (logical != null) {
            return logical;
        }
        return switch (schema.type()) {
            case INT8, INT16, INT32 -> value -> (long) ((Number) value).intValue();
            case BYTES -> ConnectReader::bytes;
            case ARRAY -> list(of(schema.valueSchema()));
            case MAP -> map(of(schema.keySchema()), of(schema.valueSchema()));
            case STRING, BOOLEAN, INT64, FLOAT32, FLOAT64, STRUCT -> value -> value;
        };
    }

    private static @Nullable ConnectReader logical(String name) {
        return switch (name) {
            case ConnectTypes.MICRO_TIMESTAMP -> value -> fromMicros((Long) value);
            case ConnectTypes.DEBEZIUM_TIMESTAMP -> value -> Instant.ofEpochMilli((Long) value);
            case ConnectTypes.NANO_TIMESTAMP -> value -> fromMicros(Math.floorDiv((Long) value, 1000L));
            case ConnectTypes.ZONED_TIMESTAMP -> value -> zoned((String) value);
            case Timestamp.LOGICAL_NAME -> value -> Instant.ofEpochMilli(((java.util.Date) value).getTime());
            case Date.LOGICAL_NAME ->
                value -> LocalDate.ofEpochDay(Math.floorDiv(((java.util.Date) value).getTime(), 86_400_000L));
            case ConnectTypes.DEBEZIUM_DATE -> value -> LocalDate.ofEpochDay((Integer) value);
            case Time.LOGICAL_NAME -> value -> ((java.util.Date) value).getTime();
            case Decimal.LOGICAL_NAME -> value -> value;
            default -> null;
        };
    }

    private static Instant fromMicros(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000L);
    }

    private static Instant zoned(String text) {
        try {
            return OffsetDateTime.parse(text)
                    .withOffsetSameInstant(ZoneOffset.UTC)
                    .toInstant()
                    .truncatedTo(ChronoUnit.MICROS);
        } catch (DateTimeException e) {
            throw new EvaluationException(
                    "expression.type",
                    "a string under the schema " + ConnectTypes.ZONED_TIMESTAMP + " is not a timestamp.");
        }
    }

    private static Object bytes(Object value) {
        ByteBuffer buffer = value instanceof byte[] array ? ByteBuffer.wrap(array) : (ByteBuffer) value;
        return buffer.asReadOnlyBuffer();
    }

    private static ConnectReader list(ConnectReader element) {
        return value -> {
            List<?> source = (List<?>) value;
            List<@Nullable Object> result = new ArrayList<>(source.size());
            for (Object item : source) {
                result.add(item == null ? null : element.read(item));
            }
            return Collections.unmodifiableList(result);
        };
    }

    private static ConnectReader map(ConnectReader key, ConnectReader element) {
        return value -> {
            Map<?, ?> source = (Map<?, ?>) value;
            Map<@Nullable Object, @Nullable Object> result = new LinkedHashMap<>();
            source.forEach((name, item) ->
                    result.put(name == null ? null : key.read(name), item == null ? null : element.read(item)));
            return Collections.unmodifiableMap(result);
        };
    }
}
