package io.millrace.pipeline.check;

import io.millrace.expression.Expression;
import io.millrace.expression.type.DataType;
import io.millrace.expression.type.ListType;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import io.millrace.pipeline.model.Fields;
import io.millrace.pipeline.model.Located;
import io.millrace.pipeline.model.Names;
import io.millrace.pipeline.step.Explode;
import io.millrace.pipeline.step.Flatten;
import io.millrace.pipeline.step.Route;
import io.millrace.pipeline.step.Step;
import io.millrace.pipeline.yaml.Diagnostics;
import io.millrace.pipeline.yaml.Place;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlNode;
import io.millrace.pipeline.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The checks of flatten, explode and route. */
final class ShapeSteps {
    private static final Pattern DELIMITER = Pattern.compile("[A-Za-z0-9_]{1,8}");

    private ShapeSteps() {}

    static Optional<Step> flatten(Place place, YamlNode body, StepScope scope) {
        Diagnostics diagnostics = scope.diagnostics();
        int before = diagnostics.errors();
        List<YamlScalar> written;
        String delimiter = "_";
        if (body instanceof YamlMap map) {
            Fields fields = Fields.of(map, place, "flatten", List.of("fields", "delimiter"), diagnostics);
            written = fields.scalars("fields");
            delimiter = fields.value("delimiter", ShapeSteps::delimiter, "letters, digits and '_', for example __")
                    .orElse(delimiter);
        } else {
            boolean all = body instanceof YamlScalar text && text.text().equals("all");
            written = all ? List.of() : Fields.scalars("flatten", body, diagnostics);
        }
        List<String> names = new ArrayList<>();
        for (YamlScalar field : written) {
            scope.checkKeyKept(field.text(), field.place());
            if (scope.checkField(field.text(), field.place())) {
                names.add(field.text());
                checkRow(field, scope);
            }
        }
        Flatten step = new Flatten(scope.step(), names, delimiter);
        for (String clash : step.clashes(scope.row())) {
            diagnostics.error(
                    "pipeline.duplicate-field",
                    place,
                    "'" + scope.step() + "' of " + scope.stream() + " would make two fields '" + clash + "'.",
                    "Rename one of them first, or write another 'delimiter'.");
        }
        return diagnostics.errors() > before ? Optional.empty() : Optional.of(step);
    }

    private static void checkRow(YamlScalar field, StepScope scope) {
        DataType type = scope.row().field(field.text()).map(RowType.Field::type).orElse(ScalarType.UNKNOWN);
        if (type != ScalarType.UNKNOWN && !(type instanceof RowType)) {
            scope.diagnostics()
                    .error(
                            "pipeline.type",
                            field.place(),
                            "'" + field.text() + "' is " + type.text() + "; flatten works on rows.",
                            "Leave it out.");
        }
    }

    private static String delimiter(String text) {
        if (!DELIMITER.matcher(text).matches()) {
            throw new IllegalArgumentException(text);
        }
        return text;
    }

    static Optional<Step> explode(Place place, YamlNode body, StepScope scope) {
        Diagnostics diagnostics = scope.diagnostics();
        int before = diagnostics.errors();
        if (scope.isTable() && scope.content() != StreamFacts.Content.UNKNOWN) {
            diagnostics.error(
                    "pipeline.explode-table",
                    place,
                    "'explode' is for events, and " + scope.stream()
                            + " is a table: the rows it would make have no key of their own.",
                    "Leave the list as it is, or explode it where it is an event.");
        }
        Optional<YamlMap> map = Fields.map("explode", body, diagnostics);
        if (map.isEmpty()) {
            return Optional.empty();
        }
        boolean keepEmpty = false;
        Optional<Located<String>> field;
        Optional<YamlScalar> as;
        if (map.get().entries().size() == 1) {
            YamlMap.Entry entry = map.get().entries().get(0);
            field = Optional.of(new Located<>(entry.key(), entry.keyPlace()));
            as = Fields.scalar(entry.key(), entry.value(), diagnostics);
        } else {
            Fields fields = Fields.of(map.get(), place, "explode", List.of("field", "as", "keep_empty"), diagnostics);
            field = fields.requiredScalar("field").map(text -> new Located<>(text.text(), text.place()));
            as = fields.requiredScalar("as");
            keepEmpty = fields.value("keep_empty", ShapeSteps::truth, "true or false")
                    .orElse(false);
        }
        if (field.isEmpty() || as.isEmpty()) {
            return Optional.empty();
        }
        checkList(field.get().value(), field.get().place(), scope);
        checkAs(field.get().value(), as.get(), scope);
        return diagnostics.errors() > before
                ? Optional.empty()
                : Optional.of(
                        new Explode(scope.step(), field.get().value(), as.get().text(), keepEmpty));
    }

    private static void checkList(String field, Place place, StepScope scope) {
        if (field.contains(".")) {
            scope.diagnostics()
                    .error(
                            "pipeline.bad-value",
                            place,
                            "'" + field + "' is inside of another field; explode takes a list of the row itself.",
                            "Add 'set: {" + field.substring(field.lastIndexOf('.') + 1) + ": value." + field
                                    + "}' before it.");
            return;
        }
        if (!scope.checkField(field, place)) {
            return;
        }
        DataType type = scope.row().field(field).map(RowType.Field::type).orElse(ScalarType.UNKNOWN);
        if (type != ScalarType.UNKNOWN && !(type instanceof ListType)) {
            scope.diagnostics()
                    .error(
                            "pipeline.type",
                            place,
                            "'" + field + "' is " + type.text() + "; explode needs a list.",
                            "Name a field that is a list.");
        }
    }

    private static void checkAs(String field, YamlScalar as, StepScope scope) {
        Names.checkField(as.text(), as.place(), scope.diagnostics());
        boolean known = scope.row()
                .field(as.text())
                .filter(it -> it.type() != ScalarType.UNKNOWN)
                .isPresent();
        if (!as.text().equals(field) && known) {
            scope.diagnostics()
                    .error(
                            "pipeline.duplicate-field",
                            as.place(),
                            "'" + as.text() + "' is there already.",
                            "Drop it first, or choose another name.");
        }
    }

    private static boolean truth(String text) {
        if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException(text);
        }
        return text.equals("true");
    }

    static Optional<Step> route(Place place, YamlNode body, StepScope scope) {
        Map<String, Expression> branches = new LinkedHashMap<>();
        int before = scope.diagnostics().errors();
        List<YamlMap.Entry> entries = FieldSteps.entries("route", body, scope.diagnostics());
        for (YamlMap.Entry entry : entries) {
            Names.check(entry.key(), entry.keyPlace(), "a branch", scope.diagnostics());
            Fields.scalar(entry.key(), entry.value(), scope.diagnostics())
                    .flatMap(text ->
                            scope.expressions().condition(text, scope.row(), scope.keyType(), scope.diagnostics()))
                    .ifPresent(condition -> branches.put(entry.key(), condition));
        }
        if (body instanceof YamlMap && entries.isEmpty()) {
            scope.diagnostics()
                    .error(
                            "pipeline.bad-value",
                            body.place(),
                            "'route' has no branch.",
                            "Write <branch>: <condition> for each.");
        }
        return scope.diagnostics().errors() > before
                ? Optional.empty()
                : Optional.of(new Route(scope.step(), branches));
    }
}
