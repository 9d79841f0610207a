package io.millrace.pipeline.check;

import io.millrace.expression.Expression;
import io.millrace.expression.type.DataType;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import io.millrace.foundation.config.DidYouMean;
import io.millrace.pipeline.model.Fields;
import io.millrace.pipeline.model.Names;
import io.millrace.pipeline.step.Cast;
import io.millrace.pipeline.step.Drop;
import io.millrace.pipeline.step.Keep;
import io.millrace.pipeline.step.Rename;
import io.millrace.pipeline.step.SetFields;
import io.millrace.pipeline.step.Standardise;
import io.millrace.pipeline.step.Step;
import io.millrace.pipeline.yaml.Diagnostics;
import io.millrace.pipeline.yaml.Place;
import io.millrace.pipeline.yaml.YamlList;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlNode;
import io.millrace.pipeline.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The checks of the steps that change fields: rename, keep, drop, set, cast, standardise. */
final class FieldSteps {
    private static final List<String> RULES = Arrays.stream(Standardise.Rule.values())
            .map(rule -> rule.name().toLowerCase(Locale.ROOT))
            .toList();

    private FieldSteps() {}

    static Optional<Step> rename(Place place, YamlNode body, StepScope scope) {
        Map<String, String> names = new LinkedHashMap<>();
        List<YamlMap.Entry> entries = entries("rename", body, scope.diagnostics());
        List<String> renamed = entries.stream().map(YamlMap.Entry::key).toList();
        for (YamlMap.Entry entry : entries) {
            Fields.scalar(entry.key(), entry.value(), scope.diagnostics()).ifPresent(to -> {
                boolean known = scope.checkField(entry.key(), entry.keyPlace());
                boolean named = Names.checkField(to.text(), to.place(), scope.diagnostics());
                boolean keyKept = scope.checkKeyKept(entry.key(), entry.keyPlace())
                        && (scope.keyIsMade() || scope.checkKeyKept(to.text(), to.place()));
                if (known && named && keyKept && free(to, renamed, names, scope)) {
                    names.put(entry.key(), to.text());
                }
            });
        }
        return Optional.of(new Rename(scope.step(), names));
    }

    /** Whether nothing else has the new name once the step is done. */
    private static boolean free(YamlScalar to, List<String> renamed, Map<String, String> names, StepScope scope) {
        boolean stays = !renamed.contains(to.text())
                && scope.row()
                        .field(to.text())
                        .map(field -> field.type() != ScalarType.UNKNOWN)
                        .orElse(false);
        boolean taken = stays || names.containsValue(to.text());
        if (taken) {
            scope.diagnostics()
                    .error(
                            "pipeline.duplicate-field",
                            to.place(),
                            "'" + to.text() + "' is there already.",
                            "Drop it first, or choose another name.");
        }
        return !taken;
    }

    static Optional<Step> keep(Place place, YamlNode body, StepScope scope) {
        List<String> fields = fields("keep", body, scope);
        if (body instanceof YamlList list && list.items().isEmpty()) {
            scope.diagnostics()
                    .error("pipeline.bad-value", body.place(), "'keep' keeps nothing.", "Write the fields to keep.");
        }
        for (String key : scope.key()) {
            if (!fields.isEmpty() && !fields.contains(key)) {
                scope.checkKeyKept(key, body.place());
            }
        }
        return Optional.of(new Keep(scope.step(), fields));
    }

    static Optional<Step> drop(Place place, YamlNode body, StepScope scope) {
        for (YamlScalar field : Fields.scalars("drop", body, new Diagnostics())) {
            scope.checkKeyKept(field.text(), field.place());
        }
        return Optional.of(new Drop(scope.step(), fields("drop", body, scope)));
    }

    private static List<String> fields(String word, YamlNode body, StepScope scope) {
        List<String> fields = new ArrayList<>();
        for (YamlScalar field : Fields.scalars(word, body, scope.diagnostics())) {
            if (fields.contains(field.text())) {
                scope.diagnostics()
                        .error(
                                "pipeline.duplicate-field",
                                field.place(),
                                "'" + field.text() + "' is written twice.",
                                "Keep one of them.");
            } else if (scope.checkField(field.text(), field.place())) {
                fields.add(field.text());
            }
        }
        return fields;
    }

