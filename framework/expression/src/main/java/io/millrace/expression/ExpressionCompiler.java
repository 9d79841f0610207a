package io.millrace.expression;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelMutableAst;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelMutableExpr;
import dev.cel.common.ast.CelMutableExpr.CelMutableCall;
import dev.cel.common.ast.CelMutableExpr.CelMutableIdent;
import dev.cel.common.ast.CelMutableExpr.CelMutableSelect;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableMutableAst;
import dev.cel.common.navigation.CelNavigableMutableExpr;
import dev.cel.compiler.CelCompiler;
import io.millrace.expression.AggregateExpression.Function;
import io.millrace.expression.type.DataType;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import io.millrace.foundation.config.DidYouMean;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Text to checked expression. An expression sees {@code value} and {@code key}, whose fields are checked, {@code headers['name']} as text,
 * and {@code meta.timestamp}, the record's timestamp.
 *
 * <p>dev.cel parses and type-checks; {@link NodeCompiler} turns the checked tree into nodes of ours. Takes milliseconds: compile once, keep
 * the result. Immutable and thread-safe.
 */
public final class ExpressionCompiler {
    private static final RowType META =
            new RowType(List.of(new RowType.Field("timestamp", ScalarType.TIMESTAMP, true)), false);

    private static final CelCompiler PARSER = Dialect.compiler(Map.of(), Set.of());

    /**
     * Compiles an expression.
     *
     * @param value the fields of the record's value; in an open row other fields are of unknown type
     * @param key the fields of the record's key
     * @throws ExpressionException with all that is wrong with the text
     */
    public Expression compile(String text, RowType value, RowType key) throws ExpressionException {
        Map<String, RowType> variables = Map.of("value", value, "key", key, "meta", META);
        Faults faults = new Faults(text, variables);
        CelAbstractSyntaxTree parsed = parse(text, faults);
        return compile(text, parsed, variables, faults);
    }

    /**
     * Compiles an aggregate: {@code count()}, {@code sum(x)} and the others of {@link AggregateExpression.Function}.
     *
     * @throws ExpressionException with all that is wrong with the text; code {@code expression.aggregate} for what is no aggregate
     */
    public AggregateExpression compileAggregate(String text, RowType value) throws ExpressionException {
        Map<String, RowType> variables = Map.of("value", value, "meta", META);
        Faults faults = new Faults(text, variables);
        CelAbstractSyntaxTree parsed = parse(text, faults);
        CelExpr root = parsed.getExpr();
        boolean call = root.getKind() == CelExpr.ExprKind.Kind.CALL
                && root.call().target().isEmpty();
        String word = call ? root.call().function() : "";
        int arguments = call ? root.call().args().size() : 0;
        Optional<Function> function = Function.of(word);
        if (function.isEmpty() || arguments > 1 || arguments == 0 && function.get() != Function.COUNT) {
            faults.add(
                    "expression.aggregate",
                    root.id(),
                    "'" + text.strip() + "' is not an aggregate.",
                    (function.isEmpty() ? DidYouMean.hint(word, Function.words()) : "") + "Aggregates: count(), "
                            + String.join("(x), ", Function.words()) + "(x).");
            throw new ExpressionException(faults.list());
        }
        if (arguments == 0) {
            return new AggregateExpression(text, Function.COUNT, Optional.empty(), ScalarType.INT64);
        }
        CelAbstractSyntaxTree argument =
                CelAbstractSyntaxTree.newParsedAst(root.call().args().get(0), parsed.getSource());
        Expression compiled = compile(text, argument, variables, faults);
        DataType type = AggregateTypes.of(function.get(), compiled.type(), root.id(), faults);
        return new AggregateExpression(text, function.get(), Optional.of(compiled), type);
    }

    private static Expression compile(
            String text, CelAbstractSyntaxTree parsed, Map<String, RowType> variables, Faults faults)
            throws ExpressionException {
        CelAbstractSyntaxTree adapted = adapt(parsed);
        Map<Long, CelExpr> nodes = new HashMap<>();
        Set<String> selected = new HashSet<>();
        CelNavigableAst.fromAst(adapted).getRoot().allNodes().forEach(node -> {
            nodes.put(node.id(), node.expr());
            if (node.getKind() == CelExpr.ExprKind.Kind.SELECT) {
                selected.add(node.expr().select().field());
            }
        });
        faults.know(nodes, adapted.getSource().getPositionsMap());
        CelValidationResult checked = Dialect.compiler(variables, selected).check(adapted);
        if (checked.hasError()) {
            checked.getErrors().forEach(faults::addCheck);
        }
        faults.throwIfAny();
        CelAbstractSyntaxTree tree = tree(checked);
        NodeCompiler compiler = new NodeCompiler(tree, variables, faults);
        Typed root = compiler.compile(tree.getExpr());
        if (root.type() == ScalarType.DURATION) {
            faults.add(
                    "expression.duration",
                    tree.getExpr().id(),
                    "The result is a duration, which no record can hold.",
                    "Add it to a timestamp, compare it, or take (x).getSeconds().");
        }
        faults.throwIfAny();
        return new CheckedExpression(text, root.type(), root.node(), compiler.slots());
    }

    private static CelAbstractSyntaxTree parse(String text, Faults faults) throws ExpressionException {
        CelValidationResult parsed = PARSER.parse(text);
        if (parsed.hasError()) {
            parsed.getErrors().forEach(faults::addSyntax);
        }
        faults.throwIfAny();
        CelAbstractSyntaxTree tree = tree(parsed);
        faults.know(Map.of(), tree.getSource().getPositionsMap());
        return tree;
    }

    private static CelAbstractSyntaxTree tree(CelValidationResult result) {
        try {
            return result.getAst();
        } catch (CelValidationException e) {
            throw new IllegalStateException("dev.cel has no tree and no error", e);
        }
    }

    /** The tree as our checker wants it: null as a dynamic variable, {@code x['f']} as {@code x.f}. */
    private static CelAbstractSyntaxTree adapt(CelAbstractSyntaxTree parsed) {
        CelMutableAst tree = CelMutableAst.fromCelAst(parsed);
        List<CelNavigableMutableExpr> nodes =
                CelNavigableMutableAst.fromAst(tree).getRoot().allNodes().toList();
        for (CelNavigableMutableExpr node : nodes) {
            CelMutableExpr expr = node.expr();
            if (expr.getKind() == CelExpr.ExprKind.Kind.CONSTANT
                    && expr.constant().getKind() == CelConstant.Kind.NULL_VALUE) {
                expr.setIdent(CelMutableIdent.create(Dialect.NULL_WORD));
                continue;
            }
            String field = expr.getKind() == CelExpr.ExprKind.Kind.CALL ? indexedField(expr.call()) : null;
            if (field != null) {
                expr.setSelect(CelMutableSelect.create(expr.call().args().get(0), field));
            }
        }
        // A mutable tree has no positions; the nodes kept their ids, so the parsed source still tells them.
        return CelAbstractSyntaxTree.newParsedAst(tree.toParsedAst().getExpr(), parsed.getSource());
    }

    private static @Nullable String indexedField(CelMutableCall call) {
        if (!"_[_]".equals(call.function()) || call.args().size() != 2) {
            return null;
        }
        CelMutableExpr index = call.args().get(1);
        boolean name = index.getKind() == CelExpr.ExprKind.Kind.CONSTANT
                && index.constant().getKind() == CelConstant.Kind.STRING_VALUE;
        return name ? index.constant().stringValue() : null;
    }
}
