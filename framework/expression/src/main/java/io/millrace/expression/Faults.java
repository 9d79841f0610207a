package io.millrace.expression;

import dev.cel.common.CelIssue;
import dev.cel.common.ast.CelExpr;
import io.millrace.expression.ExpressionException.Fault;
import io.millrace.expression.type.RowType;
import io.millrace.foundation.config.DidYouMean;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong with one expression, and says what dev.cel found in our words. */
final class Faults {
    private static final Pattern UNDEFINED_FIELD = Pattern.compile("undefined field '(.*)'");
    private static final Pattern UNDECLARED = Pattern.compile("undeclared reference to '(.*)' \\(in container '.*'\\)");
    private static final Pattern NO_OVERLOAD = Pattern.compile(
            "found no matching overload for '(.*?)' applied to '(.*?)'(?: \\(candidates: .*)?", Pattern.DOTALL);
    private static final Pattern EXPECTED = Pattern.compile("expected type '(.*)' but found '(.*)'");
    private static final Pattern NO_SELECTION = Pattern.compile("type '(.*)' does not support field selection");
    private static final List<String> NAMES = List.of("value", "key", "headers", "meta");

    private final String text;
    private final Map<String, RowType> variables;
    private final Map<Long, CelExpr> nodes = new HashMap<>();
    private Map<Long, Integer> positions = Map.of();
    private final List<Fault> found = new ArrayList<>();

    Faults(String text, Map<String, RowType> variables) {
        this.text = text;
        this.variables = variables;
    }

    /** The parsed tree, once there is one: places and meanings come from it. */
    void know(Map<Long, CelExpr> parsed, Map<Long, Integer> offsets) {
        nodes.putAll(parsed);
        positions = Map.copyOf(offsets);
    }

    List<Fault> list() {
        return List.copyOf(found);
    }

    void throwIfAny() throws ExpressionException {
        if (!found.isEmpty()) {
            throw new ExpressionException(found);
        }
    }

    /** A fault of a node of the tree. */
    void add(String code, long node, String message, String remedy) {
        add(code, positions.getOrDefault(node, 0), message, remedy);
    }

    private void add(String code, int codePoints, String message, String remedy) {
        int offset = text.offsetByCodePoints(0, Math.min(codePoints, text.codePointCount(0, text.length())));
        int lineStart = text.lastIndexOf('\n', offset - 1) + 1;
        int line = 1
                + (int) text.substring(0, lineStart)
                        .chars()
                        .filter(c -> c == '\n')
                        .count();
        found.add(new Fault(code, line, offset - lineStart + 1, message, remedy));
    }

    void addSyntax(CelIssue issue) {
        int offset = offset(issue);
        String message = issue.getMessage();
        if (message.contains("'<EOF>'")) {
            add("expression.syntax", offset, "The expression ends too early.", "Complete it, or close what is open.");
            return;
        }
        if (message.startsWith("For input string")) {
            add(
                    "expression.syntax",
                    offset,
                    "A number has no place in 64 bits.",
                    "Write a greater one as decimal('...').");
            return;
        }
        int list = message.indexOf(" expecting {");
        String shortened = (list < 0 ? message : message.substring(0, list)).strip();
        add("expression.syntax", offset, sentence(shortened), "");
    }

    private int offset(CelIssue issue) {
        int line = Math.max(1, issue.getSourceLocation().getLine());
        int start = 0;
        for (int i = 1; i < line; i++) {
            start = text.indexOf('\n', start) + 1;
        }
        return text.codePointCount(0, start)
                + Math.max(0, issue.getSourceLocation().getColumn());
    }

    void addCheck(CelIssue issue) {
        int offset = positions.getOrDefault(issue.getExprId(), offset(issue));
        String message = issue.getMessage();
        CelExpr node = nodes.get(issue.getExprId());
        Matcher match = UNDEFINED_FIELD.matcher(message);
        if (match.matches()) {
            unknownField(match.group(1), node, offset);
            return;
        }
        match = UNDECLARED.matcher(message);
        if (match.matches()) {
            unknownName(match.group(1), node, offset);
            return;
        }
        match = NO_OVERLOAD.matcher(message);
        if (match.matches()) {
            noOverload(match.group(1), plain(match.group(2)), offset);
            return;
        }
        match = EXPECTED.matcher(message);
        if (match.matches()) {
            add(
                    "expression.type",
                    offset,
                    "Here stands a " + plain(match.group(2)) + " where a " + plain(match.group(1)) + " is needed.",
                    "");
            return;
        }
        match = NO_SELECTION.matcher(message);
        if (match.matches()) {
            add("expression.type", offset, "A " + plain(match.group(1)) + " has no fields.", "");
            return;
        }
        add("expression.check", offset, sentence(plain(message)), "");
    }

