package io.millrace.pipeline.step;

import io.millrace.expression.Expression;
import io.millrace.expression.type.RowType;
import io.millrace.pipeline.model.StreamName;
import java.util.List;

/**
 * {@code lookup: {table: ..., on: ..., as: ..., missing: keep}}: on a table a left join by foreign key; either side's change emits again.
 * The row of the other table, or null, becomes field {@code as}.
 *
 * @param table the other stream, a table
 * @param on gives the other table's key: one expression per key field, in the key's order
 * @param as the field that is added
 * @param tableType the other table's type
 */
public record Lookup(String name, StreamName table, List<Expression> on, String as, RowType tableType) implements Step {

    public Lookup {
        on = List.copyOf(on);
    }

    @Override
    public Kind kind() {
        return Kind.LOOKUP;
    }

    @Override
    public RowType outputType(RowType input) {
        return input.with(new RowType.Field(as, tableType, false));
    }
}
