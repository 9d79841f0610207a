package io.millrace.expression;

import io.millrace.expression.type.DataType;
import io.millrace.expression.type.DecimalType;
import io.millrace.expression.type.EvaluationException;
import io.millrace.expression.type.ListType;
import io.millrace.expression.type.MapType;
import io.millrace.expression.type.RuntimeTypes;
import io.millrace.expression.type.ScalarType;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** CEL's operators, by the names they have in its tree, as nodes. */
final class Operators {
    private static final Map<String, String> SYMBOLS = Map.ofEntries(
            Map.entry("_+_", "+"),
            Map.entry("_-_", "-"),
            Map.entry("_*_", "*"),
            Map.entry("_/_", "/"),
            Map.entry("_%_", "%"),
            Map.entry("-_", "-"),
            Map.entry("!_", "!"),
            Map.entry("_==_", "=="),
            Map.entry("_!=_", "!="),
            Map.entry("_<_", "<"),
            Map.entry("_<=_", "<="),
            Map.entry("_>_", ">"),
            Map.entry("_>=_", ">="),
            Map.entry("_&&_", "&&"),
            Map.entry("_||_", "||"),
            Map.entry("_?_:_", "? :"),
            Map.entry("_[_]", "[]"),
            Map.entry("@in", "in"));

    private Operators() {}

    /** As a user writes it; a function's name is itself. */
    static String symbol(String name) {
        return SYMBOLS.getOrDefault(name, name);
    }

    static boolean isOperator(String name) {
        return SYMBOLS.containsKey(name);
    }

    /** The operator on its operands; null for what is no operator. */
    static @Nullable Typed build(String name, List<Typed> operands) {
        return switch (name) {
            case "_+_" -> arithmetic(Arithmetic.ADD, operands);
            case "_-_" -> arithmetic(Arithmetic.SUBTRACT, operands);
            case "_*_" -> arithmetic(Arithmetic.MULTIPLY, operands);
            case "_/_" -> arithmetic(Arithmetic.DIVIDE, operands);
            case "_%_" -> arithmetic(Arithmetic.MODULO, operands);
            case "-_" -> negate(operands.get(0));
            case "_<_" -> comparison(Comparison.LESS, operands);
            case "_<=_" -> comparison(Comparison.LESS_OR_EQUAL, operands);
            case "_>_" -> comparison(Comparison.GREATER, operands);
            case "_>=_" -> comparison(Comparison.GREATER_OR_EQUAL, operands);
            case "_==_" -> equality(operands, true);
            case "_!=_" -> equality(operands, false);
            case "_&&_" ->
                bool(Logic.and(operands.get(0).node(), operands.get(1).node()));
            case "_||_" -> bool(Logic.or(operands.get(0).node(), operands.get(1).node()));
            case "!_" -> bool(Logic.not(operands.get(0).node()));
            case "_?_:_" -> choice(operands);
            case "@in" -> membership(operands);
            case "_[_]" -> index(operands);
            case "@not_strictly_false" -> notFalse(operands.get(0).node());
            default -> null;
        };
    }

    private static Typed bool(Node node) {
        return Typed.of(node, ScalarType.BOOL);
    }

    private static Typed arithmetic(Arithmetic operator, List<Typed> operands) {
        List<Typed> parts = Functions.decimalConstants(operands);
        DataType left = parts.get(0).type();
        DataType right = parts.get(1).type();
        DataType time = Times.arithmetic(operator, left, right);
        if (time != null) {
            return Typed.of(Node.binary(parts.get(0).node(), parts.get(1).node(), operator), time);
        }
        boolean mixed = left instanceof DecimalType && Types.isFloating(right)
                || Types.isFloating(left) && right instanceof DecimalType;
        if (mixed) {
            throw new Functions.TypeException(
                    "'" + operator.symbol() + "' mixes " + left.text() + " and " + right.text()
                            + ": the scale of the result would depend on the record.",
                    "Convert one side: decimal(x, 2), with the digits after the point that count, or double(x).");
        }
        return Typed.of(
                Node.binary(parts.get(0).node(), parts.get(1).node(), operator),
                Types.arithmetic(operator, left, right));
    }

    private static Typed negate(Typed operand) {
        if (operand.constant() instanceof Long number && number != Long.MIN_VALUE) {
            return Typed.constant(-number, ScalarType.INT64);
        }
        if (operand.constant() instanceof Double number) {
            return Typed.constant(-number, ScalarType.DOUBLE);
        }
        DataType type = Types.isInt(operand.type())
                ? ScalarType.INT64
                : Types.isFloating(operand.type()) ? ScalarType.DOUBLE : operand.type();
        return Typed.of(Node.unary(operand.node(), Arithmetic::negate), type);
    }

    private static Typed comparison(Comparison operator, List<Typed> operands) {
        List<Typed> parts = Functions.decimalConstants(operands);
        return bool(Node.binary(parts.get(0).node(), parts.get(1).node(), operator));
    }

    private static Typed equality(List<Typed> operands, boolean wanted) {
        List<Typed> parts = Functions.decimalConstants(operands);
        Node left = parts.get(0).node();
        Node right = parts.get(1).node();
        return bool((scope, locals) -> Comparison.equal(left.eval(scope, locals), right.eval(scope, locals)) == wanted);
    }

    private static Typed choice(List<Typed> operands) {
        List<Typed> branches = Functions.decimalConstants(operands.subList(1, 3));
        DataType type = Types.common(branches);
        return Typed.of(
                Logic.choose(
                        operands.get(0).node(),
                        Types.coerce(branches.get(0), type),
                        Types.coerce(branches.get(1), type)),
                type);
    }

    /** A null item is looked for like any value; a null container gives null. */
    private static Typed membership(List<Typed> operands) {
        Node item = operands.get(0).node();
        Node container = operands.get(1).node();
        return bool((scope, locals) -> {
            Object whole = container.eval(scope, locals);
            return whole == null ? null : Comparison.in(item.eval(scope, locals), whole);
        });
    }

    private static Typed index(List<Typed> operands) {
        DataType container = operands.get(0).type();
        DataType type = container instanceof ListType list
                ? list.element()
                : container instanceof MapType map ? map.value() : ScalarType.UNKNOWN;
        return Typed.of(Node.binary(operands.get(0).node(), operands.get(1).node(), Operators::at), type);
    }

    private static @Nullable Object at(Object container, Object index) {
        if (container instanceof Map<?, ?> map) {
            return map.get(index);
        }
        if (container instanceof List<?> list && index instanceof Long position) {
            if (position < 0 || position >= list.size()) {
                throw new EvaluationException(
                        "expression.index", "a list of " + list.size() + " elements has no element " + position + ".");
            }
            return list.get(position.intValue());
        }
        if (index instanceof String field) {
            return new FieldAccess(field).of(container);
        }
        throw new EvaluationException(
                "expression.type",
                "'[]' is not defined for (" + RuntimeTypes.name(container) + ", " + RuntimeTypes.name(index) + ").");
    }

    private static Typed notFalse(Node operand) {
        return bool((scope, locals) -> !Boolean.FALSE.equals(operand.eval(scope, locals)));
    }
}
