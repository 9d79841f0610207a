package io.millrace.pipeline.step;

import io.millrace.expression.type.RowType;

/**
 * {@code unwrap: debezium}: a change event to the row: c, r and u give the row after, d gives one delete, and Debezium's own tombstone is
 * swallowed. Debezium's own types become ours: io.debezium.time.Date to date, its timestamps to timestamp, VariableScaleDecimal to
 * decimal. Deletes leave with a null value.
 *
 * @param name see {@link Step#name()}
 */
public record Unwrap(String name) implements Step {

    @Override
    public Kind kind() {
        return Kind.UNWRAP;
    }

    @Override
    public RowType outputType(RowType input) {
        return RowType.ANY;
    }
}
