package io.millrace.pipeline.check;

import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import io.millrace.pipeline.model.Fields;
import io.millrace.pipeline.model.StepModel;
import io.millrace.pipeline.yaml.Diagnostics;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which fields can be there before each step, worked out backwards from a contract: its output has exactly the contract's fields, so a
 * step that makes none and takes none away has them too. Finds a wrong name in a stream whose input is not typed. Names only: what a
 * contract says of types holds after the last step, not before.
 */
final class KnownFields {
    private KnownFields() {}

    /** For each step the names that can enter it; empty where they are not known. */
    static List<Optional<Set<String>>> before(List<StepModel> steps, Optional<Contract> contract) {
        List<Optional<Set<String>>> known = new ArrayList<>();
        Optional<Set<String>> names =
                contract.map(it -> new LinkedHashSet<>(it.row().names()));
        for (int i = steps.size() - 1; i >= 0; i--) {
            StepModel step = steps.get(i);
            names = names.flatMap(after -> before(step, after));
            known.add(0, names);
        }
        return known;
    }

    private static Optional<Set<String>> before(StepModel step, Set<String> after) {
        Set<String> names = new LinkedHashSet<>(after);
        switch (step.word()) {
            case "validate", "filter", "standardise", "cast", "set", "mask", "route", "dedupe", "key", "table":
                return Optional.of(names);
            case "drop":
                Fields.scalars("drop", step.body(), new Diagnostics()).forEach(field -> names.add(field.text()));
                return Optional.of(names);
            case "lookup":
                if (step.body() instanceof YamlMap map && map.get("as").orElse(map) instanceof YamlScalar as) {
                    names.remove(as.text());
                    return Optional.of(names);
                }
                return Optional.empty();
            case "rename":
                if (step.body() instanceof YamlMap map) {
                    return Optional.of(renamed(map, names));
                }
                return Optional.empty();
            default:
                return Optional.empty();
        }
    }

    private static Set<String> renamed(YamlMap renames, Set<String> after) {
        Set<String> names = new LinkedHashSet<>(after);
        for (YamlMap.Entry entry : renames.entries()) {
            if (entry.value() instanceof YamlScalar to) {
                names.remove(to.text());
            }
        }
        names.addAll(renames.keys());
        return names;
    }

    /** An open row closed to the names that can be there. */
    static RowType close(RowType row, Optional<Set<String>> names) {
        if (!row.open() || names.isEmpty()) {
            return row;
        }
        List<RowType.Field> fields = names.get().stream()
                .map(name -> row.field(name).orElse(new RowType.Field(name, ScalarType.UNKNOWN, false)))
                .toList();
        return new RowType(fields, false);
    }
}
