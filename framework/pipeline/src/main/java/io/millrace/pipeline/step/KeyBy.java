package io.millrace.pipeline.step;

import io.millrace.expression.type.RowType;
import java.util.List;

/**
 * {@code key: field} or {@code key: [a, b]} on events: each record gets these fields of its row as its key. A stream of events with a
 * contract that has a key ends with one. A record on which one of them is null or missing is a dead letter of rule {@code key}.
 *
 * @param fields of the row, in the key's order
 * @param keyType their types, closed
 */
public record KeyBy(String name, List<String> fields, RowType keyType) implements Step {

    public KeyBy {
        fields = List.copyOf(fields);
    }

    @Override
    public Kind kind() {
        return Kind.KEY;
    }

    @Override
    public RowType outputType(RowType input) {
        return input;
    }
}
