package io.millrace.pipeline.check;

import io.millrace.pipeline.model.Fields;
import io.millrace.pipeline.model.Names;
import io.millrace.pipeline.model.NotYet;
import io.millrace.pipeline.step.Aggregate;
import io.millrace.pipeline.step.Step;
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

/** The check of aggregate. */
final class AggregateStep {
    /** A group that names itself: the last name of a plain selection. */
    private static final Pattern SELECTION =
            Pattern.compile("value(?:\\.[A-Za-z_][A-Za-z0-9_]*)*\\.([A-Za-z_][A-Za-z0-9_]*)");

    private AggregateStep() {}

    static Optional<Step> check(Place place, YamlNode body, StepScope scope) {
        Optional<YamlMap> map = Fields.map("aggregate", body, scope.diagnostics());
        if (!scope.isTable()) {
            NotYet.tell(
                    "An aggregate over events needs a window, which is not there yet, and " + scope.stream()
                            + " is events",
                    place,
                    "Aggregate over a table.",
                    scope.diagnostics());
            return Optional.empty();
        }
        if (map.isEmpty()) {
            return Optional.empty();
        }
        int before = scope.diagnostics().errors();
        Fields fields = Fields.open(map.get(), place, "aggregate", scope.diagnostics());
        fields.require("by");
        Set<String> names = new HashSet<>();
        List<Aggregate.Group> groups = new ArrayList<>();
        map.get().get("by").ifPresent(by -> groups(by, names, groups, scope));
        List<Aggregate.Aggregation> aggregations = new ArrayList<>();
        for (YamlMap.Entry entry : map.get().entries()) {
            if (entry.key().equals("by") || !checkName(entry.key(), entry.keyPlace(), names, scope)) {
                continue;
            }
            Fields.scalar(entry.key(), entry.value(), scope.diagnostics())
                    .flatMap(text -> scope.expressions().compileAggregate(text, scope.row(), scope.diagnostics()))
                    .ifPresent(aggregate -> aggregations.add(new Aggregate.Aggregation(entry.key(), aggregate)));
        }
        return scope.diagnostics().errors() > before
                ? Optional.empty()
                : Optional.of(new Aggregate(scope.step(), groups, aggregations));
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
