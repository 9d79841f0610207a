package io.millrace.expression;

import io.millrace.expression.type.DataType;
import io.millrace.expression.type.EvaluationException;
import org.jspecify.annotations.Nullable;

/** A checked expression, ready to run. Immutable and thread-safe. */
public interface Expression {

    /** As the user wrote it. */
    String text();

    /** The static type of the result; {@link io.millrace.expression.type.ScalarType#UNKNOWN} where only the record tells. */
    DataType type();

    /**
     * Evaluates.
     *
     * @return a runtime value as {@link DataType} says, or null
     * @throws EvaluationException when this record cannot be evaluated: overflow, division by zero, operands of the wrong type
     */
    @Nullable
    Object evaluate(Scope scope);

    /** Whether the result is true; null is not. */
    default boolean holds(Scope scope) {
        return Boolean.TRUE.equals(evaluate(scope));
    }
}
