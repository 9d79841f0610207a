package io.millrace.layers.topology;

import io.millrace.expression.Expression;
import io.millrace.expression.Scope;
import io.millrace.expression.type.EvaluationException;
import io.millrace.layers.record.Keys;
import io.millrace.layers.record.Row;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/** The other table's key, from a row of this one. Immutable and thread-safe. */
final class ForeignKey {
    private final List<Expression> on;
    private final Keys own;
    private final Keys other;

    /**
     * @param own keys of the table that looks up
     * @param other keys of the table that is looked up
     */
    ForeignKey(List<Expression> on, Keys own, Keys other) {
        this.on = List.copyOf(on);
        this.own = own;
        this.other = other;
    }

    /**
     * The other's canonical key; null where a part of it is null, which no row has.
     *
     * @throws EvaluationException when the row cannot be evaluated
     */
    @Nullable
    Bytes evaluate(@Nullable Bytes key, Row row) {
        try {
            return evaluated(key, row);
        } catch (EvaluationException e) {
            throw e;
        } catch (RuntimeException e) {
            // What a row makes an expression throw it makes it throw again: the row's fault, not the thread's end.
            EvaluationException named = new EvaluationException("layers.unexpected", e.toString());
            named.initCause(e);
            throw named;
        }
    }

    private @Nullable Bytes evaluated(@Nullable Bytes key, Row row) {
        Scope scope = new Scope(row.value(), key == null ? null : own.lazily(key), null, 0);
        List<@Nullable Object> parts = new ArrayList<>(on.size());
        for (Expression expression : on) {
            Object part = expression.evaluate(scope);
            if (part == null) {
                return null;
            }
            parts.add(part);
        }
        return other.write(parts);
    }

    /** As {@link #evaluate}, with null for a row that cannot be evaluated: {@link JoinedInput} makes a dead letter of it. */
    @Nullable
    Bytes orNull(@Nullable Bytes key, Row row) {
        try {
            return evaluate(key, row);
        } catch (EvaluationException e) {
            return null;
        }
    }
}
