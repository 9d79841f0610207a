package io.millrace.connectors.s3.parquet;

import java.util.function.BiFunction;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/** How values of one Connect schema become rows. */
public final class RowSchema {
    private final GroupColumn columns;
    private final Layout layout;
    private final BiFunction<GroupColumn, Object, @Nullable Object[]> reading;

    private RowSchema(GroupColumn columns, Layout layout, BiFunction<GroupColumn, Object, @Nullable Object[]> reading) {
        this.columns = columns;
        this.layout = layout;
        this.reading = reading;
    }

    /** One column per field of the struct. */
    static RowSchema ofStruct(GroupColumn columns, Layout layout) {
        return new RowSchema(
                columns,
                layout,
                (group, value) -> group.prepareFields(
                        (Struct) value, new @Nullable Object[group.fields().size()]));
    }

    /** The value as a whole in the only column. */
    static RowSchema ofWhole(GroupColumn columns, Layout layout) {
        return new RowSchema(columns, layout, (group, value) ->
                new @Nullable Object[] {group.fields().get(0).type().prepare(value)});
    }

    /**
     * @param value null for a tombstone: all columns of the value are null
     * @throws DataException when the value cannot be written to this schema's columns
     */
    public Row row(@Nullable Object value, RowFacts facts) {
        if (value == null) {
            return new Row(this, new @Nullable Object[columns.fields().size()], facts);
        }
        try {
            return new Row(this, reading.apply(columns, value), facts);
        } catch (ClassCastException | ArithmeticException e) {
            throw new DataException("The value does not agree with its schema: " + e.getMessage(), e);
        }
    }

    /** The columns of its files. */
    public Layout layout() {
        return layout;
    }

    GroupColumn columns() {
        return columns;
    }
}
