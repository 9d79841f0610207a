package io.millrace.expression;

import io.millrace.expression.type.DataType;
import org.jspecify.annotations.Nullable;

/**
 * @param slots how many variables its macros need
 */
record CheckedExpression(String text, DataType type, Node node, int slots) implements Expression {
    private static final @Nullable Object[] NONE = new Object[0];

    @Override
    public @Nullable Object evaluate(Scope scope) {
        return Types.settle(node.eval(scope, slots == 0 ? NONE : new Object[slots]), type);
    }

    @Override
    public String toString() {
        return text;
    }
}
