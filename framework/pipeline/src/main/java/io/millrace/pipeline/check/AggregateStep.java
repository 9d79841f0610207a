package io.millrace.pipeline.check;

import io.millrace.expression.AggregateExpression;
import io.millrace.pipeline.model.Fields;
import io.millrace.pipeline.model.Names;
import io.millrace.pipeline.model.StepModel;
import io.millrace.pipeline.step.Aggregate;
import io.millrace.pipeline.step.Step;
import io.millrace.pipeline.step.Window;
import io.millrace.pipeline.yaml.Place;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlNode;
import io.millrace.pipeline.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The check of aggregate, with the window beside it. */
final class AggregateStep {
    /** A group that names itself: the last name of a plain selection. */
    private static final Pattern SELECTION =
            Pattern.compile("value(?:\\.[A-Za-z_][A-Za-z0-9_]*)*\\.([A-Za-z_][A-Za-z0-9_]*)");

    private AggregateStep() {}

    static Optional<Step> check(Place place, YamlNode body, Optional<StepModel> beside, StepScope scope) {
        int before = scope.diagnostics().errors();
        Optional<YamlMap> map = Fields.map("aggregate", body, scope.diagnostics());
        Optional<YamlMap> windowMap = beside.flatMap(it -> Fields.map("window", it.body(), scope.diagnostics()));
        Optional<Window> window = windowMap.flatMap(
                it -> WindowStep.check(it, beside.orElseThrow().place(), scope));
        if (map.isEmpty() || beside.isPresent() && windowMap.isEmpty()) {
            return Optional.empty();
        }
        Set<String> names = new HashSet<>();
        if (beside.isPresent()) {
            names.addAll(List.of(Window.START, Window.END));
        }
        List<Aggregate.Group> groups = new ArrayList<>();
        by(map.get(), windowMap, place, scope).ifPresent(by -> groups(by, names, groups, scope));
        List<Aggregate.Aggregation> aggregations = new ArrayList<>();
        for (YamlMap.Entry entry : map.get().entries()) {
            if (entry.key().equals("by") || !checkName(entry.key(), entry.keyPlace(), names, scope)) {
                continue;
            }
            Fields.scalar(entry.key(), entry.value(), scope.diagnostics())
                    .flatMap(text -> aggregate(text, scope))
                    .ifPresent(aggregate -> aggregations.add(new Aggregate.Aggregation(entry.key(), aggregate)));
        }
        return scope.diagnostics().errors() > before
                ? Optional.empty()
                : Optional.of(new Aggregate(scope.step(), groups, aggregations, window, scope.kind()));
    }

    /** What it is grouped by, which stands in the window or in the aggregate. */
    private static Optional<YamlNode> by(YamlMap aggregate, Optional<YamlMap> window, Place place, StepScope scope) {
        Optional<YamlMap.Entry> inWindow = window.flatMap(it -> it.entry("by"));
        if (inWindow.isEmpty()) {
            Fields.open(aggregate, place, "aggregate", scope.diagnostics()).require("by");
            return aggregate.get("by");
        }
        aggregate.entry("by").ifPresent(twice -> scope.diagnostics()
                .error(
                        "pipeline.duplicate-field",
                        twice.keyPlace(),
                        "'by' is written twice: here and in the window.",
                        "Keep one of them."));
        return Optional.of(inWindow.get().value());
    }

    private static Optional<AggregateExpression> aggregate(YamlScalar text, StepScope scope) {
        Optional<AggregateExpression> compiled =
                scope.expressions().compileAggregate(text, scope.row(), scope.diagnostics());
        compiled.map(AggregateExpression::function)
                .filter(function -> function.isOrdered() && scope.isTable())
                .ifPresent(function -> scope.diagnostics()
                        .error(
                                "pipeline.aggregate-order",
                                text.place(),
                                "'" + function.word() + "' is for events, and " + scope.stream()
                                        + " is a table: its rows have no order.",
                                "Use min or max."));
        return compiled;
    }

    private static void groups(YamlNode by, Set<String> names, List<Aggregate.Group> into, StepScope scope) {
        if (by instanceof YamlMap named) {
            for (YamlMap.Entry entry : named.entries()) {
                Fields.scalar(entry.key(), entry.value(), scope.diagnostics())
                        .ifPresent(text -> group(entry.key(), entry.keyPlace(), text, names, into, scope));
            }
            return;
        }
        for (YamlScalar text : Fields.scalars("by", by, scope.diagnostics())) {
            Matcher selection = SELECTION.matcher(text.text());
            if (selection.matches()) {
                group(selection.group(1), text.place(), text, names, into, scope);
            } else {
                scope.diagnostics()
                        .error(
                                "pipeline.group-name",
                                text.place(),
                                "'" + text.text() + "' does not say what its field is called.",
                                "Name it: by: {name: " + text.text() + "}.");
            }
        }
    }

    private static void group(
            String name, Place place, YamlScalar text, Set<String> names, List<Aggregate.Group> into, StepScope scope) {
        boolean free = checkName(name, place, names, scope);
        scope.expressions()
                .compile(text, scope.row(), scope.keyType(), scope.diagnostics())
                .filter(expression -> free)
                .ifPresent(expression -> into.add(new Aggregate.Group(name, expression)));
    }

    private static boolean checkName(String name, Place place, Set<String> names, StepScope scope) {
        if (!Names.checkField(name, place, scope.diagnostics())) {
            return false;
        }
        if (!names.add(name)) {
            scope.diagnostics()
                    .error(
                            "pipeline.duplicate-field",
                            place,
                            "'" + name + "' is made twice by this aggregate.",
                            "Give each group and each aggregate its own name.");
            return false;
        }
        return true;
    }
}
