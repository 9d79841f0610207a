package io.millrace.expression;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelCall;
import dev.cel.common.ast.CelExpr.CelComprehension;
import dev.cel.common.ast.CelExpr.CelMap;
import dev.cel.common.ast.CelExpr.CelSelect;
import io.millrace.expression.type.DataType;
import io.millrace.expression.type.EvaluationException;
import io.millrace.expression.type.ListType;
import io.millrace.expression.type.MapType;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.RuntimeTypes;
import io.millrace.expression.type.ScalarType;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checked tree to nodes. Carries our types along (dev.cel's checker knows no scales), and finds what CEL allows and we do not run. Used for
 * one expression by one thread.
 */
final class NodeCompiler {
    /** A macro's variable. */
    private record Local(int slot, DataType type) {}

    private static final Typed BROKEN = Typed.of((scope, locals) -> null, ScalarType.UNKNOWN);

    private final CelAbstractSyntaxTree tree;
    private final Map<String, RowType> variables;
    private final Faults faults;
    private final Map<String, Local> locals = new HashMap<>();
    private int slots;

    NodeCompiler(CelAbstractSyntaxTree tree, Map<String, RowType> variables, Faults faults) {
        this.tree = tree;
        this.variables = variables;
        this.faults = faults;
    }

    /** How many macro variables the nodes made so far need. */
    int slots() {
        return slots;
    }

    Typed compile(CelExpr expr) {
        try {
            return switch (expr.getKind()) {
                case CONSTANT -> constant(expr.constant());
                case IDENT -> ident(expr.ident().name());
                case SELECT -> select(expr.select());
                case CALL -> call(expr.call());
                case LIST -> list(expr.list().elements());
                case MAP -> map(expr.map().entries());
                case COMPREHENSION -> comprehension(expr);
                case STRUCT, NOT_SET -> throw unsupported("A message literal is not supported.");
            };
        } catch (Functions.UnsupportedException e) {
            faults.add("expression.unsupported", expr.id(), Faults.sentence(e.getMessage()), e.remedy());
        } catch (Functions.TypeException e) {
            faults.add("expression.type", expr.id(), Faults.sentence(e.getMessage()), e.remedy());
        } catch (Types.ScaleException e) {
            faults.add(
                    "expression.scale",
                    expr.id(),
                    Faults.sentence(e.getMessage()),
                    "Round a part first: round(x, scale).");
        } catch (EvaluationException e) {
            faults.add(e.code(), expr.id(), Faults.sentence(e.getMessage()), "");
        }
        return BROKEN;
    }

    private static Functions.UnsupportedException unsupported(String message) {
        return new Functions.UnsupportedException(message, "");
    }

    private static Typed constant(CelConstant constant) {
        return switch (constant.getKind()) {
            case NULL_VALUE -> Typed.NULL;
            case BOOLEAN_VALUE -> Typed.constant(constant.booleanValue(), ScalarType.BOOL);
            case INT64_VALUE -> Typed.constant(constant.int64Value(), ScalarType.INT64);
            case DOUBLE_VALUE -> Typed.constant(constant.doubleValue(), ScalarType.DOUBLE);
            case STRING_VALUE -> Typed.constant(constant.stringValue(), ScalarType.STRING);
            case BYTES_VALUE ->
                Typed.constant(
                        ByteBuffer.wrap(constant.bytesValue().toByteArray()).asReadOnlyBuffer(), ScalarType.BYTES);
            default -> throw unsupported("An unsigned number is not supported: write it without 'u'.");
        };
    }

    private Typed ident(String name) {
        Local local = locals.get(name);
        if (local != null) {
            int slot = local.slot();
            return Typed.of((scope, variables) -> variables[slot], local.type());
        }
        return switch (name) {
            case Dialect.NULL_WORD -> Typed.NULL;
            case "value" -> Typed.of((scope, variables) -> scope.value(), row(name));
            case "key" -> Typed.of((scope, variables) -> scope.key(), row(name));
            case "meta" ->
                Typed.of((scope, variables) -> Map.of("timestamp", Instant.ofEpochMilli(scope.timestamp())), row(name));
            case "headers" ->
                Typed.of((scope, variables) -> FieldAccess.headers(scope), new MapType(ScalarType.STRING));
            default -> throw unsupported("'" + name + "' is a type: a type is not a value here.");
        };
    }

    private RowType row(String name) {
        return variables.getOrDefault(name, RowType.ANY);
    }

    private Typed select(CelSelect select) {
        Typed field = field(select.operand(), select.field());
        if (!select.testOnly()) {
            return field;
        }
        Node node = field.node();
        return Typed.of((scope, variables) -> node.eval(scope, variables) != null, ScalarType.BOOL);
    }

    private Typed field(CelExpr operand, String name) {
        if (operand.getKind() == CelExpr.ExprKind.Kind.IDENT
                && !locals.containsKey(operand.ident().name())) {
            switch (operand.ident().name()) {
                case "headers":
                    return Typed.of((scope, variables) -> FieldAccess.header(scope, name), ScalarType.STRING);
                case "meta":
                    return Typed.of(
                            (scope, variables) -> Instant.ofEpochMilli(scope.timestamp()), ScalarType.TIMESTAMP);
                case "value":
                    FieldAccess access = new FieldAccess(name);
                    return Typed.of((scope, variables) -> access.of(scope.value()), fieldType(row("value"), name));
                default:
                    break;
            }
        }
        Typed row = compile(operand);
        FieldAccess access = new FieldAccess(name);
        Node node = row.node();
        return Typed.of((scope, variables) -> access.of(node.eval(scope, variables)), fieldType(row.type(), name));
    }

    private static DataType fieldType(DataType row, String name) {
        if (row instanceof RowType known) {
            return known.field(name).map(RowType.Field::type).orElse(ScalarType.UNKNOWN);
        }
        return row instanceof MapType map ? map.value() : ScalarType.UNKNOWN;
    }

    private Typed call(CelCall call) {
        List<Typed> arguments = new ArrayList<>();
        call.target().ifPresent(target -> arguments.add(compile(target)));
        call.args().forEach(argument -> arguments.add(compile(argument)));
        Typed operator = Operators.build(call.function(), arguments);
        if (operator != null) {
            return operator;
        }
        Functions.Function function = Functions.find(call.function());
        if (function == null) {
            throw new Functions.UnsupportedException(
                    "The function '" + call.function() + "' is not supported.",
                    "Functions: " + String.join(", ", Functions.names()) + ".");
        }
        return function.builder().build(arguments);
    }

    private Typed list(List<CelExpr> elements) {
        List<Typed> parts =
                Functions.decimalConstants(elements.stream().map(this::compile).toList());
        DataType type = Types.common(parts);
        Node[] nodes = parts.stream().map(part -> Types.coerce(part, type)).toArray(Node[]::new);
        if (parts.stream().allMatch(part -> part.constant() != null)) {
            List<@Nullable Object> values = new ArrayList<>();
            for (Node node : nodes) {
                values.add(node.eval(Scope.of(null), new Object[0]));
            }
            return Typed.of((scope, variables) -> values, new ListType(type));
        }
        return Typed.of(
                (scope, variables) -> {
                    List<@Nullable Object> values = new ArrayList<>(nodes.length);
                    for (Node node : nodes) {
                        values.add(node.eval(scope, variables));
                    }
                    return Collections.unmodifiableList(values);
                },
                new ListType(type));
    }

    private Typed map(List<CelMap.Entry> entries) {
        List<Node> keys = new ArrayList<>();
        List<Typed> parts = new ArrayList<>();
        for (CelMap.Entry entry : entries) {
            keys.add(compile(entry.key()).node());
            parts.add(compile(entry.value()));
        }
        List<Typed> values = Functions.decimalConstants(parts);
        DataType type = Types.common(values);
        List<Node> nodes = values.stream().map(part -> Types.coerce(part, type)).toList();
        return Typed.of(
                (scope, variables) -> {
                    Map<Object, @Nullable Object> result = new LinkedHashMap<>();
                    for (int i = 0; i < nodes.size(); i++) {
                        Object key = keys.get(i).eval(scope, variables);
                        if (!(key instanceof String)) {
                            throw new EvaluationException(
                                    "expression.type",
                                    "a map's key must be a string and is of type " + RuntimeTypes.name(key) + ".");
                        }
                        result.put(key, nodes.get(i).eval(scope, variables));
                    }
                    return Collections.unmodifiableMap(result);
                },
                new MapType(type));
    }

    /** What {@code all, exists, exists_one, map, filter} are made of. */
    private Typed comprehension(CelExpr expr) {
        CelComprehension macro = expr.comprehension();
        if (!macro.iterVar2().isEmpty()) {
            throw unsupported("A macro with two variables is not supported.");
        }
        Typed range = compile(macro.iterRange());
        Node start = compile(macro.accuInit()).node();
        DataType result = tree.getType(expr.id()).map(Dialect::dataType).orElse(ScalarType.UNKNOWN);
        Map<String, Local> outer = Map.copyOf(locals);
        Local accumulator = declare(macro.accuVar(), ScalarType.UNKNOWN);
        Local item = declare(macro.iterVar(), elementType(range.type()));
        Node condition = compile(macro.loopCondition()).node();
        Node step = compile(macro.loopStep()).node();
        Node end = compile(macro.result()).node();
        locals.clear();
        locals.putAll(outer);
        return Typed.of(loop(range.node(), start, accumulator.slot(), item.slot(), condition, step, end), result);
    }

    private Local declare(String name, DataType type) {
        Local local = new Local(slots++, type);
        locals.put(name, local);
        return local;
    }

    private static DataType elementType(DataType range) {
        if (range instanceof ListType list) {
            return list.element();
        }
        return range instanceof MapType ? ScalarType.STRING : ScalarType.UNKNOWN;
    }

    private static Node loop(Node range, Node start, int accumulator, int item, Node condition, Node step, Node end) {
        return (scope, variables) -> {
            Object items = range.eval(scope, variables);
            if (items == null) {
                return null;
            }
            variables[accumulator] = start.eval(scope, variables);
            for (Object next : elements(items)) {
                variables[item] = next;
                if (!Boolean.TRUE.equals(condition.eval(scope, variables))) {
                    break;
                }
                variables[accumulator] = step.eval(scope, variables);
            }
            return end.eval(scope, variables);
        };
    }

    private static Collection<?> elements(Object range) {
        if (range instanceof List<?> list) {
            return list;
        }
        if (range instanceof Map<?, ?> map) {
            return map.keySet();
        }
        throw new EvaluationException(
                "expression.type", "a value of type " + RuntimeTypes.name(range) + " has no elements.");
    }
}
