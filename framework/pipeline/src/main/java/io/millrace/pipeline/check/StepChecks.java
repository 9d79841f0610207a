package io.millrace.pipeline.check;

import io.millrace.api.ConnectorShorthand;
import io.millrace.foundation.config.DidYouMean;
import io.millrace.pipeline.model.Fields;
import io.millrace.pipeline.model.StepModel;
import io.millrace.pipeline.reference.Reference;
import io.millrace.pipeline.step.Smt;
import io.millrace.pipeline.step.Step;
import io.millrace.pipeline.step.Unwrap;
import io.millrace.pipeline.yaml.Place;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlNode;
import io.millrace.pipeline.yaml.YamlScalar;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The words of steps, and the check of each. A new step is a line here, its check, and its record in {@code pipeline.step}. */
final class StepChecks {
    private static final Map<String, StepCheck> BY_WORD = byWord();

    private StepChecks() {}

    private static Map<String, StepCheck> byWord() {
        Map<String, StepCheck> checks = new LinkedHashMap<>();
        checks.put("unwrap", StepChecks::unwrap);
        checks.put("rename", FieldSteps::rename);
        checks.put("keep", FieldSteps::keep);
        checks.put("drop", FieldSteps::drop);
        checks.put("set", FieldSteps::set);
        checks.put("cast", FieldSteps::cast);
        checks.put("standardise", FieldSteps::standardise);
        checks.put("validate", RuleSteps::validate);
        checks.put("filter", RuleSteps::filter);
        checks.put("lookup", LookupStep::check);
        checks.put("aggregate", (place, body, scope) -> AggregateStep.check(place, body, Optional.empty(), scope));
        checks.put("window", WindowStep::alone);
        checks.put("smt", StepChecks::smt);
        checks.put("parse", ParseStep::check);
        checks.put("mask", MaskStep::check);
        checks.put("flatten", ShapeSteps::flatten);
        checks.put("explode", ShapeSteps::explode);
        checks.put("route", ShapeSteps::route);
        checks.put("dedupe", EventSteps::dedupe);
        checks.put("key", EventSteps::key);
        checks.put("table", EventSteps::table);
        return Map.copyOf(checks);
    }

    static Optional<Step> check(StepModel step, StepScope scope) {
        if (step.window().isPresent()) {
            return AggregateStep.check(step.place(), step.body(), step.window(), scope);
        }
        StepCheck check = BY_WORD.get(step.word());
        if (check != null) {
            return check.check(step.place(), step.body(), scope);
        }
        if (step.word().equals("join")) {
            join(step.place(), scope);
        } else {
            scope.diagnostics()
                    .error(
                            "pipeline.unknown-step",
                            step.place(),
                            "'" + step.word() + "' is not a step.",
                            DidYouMean.hint(step.word(), BY_WORD.keySet()) + "Steps: " + Fields.sorted(BY_WORD.keySet())
                                    + ".");
        }
        return Optional.empty();
    }

    /** Others have it; of what it does elsewhere each part has a word here. */
    private static void join(Place place, StepScope scope) {
        scope.diagnostics()
                .error(
                        "pipeline.no-join",
                        place,
                        "'join' is not a step: a stream is joined with a table, by 'lookup'.",
                        scope.isTable()
                                ? "Write 'lookup: {table: ..., on: ..., as: ...}': a left join; a 'filter' on has(value.<as>)"
                                        + " after it makes it an inner one."
                                : "Write 'lookup: {table: ..., on: ..., as: ...}'; of other events make a table first, by"
                                        + " 'table: {key: ...}' at their stream.");
    }

    private static Optional<Step> unwrap(Place place, YamlNode body, StepScope scope) {
        Optional<YamlScalar> what = Fields.scalar("unwrap", body, scope.diagnostics());
        what.filter(text -> !text.text().equals("debezium"))
                .ifPresent(text -> Fields.badValue("unwrap", text, "debezium", scope.diagnostics()));
        if (scope.content() == StreamFacts.Content.ROWS) {
            scope.diagnostics()
                    .error(
                            "pipeline.unwrap",
                            place,
                            "There is nothing to unwrap: what enters '" + scope.step() + "' of " + scope.stream()
                                    + " is rows already.",
                            "Unwrap once, in the first stream after the source.");
        }
        return Optional.of(new Unwrap(scope.step()));
    }

    private static Optional<Step> smt(Place place, YamlNode body, StepScope scope) {
        Optional<YamlMap> map = Fields.map("smt", body, scope.diagnostics());
        Optional<YamlScalar> transformClass = map.flatMap(
                fields -> Fields.open(fields, place, "smt", scope.diagnostics()).requiredScalar("class"));
        if (map.isEmpty() || transformClass.isEmpty()) {
            return Optional.empty();
        }
        Map<String, String> config = new LinkedHashMap<>();
        Reference.Site none = new Reference.Site(scope.stream(), ConnectorShorthand.Role.SOURCE, "smt", scope.step());
        for (SectionField field :
                SectionField.flatten(map.get().without(Set.of("class")), name -> none, scope.diagnostics())) {
            config.put(field.name(), field.written());
        }
        return Optional.of(new Smt(scope.step(), transformClass.get().text(), config));
    }
}
