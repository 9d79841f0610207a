package io.millrace.pipeline.step;

import io.millrace.expression.Expression;
import io.millrace.expression.type.RowType;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code dedupe: {by: [value.a, value.b], within: 1h}} on events: a record whose identity was seen on a record that arrived less than
 * {@code within} before or after it is dropped and counted under the step's name; the one that came first stays, with its origin. Two
 * nulls are the same, as in SQL's distinct; numbers are the same when their values are.
 *
 * @param by the parts of the identity; none means the whole value
 * @param within by the records' timestamps, which are those of arrival; more than zero
 */
public record Dedupe(String name, List<By> by, Duration within) implements Step {

    /**
     * A part of an identity.
     *
     * @param field what the expression selects, where it is {@code value.<field>} and nothing else
     */
    public record By(Expression expression, Optional<String> field) {}

    public Dedupe {
        by = List.copyOf(by);
        if (within.isZero() || within.isNegative()) {
            throw new IllegalArgumentException("within '" + within + "' must be more than zero");
        }
    }

    /** The fields of the row that are parts of the identity as they are. */
    public Set<String> fields() {
        Set<String> fields = new HashSet<>();
        by.forEach(part -> part.field().ifPresent(fields::add));
        return fields;
    }

    @Override
    public Kind kind() {
        return Kind.DEDUPE;
    }

    @Override
    public RowType outputType(RowType input) {
        return input;
    }
}
