package io.millrace.connectors.s3.parquet;

import org.apache.parquet.schema.MessageType;

/**
 * The columns of a file. Within one {@link RowSchemas} there is one Layout per Parquet schema, so that layouts are compared by identity:
 * two schemas that differ in nothing a file shows (a version, a doc) share a file.
 */
public final class Layout {
    private final MessageType columns;

    Layout(MessageType columns) {
        this.columns = columns;
    }

    MessageType columns() {
        return columns;
    }

    @Override
    public String toString() {
        return columns.toString();
    }
}
