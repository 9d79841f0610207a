package io.millrace.pipeline.step;

import io.millrace.api.RawStream;
import io.millrace.expression.AggregateExpression;
import io.millrace.expression.Expression;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * {@code aggregate: {by: [...], name: count(), other: sum(...)}}, with a {@link Window} or without. Over a table: grouped, with add and
 * subtract, so that updates and deletes retract; a group whose count falls to 0 is deleted. Over events: each adds to its group. The result
 * is a table; its key is the groups, and the window's start.
 *
 * @param groups output field to expression
 * @param aggregations output field to aggregate
 * @param over what is aggregated
 */
public record Aggregate(
        String name, List<Group> groups, List<Aggregation> aggregations, Optional<Window> window, RawStream.Kind over)
        implements Step {

    /** A grouping: {@code by: [value.country]} gives field country; {@code by: {c: expression}} names it. */
    public record Group(String field, Expression expression) {}

    /** An aggregate and the field it becomes. */
    public record Aggregation(String field, AggregateExpression aggregate) {}

    public Aggregate {
        groups = List.copyOf(groups);
        aggregations = List.copyOf(aggregations);
    }

    /** Over a table, without a window. */
    public Aggregate(String name, List<Group> groups, List<Aggregation> aggregations) {
        this(name, groups, aggregations, Optional.empty(), RawStream.Kind.TABLE);
    }

    @Override
    public Kind kind() {
        return Kind.AGGREGATE;
    }

    public boolean overEvents() {
        return over == RawStream.Kind.EVENTS;
    }

    /** Whether records can come too late for it: then its stream has a late topic. */
    public boolean hasLate() {
        return overEvents() && window.isPresent();
    }

    /** The fields of the result's key, in order. */
    public List<String> key() {
        return Stream.concat(groups.stream().map(Group::field), window.stream().map(it -> Window.START))
                .toList();
    }

    @Override
    public RowType outputType(RowType input) {
        List<RowType.Field> fields = new ArrayList<>();
        for (Group group : groups) {
            fields.add(new RowType.Field(group.field(), group.expression().type(), false));
        }
        if (window.isPresent()) {
            fields.add(new RowType.Field(Window.START, ScalarType.TIMESTAMP, true));
            fields.add(new RowType.Field(Window.END, ScalarType.TIMESTAMP, true));
        }
        for (Aggregation aggregation : aggregations) {
            fields.add(new RowType.Field(
                    aggregation.field(), aggregation.aggregate().type(), false));
        }
        return new RowType(fields, false);
    }
}