    private void unknownField(String field, @Nullable CelExpr node, int offset) {
        CelExpr operand = node != null && node.getKind() == CelExpr.ExprKind.Kind.SELECT
                ? node.select().operand()
                : null;
        String owner = operand == null ? "the row" : path(operand);
        Optional<RowType> row = operand == null ? Optional.empty() : rowOf(operand);
        String remedy = row.map(RowType::names)
                .map(names -> DidYouMean.hint(field, names)
                        + (names.isEmpty() ? "It has no fields." : "Fields: " + String.join(", ", names) + "."))
                .orElse("");
        // dev.cel points at the dot or bracket; the name stands right of it.
        int from = text.offsetByCodePoints(0, Math.min(offset, text.codePointCount(0, text.length())));
        int at = text.indexOf(field, from);
        int place = at < 0 ? offset : text.codePointCount(0, at);
        add("expression.unknown-field", place, "'" + field + "' is not a field of " + owner + ".", remedy);
    }

    private void unknownName(String name, @Nullable CelExpr node, int offset) {
        if (node != null && node.getKind() == CelExpr.ExprKind.Kind.CALL) {
            // A call's place is its bracket.
            int at = text.lastIndexOf(name, text.offsetByCodePoints(0, offset));
            add(
                    "expression.unknown-function",
                    at < 0 ? offset : text.codePointCount(0, at),
                    "'" + name + "' is not a function.",
                    DidYouMean.hint(name, Functions.names()) + "Functions: " + String.join(", ", Functions.names())
                            + ".");
            return;
        }
        RowType value = variables.getOrDefault("value", RowType.ANY);
        String hint =
                value.field(name).isPresent() ? "Did you mean 'value." + name + "'? " : DidYouMean.hint(name, NAMES);
        add(
                "expression.unknown-name",
                offset,
                "'" + name + "' is not a name in an expression.",
                hint + "Names: " + String.join(", ", variableNames()) + ".");
    }

    private List<String> variableNames() {
        return NAMES.stream()
                .filter(name -> "headers".equals(name) || variables.containsKey(name))
                .toList();
    }

    private void noOverload(String function, String types, int offset) {
        String symbol = Operators.symbol(function);
        if (Operators.isOperator(function)) {
            add("expression.type", offset, "'" + symbol + "' is not defined for " + types + ".", operatorRemedy(types));
            return;
        }
        Functions.Function known = Functions.find(function);
        add(
                "expression.type",
                offset,
                "'" + symbol + "' is not defined for " + types + ".",
                known == null ? "" : "Forms: " + known.forms() + ".");
    }

    private static String operatorRemedy(String types) {
        return switch (types) {
            case "(date, string)", "(string, date)" -> "Write the date as date('2026-01-31').";
            case "(timestamp, string)", "(string, timestamp)" ->
                "Write the timestamp as timestamp('2026-01-31T12:00:00Z').";
            case "(timestamp, date)", "(date, timestamp)" -> "Convert one side with date(x) or timestamp(x).";
            case "(string, int)", "(int, string)" -> "Convert one side with int(x) or string(x).";
            case "(string, double)", "(double, string)" -> "Convert one side with double(x) or string(x).";
            case "(string, decimal)", "(decimal, string)" -> "Convert one side with decimal(x) or string(x).";
            default -> "";
        };
    }

    private Optional<RowType> rowOf(CelExpr expr) {
        return switch (expr.getKind()) {
            case IDENT -> Optional.ofNullable(variables.get(expr.ident().name()));
            case SELECT ->
                rowOf(expr.select().operand())
                        .flatMap(row -> row.field(expr.select().field()))
                        .map(RowType.Field::type)
                        .filter(RowType.class::isInstance)
                        .map(RowType.class::cast);
            default -> Optional.empty();
        };
    }

    private static String path(CelExpr expr) {
        return switch (expr.getKind()) {
            case IDENT -> expr.ident().name();
            case SELECT -> path(expr.select().operand()) + "." + expr.select().field();
            default -> "the row";
        };
    }

    /** dev.cel's types in our words. */
    private static String plain(String types) {
        return types.replaceAll("\\Q" + Dialect.ROW_PREFIX + "\\E[^,() ]*", "row")
                .replace("google.protobuf.Timestamp", "timestamp")
                .replace("google.protobuf.Duration", "duration")
                .replace("dyn", "unknown");
    }

    /** With a capital first and a full stop last. */
    static String sentence(@Nullable String message) {
        if (message == null || message.isEmpty()) {
            return "The expression is not understood.";
        }
        String ended = message.endsWith(".") ? message : message + ".";
        return Character.toUpperCase(ended.charAt(0)) + ended.substring(1);
    }
}
