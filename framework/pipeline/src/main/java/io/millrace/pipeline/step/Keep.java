package io.millrace.pipeline.step;

import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import java.util.List;

/**
 * {@code keep: [a, b]}: these fields, in this order; a record that lacks one is a dead letter.
 *
 * @param fields to keep
 */
public record Keep(String name, List<String> fields) implements Step {

    public Keep {
        fields = List.copyOf(fields);
    }

    @Override
    public Kind kind() {
        return Kind.KEEP;
    }

    @Override
    public RowType outputType(RowType input) {
        return new RowType(
                fields.stream()
                        .map(field -> input.field(field).orElse(new RowType.Field(field, ScalarType.UNKNOWN, false)))
                        .toList(),
                false);
    }
}
