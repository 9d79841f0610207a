package io.millrace.pipeline.check;

import io.millrace.expression.Expression;
import io.millrace.expression.type.DataType;
import io.millrace.expression.type.DecimalType;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import io.millrace.pipeline.model.Durations;
import io.millrace.pipeline.model.Fields;
import io.millrace.pipeline.model.Names;
import io.millrace.pipeline.step.Lookup;
import io.millrace.pipeline.step.Step;
import io.millrace.pipeline.yaml.Place;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlNode;
import io.millrace.pipeline.yaml.YamlScalar;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The check of lookup. */
final class LookupStep {
    private static final List<String> FIELDS = List.of("table", "on", "as", "missing", "then");
    /** When a table's row is looked up again, for the other's change, its headers and its time are not at hand. */
    private static final Pattern NOT_OF_THE_ROW =
            Pattern.compile("(?<![.\\w'\"])(?:now\\s*\\(|(?:meta|headers)\\s*[.\\[])");

    private static final Pattern WAIT = Pattern.compile("wait\\s+(\\S+)");

    private LookupStep() {}

    static Optional<Step> check(Place place, YamlNode body, StepScope scope) {
        Optional<YamlMap> map = Fields.map("lookup", body, scope.diagnostics());
        if (map.isEmpty()) {
            return Optional.empty();
        }
        Fields fields = Fields.of(map.get(), place, "lookup", FIELDS, scope.diagnostics());
        Optional<Lookup.Missing> missing = missing(fields, scope);
        Optional<YamlScalar> table = fields.requiredScalar("table");
        Optional<YamlScalar> as = fields.requiredScalar("as");
        boolean free = as.map(field -> checkAs(field, scope)).orElse(false);
        fields.require("on");
        List<YamlScalar> written = fields.scalars("on");
        List<Expression> on = new ArrayList<>();
        for (YamlScalar text : written) {
            if (NOT_OF_THE_ROW.matcher(text.text()).find()) {
                scope.diagnostics()
                        .error(
                                "pipeline.lookup-on",
                                text.place(),
                                "'" + text.text() + "' is not made of the row and its key alone.",
                                "Set a field to it first, and look up by the field.");
                continue;
            }
            scope.expressions()
                    .compile(text, scope.row(), scope.keyType(), scope.diagnostics())
                    .ifPresent(on::add);
        }
        Optional<StreamFacts> facts = table.flatMap(name -> scope.streams().apply(name.text()));
        if (facts.isEmpty() || !free || written.isEmpty() || on.size() < written.size() || missing.isEmpty()) {
            return Optional.empty();
        }
        if (facts.get().content() != StreamFacts.Content.UNKNOWN
                && !(isTableWithKey(table.get(), facts.get(), scope) && matches(written, on, facts.get(), scope))) {
            return Optional.empty();
        }
        return Optional.of(new Lookup(
                scope.step(),
                facts.get().name(),
                on,
                as.get().text(),
                facts.get().type(),
                missing.get()));
    }

    /** What becomes of what finds nothing; empty where that is told to be wrong. */
    private static Optional<Lookup.Missing> missing(Fields fields, StepScope scope) {
        Optional<YamlScalar> missing = fields.scalar("missing");
        Optional<YamlScalar> then = fields.scalar("then");
        String text = missing.map(YamlScalar::text).orElse("keep");
        boolean waits = text.startsWith("wait");
        if (scope.isTable()
                && scope.content() != StreamFacts.Content.UNKNOWN
                && (text.equals("dead_letter") || waits)) {
            scope.diagnostics()
                    .error(
                            "pipeline.lookup-missing",
                            missing.get().place(),
                            "'missing: " + text
                                    + "' is for events: between tables a row that comes later is joined when it comes.",
                            "Write 'missing: keep', or leave it out; a 'filter' on has(value.<as>) after it leaves the row out"
                                    + " until the other comes.");
            return Optional.empty();
        }
        if (then.isPresent() && !waits) {
            scope.diagnostics()
                    .error(
                            "pipeline.lookup-missing",
                            then.get().place(),
                            "'then' says what follows a wait, and nothing waits here.",
                            "Write 'missing: wait 30s', or leave 'then' out.");
            return Optional.empty();
        }
        return waits ? waiting(missing.get(), then, scope) : atOnce(text, missing, scope);
    }

