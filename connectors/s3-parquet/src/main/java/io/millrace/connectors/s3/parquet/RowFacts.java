package io.millrace.connectors.s3.parquet;

import java.util.List;
import java.util.Set;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * What the lake says of every record besides its value; the last columns of every file.
 *
 * @param op column {@code _op}: {@code u} a table's row was written, {@code d} it was deleted, {@code i} an event
 * @param key column {@code _key}: the record's key as text
 * @param origin column {@code _origin}: {@code <topic>-<partition>@<offset>} of the raw record; null for an aggregate
 * @param at column {@code _at}: the record's timestamp, microseconds UTC
 * @param topic column {@code _topic}
 * @param partition column {@code _partition}
 * @param offset column {@code _offset}
 * @param formerOffset column {@code _former_offset}: of a replayed dead letter the offset it had in the topic of its stream; null of all others
 */
public record RowFacts(
        String op,
        @Nullable String key,
        @Nullable String origin,
        long at,
        String topic,
        int partition,
        long offset,
        @Nullable Long formerOffset) {

    /** The names of the columns. A value's field must not have one of them, in whatever case: readers fold it. */
    public static final Set<String> COLUMNS =
            Set.of("_op", "_key", "_origin", "_at", "_topic", "_partition", "_offset", "_former_offset");

    static List<Type> parquetFields() {
        return List.of(
                ColumnTypes.STRING.parquet("_op", Type.Repetition.REQUIRED),
                ColumnTypes.STRING.parquet("_key", Type.Repetition.OPTIONAL),
                ColumnTypes.STRING.parquet("_origin", Type.Repetition.OPTIONAL),
                ColumnTypes.TIMESTAMP.parquet("_at", Type.Repetition.REQUIRED),
                ColumnTypes.STRING.parquet("_topic", Type.Repetition.REQUIRED),
                ColumnTypes.INT32.parquet("_partition", Type.Repetition.REQUIRED),
                ColumnTypes.INT64.parquet("_offset", Type.Repetition.REQUIRED),
                ColumnTypes.INT64.parquet("_former_offset", Type.Repetition.OPTIONAL));
    }

    /** @param column the number of {@code _op} in its file */
    void write(RecordConsumer out, int column) {
        field(out, "_op", column, ColumnTypes.STRING, op);
        field(out, "_key", column + 1, ColumnTypes.STRING, key);
        field(out, "_origin", column + 2, ColumnTypes.STRING, origin);
        field(out, "_at", column + 3, ColumnTypes.TIMESTAMP, at);
        field(out, "_topic", column + 4, ColumnTypes.STRING, topic);
        field(out, "_partition", column + 5, ColumnTypes.INT32, partition);
        field(out, "_offset", column + 6, ColumnTypes.INT64, offset);
        field(out, "_former_offset", column + 7, ColumnTypes.INT64, formerOffset);
    }

    private static void field(RecordConsumer out, String name, int column, ColumnType type, @Nullable Object value) {
        if (value != null) {
            out.startField(name, column);
            type.write(out, type.prepare(value));
            out.endField(name, column);
        }
    }
}