    static Optional<Step> set(Place place, YamlNode body, StepScope scope) {
        List<SetFields.Assignment> assignments = new ArrayList<>();
        boolean complete = true;
        for (YamlMap.Entry entry : entries("set", body, scope.diagnostics())) {
            Names.checkField(entry.key(), entry.keyPlace(), scope.diagnostics());
            scope.checkKeyKept(entry.key(), entry.keyPlace());
            Optional<Expression> expression = Fields.scalar(entry.key(), entry.value(), scope.diagnostics())
                    .flatMap(text ->
                            scope.expressions().compile(text, scope.row(), scope.keyType(), scope.diagnostics()));
            expression.ifPresent(it -> assignments.add(new SetFields.Assignment(entry.key(), it)));
            complete &= expression.isPresent();
        }
        return complete ? Optional.of(new SetFields(scope.step(), assignments)) : Optional.empty();
    }

    static Optional<Step> cast(Place place, YamlNode body, StepScope scope) {
        Map<String, DataType> types = new LinkedHashMap<>();
        for (YamlMap.Entry entry : entries("cast", body, scope.diagnostics())) {
            scope.checkField(entry.key(), entry.keyPlace());
            Fields.scalar(entry.key(), entry.value(), scope.diagnostics())
                    .flatMap(text -> scope.expressions().type(text.text(), text.place(), scope.diagnostics()))
                    .ifPresent(type -> {
                        if (keepsText(entry.key(), type, scope) || scope.checkKeyKept(entry.key(), entry.keyPlace())) {
                            types.put(entry.key(), type);
                        }
                    });
        }
        return Optional.of(new Cast(scope.step(), types));
    }

    /** Whether a cast leaves a value's text in a key as it is. */
    private static boolean keepsText(String field, DataType target, StepScope scope) {
        DataType type = scope.row().field(field).map(RowType.Field::type).orElse(ScalarType.UNKNOWN);
        return type.equals(target) || (isInteger(type) && isInteger(target));
    }

    private static boolean isInteger(DataType type) {
        return type == ScalarType.INT32 || type == ScalarType.INT64;
    }

    static Optional<Step> standardise(Place place, YamlNode body, StepScope scope) {
        Map<String, List<Standardise.Rule>> rules = new LinkedHashMap<>();
        for (YamlMap.Entry entry : entries("standardise", body, scope.diagnostics())) {
            boolean known = scope.checkField(entry.key(), entry.keyPlace());
            scope.checkKeyKept(entry.key(), entry.keyPlace());
            DataType type =
                    scope.row().field(entry.key()).map(RowType.Field::type).orElse(ScalarType.UNKNOWN);
            if (known && type != ScalarType.STRING && type != ScalarType.UNKNOWN) {
                scope.diagnostics()
                        .error(
                                "pipeline.type",
                                entry.keyPlace(),
                                "'" + entry.key() + "' is " + type.text() + "; standardise works on string.",
                                "Leave it out, or cast it to string first.");
            }
            List<Standardise.Rule> read = new ArrayList<>();
            for (YamlScalar rule : Fields.scalars(entry.key(), entry.value(), scope.diagnostics())) {
                rule(rule, scope.diagnostics()).ifPresent(read::add);
            }
            rules.put(entry.key(), List.copyOf(read));
        }
        return Optional.of(new Standardise(scope.step(), rules));
    }

    private static Optional<Standardise.Rule> rule(YamlScalar text, Diagnostics diagnostics) {
        if (RULES.contains(text.text())) {
            return Optional.of(Standardise.Rule.valueOf(text.text().toUpperCase(Locale.ROOT)));
        }
        diagnostics.error(
                "pipeline.bad-value",
                text.place(),
                "'" + text.text() + "' is not a rule of standardise.",
                DidYouMean.hint(text.text(), RULES) + "Rules: " + Fields.sorted(RULES) + ".");
        return Optional.empty();
    }

    static List<YamlMap.Entry> entries(String word, YamlNode body, Diagnostics diagnostics) {
        return Fields.map(word, body, diagnostics).map(YamlMap::entries).orElse(List.of());
    }
}
