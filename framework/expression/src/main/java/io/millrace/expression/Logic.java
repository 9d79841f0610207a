package io.millrace.expression;

import io.millrace.expression.type.EvaluationException;
import io.millrace.expression.type.RuntimeTypes;
import org.jspecify.annotations.Nullable;

/**
 * {@code && || !} with three values, as in SQL. As CEL has it, a side that decides makes up for an error in the other: {@code x / 0 > 1 ||
 * true} is true.
 */
final class Logic {
    private Logic() {}

    static Node and(Node left, Node right) {
        return (scope, locals) -> decide(left, right, scope, locals, Boolean.FALSE, "&&");
    }

    static Node or(Node left, Node right) {
        return (scope, locals) -> decide(left, right, scope, locals, Boolean.TRUE, "||");
    }

    /** The deciding value where one side has it; else null where one side is null; else its opposite. */
    private static @Nullable Boolean decide(
            Node left, Node right, Scope scope, @Nullable Object[] locals, Boolean deciding, String symbol) {
        Boolean first;
        try {
            first = bool(left.eval(scope, locals), symbol);
        } catch (EvaluationException e) {
            if (deciding.equals(bool(right.eval(scope, locals), symbol))) {
                return deciding;
            }
            throw e;
        }
        if (deciding.equals(first)) {
            return deciding;
        }
        Boolean second = bool(right.eval(scope, locals), symbol);
        return second == null || deciding.equals(second) ? second : first;
    }

    static Node not(Node operand) {
        return (scope, locals) -> {
            Boolean value = bool(operand.eval(scope, locals), "!");
            return value == null ? null : !value;
        };
    }

    /** A condition that is null does not hold. */
    static Node choose(Node condition, Node yes, Node no) {
        return (scope, locals) -> Boolean.TRUE.equals(bool(condition.eval(scope, locals), "? :"))
                ? yes.eval(scope, locals)
                : no.eval(scope, locals);
    }

    private static @Nullable Boolean bool(@Nullable Object value, String symbol) {
        if (value == null || value instanceof Boolean) {
            return (Boolean) value;
        }
        throw new EvaluationException(
                "expression.type",
                "'" + symbol + "' needs a bool and found a value of type " + RuntimeTypes.name(value) + ".");
    }
}
