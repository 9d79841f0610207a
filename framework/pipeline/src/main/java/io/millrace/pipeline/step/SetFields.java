package io.millrace.pipeline.step;

import io.millrace.expression.Expression;
import io.millrace.expression.type.RowType;
import java.util.List;

/**
 * {@code set: {field: expression}}: each expression sees the record as it entered the step; a field that exists is replaced in its place,
 * others are added at the end in the order written.
 *
 * @param assignments in the order written
 */
public record SetFields(String name, List<Assignment> assignments) implements Step {

    /** A field and what it is set to. */
    public record Assignment(String field, Expression expression) {}

    public SetFields {
        assignments = List.copyOf(assignments);
    }

    @Override
    public Kind kind() {
        return Kind.SET;
    }

    @Override
    public RowType outputType(RowType input) {
        RowType output = input;
        for (Assignment assignment : assignments) {
            output = output.with(new RowType.Field(
                    assignment.field(), assignment.expression().type(), false));
        }
        return output;
    }
}
