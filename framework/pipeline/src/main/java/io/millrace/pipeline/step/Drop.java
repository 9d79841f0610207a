package io.millrace.pipeline.step;

import io.millrace.expression.type.RowType;
import java.util.List;

/**
 * {@code drop: [a, b]}: all fields but these; a record that lacks one is passed as it is.
 *
 * @param fields to leave out
 */
public record Drop(String name, List<String> fields) implements Step {

    public Drop {
        fields = List.copyOf(fields);
    }

    @Override
    public Kind kind() {
        return Kind.DROP;
    }

    @Override
    public RowType outputType(RowType input) {
        RowType output = input;
        for (String field : fields) {
            output = output.without(field);
        }
        return output;
    }
}
