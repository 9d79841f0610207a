package io.millrace.pipeline.step;

import io.millrace.expression.type.RowType;

/**
 * The end of a stream of events that is {@code table: {key: ...}}: each record becomes the row of its key, in the order in which they are read, and
 * the stream is a table from here on.
 *
 * @param key how the key is made
 */
public record ToTable(String name, KeyBy key) implements Step {

    @Override
    public Kind kind() {
        return Kind.TABLE;
    }

    @Override
    public RowType outputType(RowType input) {
        return input;
    }
}
