package io.millrace.connectors.s3.parquet;

import org.apache.kafka.connect.errors.DataException;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.Type;

/** How values of one Connect schema stand in a Parquet column or group of columns. Nulls never reach it: they are absent fields. */
interface ColumnType {

    /** The Parquet type under this name. */
    Type parquet(String name, Type.Repetition repetition);

    /**
     * The value in the form that {@link #write} takes.
     *
     * @param value as Connect has it, never null
     * @throws DataException when it cannot be written, for example a decimal with more digits than its column
     * @throws ClassCastException when it is not of its schema's class
     * @throws ArithmeticException when it is out of its column's range
     */
    Object prepare(Object value);

    /** Writes what {@link #prepare} returned. Never fails on the value. */
    void write(RecordConsumer out, Object prepared);
}
