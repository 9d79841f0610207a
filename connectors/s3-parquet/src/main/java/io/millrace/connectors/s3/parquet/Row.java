package io.millrace.connectors.s3.parquet;

import org.apache.parquet.io.api.RecordConsumer;
import org.jspecify.annotations.Nullable;

/** A record ready to be written: nothing in it can be refused any more. */
public final class Row {
    private final RowSchema schema;
    private final @Nullable Object[] values;
    private final RowFacts facts;

    Row(RowSchema schema, @Nullable Object[] values, RowFacts facts) {
        this.schema = schema;
        this.values = values;
        this.facts = facts;
    }

    public Layout layout() {
        return schema.layout();
    }

    void write(RecordConsumer out) {
        out.startMessage();
        schema.columns().writeFields(out, values);
        facts.write(out, values.length);
        out.endMessage();
    }
}