    private static Optional<Lookup.Missing> atOnce(String text, Optional<YamlScalar> missing, StepScope scope) {
        if (text.equals("keep")) {
            return Optional.of(Lookup.Missing.KEEP);
        }
        if (text.equals("dead_letter")) {
            return Optional.of(Lookup.Missing.DEAD_LETTER);
        }
        String expected = scope.isTable() ? "keep" : "keep, dead_letter, or wait and a time: wait 30s";
        missing.ifPresent(written -> Fields.badValue("missing", written, expected, scope.diagnostics()));
        return Optional.empty();
    }

    private static Optional<Lookup.Missing> waiting(YamlScalar missing, Optional<YamlScalar> then, StepScope scope) {
        Optional<Duration> time = Optional.empty();
        Matcher matcher = WAIT.matcher(missing.text());
        if (matcher.matches()) {
            try {
                time = Optional.of(Durations.parsePositive(matcher.group(1)));
            } catch (IllegalArgumentException e) {
                // told below
            }
        }
        if (time.isEmpty()) {
            Fields.badValue("missing", missing, "wait and " + Durations.FORM, scope.diagnostics());
        }
        String after = then.map(YamlScalar::text).orElse("dead_letter");
        if (!after.equals("dead_letter") && !after.equals("keep")) {
            then.ifPresent(written -> Fields.badValue("then", written, "dead_letter or keep", scope.diagnostics()));
            return Optional.empty();
        }
        return time.map(wait -> new Lookup.Missing(after.equals("dead_letter"), Optional.of(wait)));
    }

    private static boolean checkAs(YamlScalar as, StepScope scope) {
        boolean named = Names.checkField(as.text(), as.place(), scope.diagnostics());
        boolean taken = scope.row()
                .field(as.text())
                .map(field -> field.type() != ScalarType.UNKNOWN)
                .orElse(false);
        if (taken) {
            scope.diagnostics()
                    .error(
                            "pipeline.duplicate-field",
                            as.place(),
                            "'" + as.text() + "' is there already.",
                            "Choose another name for what is looked up.");
        }
        return named && !taken;
    }

    private static boolean isTableWithKey(YamlScalar table, StreamFacts facts, StepScope scope) {
        boolean rows = facts.content() == StreamFacts.Content.ROWS || facts.content() == StreamFacts.Content.ANY;
        if (facts.isTable() && rows && !facts.key().isEmpty()) {
            return true;
        }
        scope.diagnostics()
                .error(
                        "pipeline.lookup-table",
                        table.place(),
                        "'" + table.text() + "' cannot be looked up: "
                                + (!facts.isTable()
                                        ? "it is events, not a table."
                                        : rows ? "its key is not known." : "it holds change events, not rows."),
                        !facts.isTable()
                                ? "Look up a table."
                                : rows
                                        ? "Give the stream, or one that it reads, a contract with a key."
                                        : "Look up a stream that unwraps it.");
        return false;
    }

    private static boolean matches(List<YamlScalar> written, List<Expression> on, StreamFacts facts, StepScope scope) {
        if (on.size() != facts.key().size()) {
            scope.diagnostics()
                    .error(
                            "pipeline.lookup-key",
                            written.get(0).place(),
                            "'on' has " + on.size() + (on.size() == 1 ? " expression" : " expressions")
                                    + ", and the key of "
                                    + facts.name() + " has " + facts.key().size()
                                    + (facts.key().size() == 1 ? " field: [" : " fields: [")
                                    + String.join(", ", facts.key()) + "].",
                            "Write one expression for each field of the key, in its order.");
            return false;
        }
        boolean all = true;
        for (int i = 0; i < on.size(); i++) {
            String field = facts.key().get(i);
            DataType expected =
                    facts.keyType().field(field).map(RowType.Field::type).orElse(ScalarType.UNKNOWN);
            DataType actual = on.get(i).type();
            if (!sameInKey(actual, expected)) {
                all = false;
                scope.diagnostics()
                        .error(
                                "pipeline.lookup-key",
                                written.get(i).place(),
                                "'" + written.get(i).text() + "' is " + actual.text() + ", and '" + field
                                        + "', of the key of " + facts.name() + ", is " + expected.text() + ".",
                                "They would never be equal: convert one of them.");
            }
        }
        return all;
    }

    /** Whether values of two types are written alike in a key. */
    private static boolean sameInKey(DataType a, DataType b) {
        return a == ScalarType.UNKNOWN || b == ScalarType.UNKNOWN || family(a).equals(family(b));
    }

    private static String family(DataType type) {
        if (type == ScalarType.INT32 || type == ScalarType.INT64) {
            return "integer";
        }
        if (type instanceof DecimalType decimal) {
            return "decimal with scale " + decimal.scale();
        }
        return type.text();
    }
}
