package io.millrace.pipeline.check;

import io.millrace.expression.type.DataType;
import io.millrace.expression.type.ListType;
import io.millrace.expression.type.MapType;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import io.millrace.pipeline.model.Durations;
import io.millrace.pipeline.model.Fields;
import io.millrace.pipeline.step.Dedupe;
import io.millrace.pipeline.step.KeyBy;
import io.millrace.pipeline.step.Step;
import io.millrace.pipeline.step.ToTable;
import io.millrace.pipeline.yaml.Place;
import io.millrace.pipeline.yaml.YamlList;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlNode;
import io.millrace.pipeline.yaml.YamlScalar;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The checks of the steps that are for events only: dedupe and key. */
final class EventSteps {
    private static final Pattern FIELD = Pattern.compile("value\\.([A-Za-z_][A-Za-z0-9_]*)");

    private EventSteps() {}

    static Optional<Step> dedupe(Place place, YamlNode body, StepScope scope) {
        if (scope.isTable() && scope.content() != StreamFacts.Content.UNKNOWN) {
            scope.diagnostics()
                    .error(
                            "pipeline.dedupe-table",
                            place,
                            "'dedupe' is for events, and " + scope.stream()
                                    + " is a table: it has one row for each key.",
                            "Leave it out.");
            return Optional.empty();
        }
        Optional<YamlMap> map = Fields.map("dedupe", body, scope.diagnostics());
        if (map.isEmpty()) {
            return Optional.empty();
        }
        Fields fields = Fields.of(map.get(), place, "dedupe", List.of("by", "within"), scope.diagnostics());
        fields.require("within");
        Optional<Duration> within = fields.value("within", Durations::parsePositive, Durations.FORM);
        List<YamlScalar> written = fields.scalars("by");
        List<Dedupe.By> by = new ArrayList<>();
        for (YamlScalar text : written) {
            Matcher field = FIELD.matcher(text.text().strip());
            Optional<String> name = field.matches() ? Optional.of(field.group(1)) : Optional.empty();
            scope.expressions()
                    .compile(text, scope.row(), scope.keyType(), scope.diagnostics())
                    .ifPresent(expression -> by.add(new Dedupe.By(expression, name)));
        }
        boolean whole = map.get().get("by").isEmpty();
        if (!whole && written.isEmpty() && map.get().get("by").get() instanceof YamlList) {
            scope.diagnostics()
                    .error(
                            "pipeline.bad-value",
                            map.get().get("by").get().place(),
                            "'by' has nothing that makes two records the same.",
                            "Write what does, or leave 'by' out to compare whole values.");
        }
        if (within.isEmpty() || by.size() < written.size() || (!whole && by.isEmpty())) {
            return Optional.empty();
        }
        return Optional.of(new Dedupe(scope.step(), by, within.get()));
    }

    static Optional<Step> key(Place place, YamlNode body, StepScope scope) {
        if (scope.isTable() && scope.content() != StreamFacts.Content.UNKNOWN) {
            scope.diagnostics()
                    .error(
                            "pipeline.key-table",
                            place,
                            "'key' is for events, and " + scope.stream()
                                    + " is a table: its key says which row a record is.",
                            "Aggregate by the other key, or look the rows up by it.");
            return Optional.empty();
        }
        return keyBy(scope.step(), Fields.scalars("key", body, scope.diagnostics()), scope);
    }

    static Optional<Step> table(Place place, YamlNode body, StepScope scope) {
        if (scope.isTable() && scope.content() != StreamFacts.Content.UNKNOWN) {
            scope.diagnostics()
                    .error(
                            "pipeline.table-table",
                            place,
                            "'table' makes a table of events, and " + scope.stream() + " is one already.",
                            "Leave it out.");
            return Optional.empty();
        }
        Optional<YamlMap> map = Fields.map("table", body, scope.diagnostics());
        if (map.isEmpty()) {
            return Optional.empty();
        }
        Fields fields = Fields.of(map.get(), place, "table", List.of("key"), scope.diagnostics());
        fields.require("key");
        return keyBy(scope.step(), fields.scalars("key"), scope).map(key -> new ToTable(scope.step(), (KeyBy) key));
    }

    /** A key made of these fields; empty where that is told to be impossible. */
    static Optional<Step> keyBy(String name, List<YamlScalar> written, StepScope scope) {
        List<String> fields = new ArrayList<>();
        boolean right = true;
        for (YamlScalar field : written) {
            if (fields.contains(field.text())) {
                scope.diagnostics()
                        .error(
                                "pipeline.duplicate-field",
                                field.place(),
                                "'" + field.text() + "' is in the key twice.",
                                "Keep one of them.");
                right = false;
            } else {
                right &= scope.checkField(field.text(), field.place()) && canBeInKey(field, scope);
                fields.add(field.text());
            }
        }
        if (!right || fields.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new KeyBy(name, fields, Contract.keyType(fields, scope.row())));
    }

    private static boolean canBeInKey(YamlScalar field, StepScope scope) {
        DataType type = scope.row().field(field.text()).map(RowType.Field::type).orElse(ScalarType.UNKNOWN);
        if (!(type instanceof ListType) && !(type instanceof MapType) && !(type instanceof RowType)) {
            return true;
        }
        scope.diagnostics()
                .error(
                        "pipeline.type",
                        field.place(),
                        "'" + field.text() + "' is " + type.text() + ", which cannot be in a key.",
                        "Use single values.");
        return false;
    }
}
