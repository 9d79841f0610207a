package io.millrace.pipeline.step;

import io.millrace.expression.type.RowType;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code flatten: all} or {@code flatten: [a, b]}: rows inside the row to fields of it, at every depth, {@code a_b} for field b of a. Lists
 * and maps stay. Two fields of one name are a dead letter.
 *
 * @param fields to flatten; empty for all
 * @param delimiter between the names
 */
public record Flatten(String name, List<String> fields, String delimiter) implements Step {

    public Flatten {
        fields = List.copyOf(fields);
    }

    @Override
    public Kind kind() {
        return Kind.FLATTEN;
    }

    /** Whether a field of the row is flattened. */
    public boolean concerns(String field) {
        return fields.isEmpty() || fields.contains(field);
    }

    @Override
    public RowType outputType(RowType input) {
        List<RowType.Field> flat = new ArrayList<>();
        boolean open = input.open();
        for (RowType.Field field : input.fields()) {
            open |= flatten(field, concerns(field.name()), "", true, flat);
        }
        RowType output = new RowType(List.of(), open);
        for (RowType.Field field : flat) {
            output = output.with(field);
        }
        return output;
    }

    /** The names that two fields would have. */
    public List<String> clashes(RowType input) {
        List<RowType.Field> flat = new ArrayList<>();
        input.fields().forEach(field -> flatten(field, concerns(field.name()), "", true, flat));
        List<String> names = flat.stream().map(RowType.Field::name).toList();
        return names.stream()
                .filter(name -> names.indexOf(name) != names.lastIndexOf(name))
                .distinct()
                .toList();
    }

    /** Adds the fields that one becomes; tells whether there may be others. */
    private boolean flatten(
            RowType.Field field, boolean concerned, String prefix, boolean required, List<RowType.Field> into) {
        if (!concerned || !(field.type() instanceof RowType row)) {
            into.add(new RowType.Field(prefix + field.name(), field.type(), required && field.required()));
            return false;
        }
        boolean open = row.open();
        for (RowType.Field inner : row.fields()) {
            open |= flatten(inner, true, prefix + field.name() + delimiter, required && field.required(), into);
        }
        return open;
    }
}
