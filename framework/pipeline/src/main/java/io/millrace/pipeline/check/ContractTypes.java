package io.millrace.pipeline.check;

import io.millrace.expression.type.DataType;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import io.millrace.pipeline.model.Fields;
import io.millrace.pipeline.model.StepModel;
import io.millrace.pipeline.yaml.Diagnostics;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlScalar;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The types of fields that go from a step to the contract as they are, worked out backwards: a contract converts nothing, so a value of
 * another type is a dead letter in the end whatever a rule says of it. A rule that does not fit these types is wrong, although nothing is
 * known of what enters. For checks only: a number may still be narrower than its contract says.
 */
final class ContractTypes {
    private ContractTypes() {}

    /**
     * The row with what is known of the fields that it does not know.
     *
     * @param from the step before which the row stands, and all after it
     */
    static RowType narrowed(RowType row, List<StepModel> from, Optional<Contract> contract) {
        RowType narrowed = row;
        for (Map.Entry<String, DataType> field : types(from, contract).entrySet()) {
            Optional<RowType.Field> known = row.field(field.getKey());
            boolean mayBe = known.map(it -> it.type() == ScalarType.UNKNOWN).orElse(row.open());
            if (mayBe) {
                narrowed = narrowed.with(new RowType.Field(field.getKey(), field.getValue(), false));
            }
        }
        return narrowed;
    }

    private static Map<String, DataType> types(List<StepModel> from, Optional<Contract> contract) {
        Map<String, DataType> types = new HashMap<>();
        contract.ifPresent(it -> it.row().fields().forEach(field -> types.put(field.name(), field.type())));
        types.values().removeIf(type -> type == ScalarType.UNKNOWN);
        for (int i = from.size() - 1; i >= 0 && !types.isEmpty(); i--) {
            before(from.get(i), types);
        }
        return types;
    }

    private static void before(StepModel step, Map<String, DataType> types) {
        switch (step.word()) {
            case "validate", "filter", "standardise", "route", "dedupe", "keep" -> {}
            case "drop" ->
                Fields.scalars("drop", step.body(), new Diagnostics()).forEach(field -> types.remove(field.text()));
            case "cast", "set" -> entries(step).forEach(entry -> types.remove(entry.key()));
            case "mask" ->
                entries(step)
                        .forEach(entry -> types.remove(Paths.read(entry.key()).get(0)));
            case "lookup" ->
                entries(step).stream()
                        .filter(entry -> entry.key().equals("as") && entry.value() instanceof YamlScalar)
                        .forEach(entry -> types.remove(((YamlScalar) entry.value()).text()));
            case "rename" -> rename(step, types);
            default -> types.clear();
        }
    }

    private static void rename(StepModel step, Map<String, DataType> types) {
        Map<String, DataType> renamed = new HashMap<>();
        for (YamlMap.Entry entry : entries(step)) {
            DataType type = entry.value() instanceof YamlScalar to ? types.remove(to.text()) : null;
            if (type != null) {
                renamed.put(entry.key(), type);
            }
        }
        entries(step).forEach(entry -> types.remove(entry.key()));
        types.putAll(renamed);
    }

    private static List<YamlMap.Entry> entries(StepModel step) {
        return step.body() instanceof YamlMap map ? map.entries() : List.of();
    }
}
