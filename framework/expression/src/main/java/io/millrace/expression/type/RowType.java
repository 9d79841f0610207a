package io.millrace.expression.type;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The fields of a record, in order.
 *
 * @param fields those that are known; names are unique
 * @param open whether a record may have fields besides: then a field that is not listed is of type {@link ScalarType#UNKNOWN}, where a
 *     closed row makes it an error
 */
public record RowType(List<Field> fields, boolean open) implements DataType {

    /** Nothing is known. */
    public static final RowType ANY = new RowType(List.of(), true);

    /**
     * A field of a row.
     *
     * @param required false where null is allowed
     */
    public record Field(String name, DataType type, boolean required) {}

    public RowType {
        fields = List.copyOf(fields);
    }

    public Optional<Field> field(String name) {
        return fields.stream().filter(field -> field.name().equals(name)).findFirst();
    }

    public List<String> names() {
        return fields.stream().map(Field::name).toList();
    }

    /** This row with the field replaced in its place, or added at the end. */
    public RowType with(Field added) {
        List<Field> next = new ArrayList<>(fields);
        for (int i = 0; i < next.size(); i++) {
            if (next.get(i).name().equals(added.name())) {
                next.set(i, added);
                return new RowType(next, open);
            }
        }
        next.add(added);
        return new RowType(next, open);
    }

    /** This row without a field; an open row stays open. */
    public RowType without(String name) {
        return new RowType(
                fields.stream().filter(field -> !field.name().equals(name)).toList(), open);
    }

    @Override
    public String text() {
        return fields.stream()
                .map(field -> field.name() + ": " + field.type().text() + (field.required() ? "!" : ""))
                .collect(Collectors.joining(", ", "{", open ? ", ...}" : "}"));
    }
}
