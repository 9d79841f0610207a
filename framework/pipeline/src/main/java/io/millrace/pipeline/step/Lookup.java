package io.millrace.pipeline.step;

import io.millrace.expression.Expression;
import io.millrace.expression.type.RowType;
import io.millrace.pipeline.model.StreamName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * {@code lookup: {table: ..., on: ..., as: ..., missing: keep}}: on a table a left join by foreign key; either side's change emits again.
 * On events each record meets the row that the table has at that moment. The row of the other table, or null, becomes field {@code as}.
 *
 * @param table the other stream, a table
 * @param on gives the other table's key: one expression per key field, in the key's order
 * @param as the field that is added
 * @param tableType the other table's type
 * @param missing what becomes of an event that finds no row; on a table it is {@link Missing#KEEP}
 */
public record Lookup(String name, StreamName table, List<Expression> on, String as, RowType tableType, Missing missing)
        implements Step {

    /**
     * What becomes of an event that finds no row.
     *
     * @param deadLetter whether it is a dead letter in the end; if not it goes on with null
     * @param patience how long it waits for the row first, by the worker's clock
     */
    public record Missing(boolean deadLetter, Optional<Duration> patience) {
        public static final Missing KEEP = new Missing(false, Optional.empty());
        public static final Missing DEAD_LETTER = new Missing(true, Optional.empty());
    }

    public Lookup {
        on = List.copyOf(on);
    }

    /** A lookup that keeps what finds nothing. */
    public Lookup(String name, StreamName table, List<Expression> on, String as, RowType tableType) {
        this(name, table, on, as, tableType, Missing.KEEP);
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
