package io.millrace.pipeline.step;

import io.millrace.expression.type.DataType;
import io.millrace.expression.type.ListType;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;

/**
 * {@code explode: {items: item}} over events: a record for each element of a list, all with the origin of the one they come from. One whose
 * list is empty or null is dropped under {@code explode.empty}. An element that fails makes a dead letter of the whole record, and no record
 * of its other elements, so that a replay makes each once.
 *
 * @param field that holds the list
 * @param as the field of the element, in the list's place
 * @param keepEmpty whether a record without elements passes, with null for the element
 */
public record Explode(String name, String field, String as, boolean keepEmpty) implements Step {
    /** More would be copies of a record without bound; a longer list is a dead letter. */
    public static final int MOST_ELEMENTS = 10_000;

    @Override
    public Kind kind() {
        return Kind.EXPLODE;
    }

    @Override
    public RowType outputType(RowType input) {
        DataType element = input.field(field)
                .map(RowType.Field::type)
                .filter(ListType.class::isInstance)
                .map(list -> ((ListType) list).element())
                .orElse(ScalarType.UNKNOWN);
        if (input.field(field).isEmpty()) {
            return input.with(new RowType.Field(as, element, false));
        }
        return new RowType(
                input.fields().stream()
                        .map(it -> it.name().equals(field) ? new RowType.Field(as, element, false) : it)
                        .toList(),
                input.open());
    }
}
