package io.millrace.pipeline.check;

import io.millrace.expression.Expression;
import io.millrace.pipeline.model.Fields;
import io.millrace.pipeline.model.Names;
import io.millrace.pipeline.step.Filter;
import io.millrace.pipeline.step.Step;
import io.millrace.pipeline.step.Validate;
import io.millrace.pipeline.yaml.Place;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The checks of the steps that hold named conditions: validate and filter. */
final class RuleSteps {
    private RuleSteps() {}

    static Optional<Step> validate(Place place, YamlNode body, StepScope scope) {
        if (scope.row().open() && scope.content() != StreamFacts.Content.UNKNOWN) {
            scope.diagnostics()
                    .warning(
                            "pipeline.unknown-types",
                            place,
                            "'" + scope.step() + "' of " + scope.stream()
                                    + " runs on fields that are not known: a name that is wrong would make every record a dead letter.",
                            "Give the stream a contract, or 'keep' the fields first.");
        }
        return Optional.of(new Validate(scope.step(), conditions("validate", body, scope)));
    }

    static Optional<Step> filter(Place place, YamlNode body, StepScope scope) {
        return Optional.of(new Filter(scope.step(), conditions("filter", body, scope)));
    }

    private static Map<String, Expression> conditions(String word, YamlNode body, StepScope scope) {
        Map<String, Expression> conditions = new LinkedHashMap<>();
        for (YamlMap.Entry entry : FieldSteps.entries(word, body, scope.diagnostics())) {
            Names.check(entry.key(), entry.keyPlace(), "a rule", scope.diagnostics());
            Fields.scalar(entry.key(), entry.value(), scope.diagnostics())
                    .flatMap(text ->
                            scope.expressions().condition(text, scope.row(), scope.keyType(), scope.diagnostics()))
                    .ifPresent(condition -> conditions.put(entry.key(), condition));
        }
        return conditions;
    }
}
