package io.millrace.connectors.jdbc;

import io.millrace.connectors.jdbc.Row.Operation;
import io.millrace.connectors.jdbc.Tables.Plan;
import io.millrace.connectors.jdbc.dialect.OriginGuard;
import io.millrace.connectors.jdbc.table.Column;
import io.millrace.connectors.jdbc.table.ColumnText;
import io.millrace.connectors.jdbc.table.FieldTypes;
import io.millrace.connectors.jdbc.table.FieldTypes.FieldType;
import io.millrace.connectors.jdbc.table.RowRejected;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;

/** Turns the values of rows into what their columns take. */
final class Binding {
    private static final long BYTES_OF_NOTHING = 8;

    /**
     * A row as it is written.
     *
     * @param values in the order of the plan's columns: String, byte array or null
     * @param key compares as the database's key does
     * @param bytes what it takes, about
     * @param guard of a replayed record: what the row that is there is compared by
     */
    record Bound(
            SinkRecord record,
            Operation operation,
            Plan plan,
            Object[] values,
            List<Object> key,
            long bytes,
            Optional<OriginGuard> guard) {}

    private final ColumnText text;

    Binding(ColumnText text) {
        this.text = text;
    }

    /** @throws RowRejected when a column cannot hold its value */
    Bound bind(Row row, Plan plan) {
        Object[] values = new Object[row.values().length];
        List<Object> key = new ArrayList<>(row.shape().keys());
        long bytes = 0;
        for (int i = 0; i < values.length; i++) {
            Object value = row.values()[i];
            Column column = plan.columns().get(i);
            if (value == null) {
                if (!column.nullable()) {
                    throw new RowRejected(
                            "null",
                            "column '" + column.name() + "' of table '"
                                    + plan.table().name() + "' does not take null.");
                }
                bytes += BYTES_OF_NOTHING;
                continue;
            }
            FieldType type = row.shape().typedKey()
                    ? row.shape().fields().get(i).type()
                    : FieldTypes.ofKeyValue(value, column.type());
            Object bound = text.of(normal(type, value, column), type.type(), column);
            values[i] = bound;
            bytes += bound instanceof byte[] array ? 2L * array.length : ((String) bound).length();
            if (i < row.shape().keys()) {
                key.add(bound instanceof byte[] array ? ByteBuffer.wrap(array) : bound);
            }
        }
        Optional<OriginGuard> guard =
                row.replayOf().flatMap(origin -> plan.origin().map(column -> new OriginGuard(column, origin)));
        return new Bound(row.record(), row.operation(), plan, values, key, bytes, guard);
    }

    private static Object normal(FieldType type, Object value, Column column) {
        try {
            return type.normal().apply(value);
        } catch (DataException | ClassCastException | NumberFormatException e) {
            throw new RowRejected(
                    "value", "the value of column '" + column.name() + "' is not of the type '" + type.type() + "'.");
        }
    }
}
