package io.millrace.connectors.s3;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * The time by which a record finds its folder.
 *
 * @param field of the value; empty for the record's timestamp
 */
record EventTime(Optional<String> field) {

    /**
     * Milliseconds since 1970-01-01T00:00:00Z: of the field, or of the record where there is no field, no value or no time in it.
     *
     * @throws DataException when the value has no such field or the field is no time
     */
    long of(SinkRecord record) {
        Long time = field.isPresent() ? ofField(record, field.get()) : null;
        if (time != null) {
            return time;
        }
        Long timestamp = record.timestamp();
        if (timestamp == null) {
            throw new DataException("The record has no timestamp.");
        }
        return timestamp;
    }

    private static @Nullable Long ofField(SinkRecord record, String name) {
        if (record.value() == null) {
            return null;
        }
        Field field = record.value() instanceof Struct struct ? struct.schema().field(name) : null;
        if (field == null) {
            throw new DataException("The value has no field '" + name
                    + "', which 'event_time' names. Correct 'event_time' or leave it out.");
        }
        Object time = ((Struct) record.value()).getWithoutDefault(name);
        return time == null ? null : millis(field.schema(), name, time);
    }

    private static long millis(Schema schema, String name, Object time) {
        String type = schema.name() == null ? "" : schema.name();
        return switch (type) {
            case Date.LOGICAL_NAME, Timestamp.LOGICAL_NAME -> ((java.util.Date) time).getTime();
            case "io.debezium.time.MicroTimestamp" -> Math.floorDiv((Long) time, 1000L);
            case "io.debezium.time.Timestamp" -> (Long) time;
            case "io.debezium.time.Date" -> TimeUnit.DAYS.toMillis((Integer) time);
            default ->
                throw new DataException("The field '" + name + "', which 'event_time' names, is "
                        + (type.isEmpty() ? schema.type().getName() : type)
                        + ". Name a date or timestamp, or leave 'event_time' out.");
        };
    }
}
