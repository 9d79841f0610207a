package io.millrace.pipeline.step;

import io.millrace.expression.AggregateExpression;
import io.millrace.expression.Expression;
import io.millrace.expression.type.RowType;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code aggregate: {by: [...], name: count(), other: sum(...)}} over a table: grouped, with add and subtract, so that updates and deletes
 * retract. The key of the result is its groups; a group whose count falls to 0 is deleted.
 *
 * @param groups output field to expression
 * @param aggregations output field to aggregate
 */
public record Aggregate(String name, List<Group> groups, List<Aggregation> aggregations) implements Step {

    /** A grouping: {@code by: [value.country]} gives field country; {@code by: {c: expression}} names it. */
    public record Group(String field, Expression expression) {}

    /** An aggregate and the field it becomes. */
    public record Aggregation(String field, AggregateExpression aggregate) {}

    public Aggregate {
        groups = List.copyOf(groups);
        aggregations = List.copyOf(aggregations);
    }

    @Override
    public Kind kind() {
        return Kind.AGGREGATE;
    }

    @Override
    public RowType outputType(RowType input) {
        List<RowType.Field> fields = new ArrayList<>();
        for (Group group : groups) {
            fields.add(new RowType.Field(group.field(), group.expression().type(), false));
        }
        for (Aggregation aggregation : aggregations) {
            fields.add(new RowType.Field(
                    aggregation.field(), aggregation.aggregate().type(), false));
        }
        return new RowType(fields, false);
    }
}
