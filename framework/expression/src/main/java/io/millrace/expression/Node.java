package io.millrace.expression;

import org.jspecify.annotations.Nullable;

/** A part of a compiled expression. Immutable but for caches that are safe to race on. */
@FunctionalInterface
interface Node {

    /**
     * @param locals the variables of macros such as {@code all(x, ...)}, by slot; owned by one evaluation
     */
    @Nullable
    Object eval(Scope scope, @Nullable Object[] locals);

    /** What a function of one argument does with a value that is there. */
    @FunctionalInterface
    interface Unary {
        @Nullable
        Object apply(Object value);
    }

    /** As {@link Unary}, of two. */
    @FunctionalInterface
    interface Binary {
        @Nullable
        Object apply(Object first, Object second);
    }

    /** Null for null, else the function's result. */
    static Node unary(Node argument, Unary function) {
        return (scope, locals) -> {
            Object value = argument.eval(scope, locals);
            return value == null ? null : function.apply(value);
        };
    }

    /** Null where one argument is null, else the function's result. */
    static Node binary(Node first, Node second, Binary function) {
        return (scope, locals) -> {
            Object left = first.eval(scope, locals);
            if (left == null) {
                return null;
            }
            Object right = second.eval(scope, locals);
            return right == null ? null : function.apply(left, right);
        };
    }
}
