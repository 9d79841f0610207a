package io.millrace.layers.topology;

import io.millrace.expression.AggregateExpression.Function;
import io.millrace.expression.Expression;
import io.millrace.expression.Scope;
import io.millrace.expression.type.ConnectTypes;
import io.millrace.expression.type.EvaluationException;
import io.millrace.expression.type.ScalarType;
import io.millrace.layers.record.Contribution;
import io.millrace.layers.record.Contribution.Argument;
import io.millrace.layers.record.Contribution.Form;
import io.millrace.layers.record.Keys;
import io.millrace.layers.record.RowCodec;
import io.millrace.layers.step.Assigning;
import io.millrace.layers.step.TypedValues;
import io.millrace.pipeline.step.Aggregate;
import io.millrace.pipeline.step.Window;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * Works out what a row adds to which group. Over a table the window is a part of the group; over events it is not yet. Owned by one thread.
 */
final class Contributor {
    /** Of a text that is kept: it travels and is stored with each change of its group. */
    static final int MOST_TEXT = 1 << 16;

    private static final Schema NO_FIELDS = SchemaBuilder.struct().build();
    private static final Schema TIME = ConnectTypes.schema(ScalarType.TIMESTAMP, true);

    private final Aggregate aggregate;
    private final Optional<WindowTimes> window;
    private final Keys keys;
    private final RowCodec codec;
    private final List<Optional<Schema>> known;
    private final Assigning assigning;

    /**
     * @param keys of the groups
     */
    Contributor(Aggregate aggregate, Keys keys, RowCodec codec) {
        this.aggregate = aggregate;
        this.window =
                aggregate.overEvents() ? Optional.empty() : aggregate.window().map(WindowTimes::new);
        this.keys = keys;
        this.codec = codec;
        this.known = aggregate.groups().stream()
                .map(group -> TypedValues.schema(group.expression().type()))
                .toList();
        this.assigning = new Assigning(Stream.concat(
                        aggregate.groups().stream().map(Aggregate.Group::field),
                        window.stream().flatMap(it -> Stream.of(Window.START, Window.END)))
                .toList());
    }

    /**
     * What a row adds.
     *
     * @throws EvaluationException for a row that cannot be evaluated
     */
    Contribution of(Scope scope) {
        int groups = aggregate.groups().size();
        int count = groups + (window.isPresent() ? 2 : 0);
        List<@Nullable Object> group = new ArrayList<>(count);
        Schema[] schemas = new Schema[count];
        @Nullable Object[] values = new Object[count];
        for (int i = 0; i < groups; i++) {
            Object value = aggregate.groups().get(i).expression().evaluate(scope);
            group.add(value);
            schemas[i] = known.get(i).orElseGet(() -> TypedValues.schemaOf(value, null));
            values[i] = ConnectTypes.write(value, schemas[i]);
        }
        if (window.isPresent()) {
            WindowTimes times = window.get();
            WindowTimes.Span span = times.spans(times.timeOf(scope)).get(0);
            group.add(Instant.EPOCH.plus(span.start(), ChronoUnit.MICROS));
            schemas[groups] = TIME;
            values[groups] = span.start();
            schemas[groups + 1] = TIME;
            values[groups + 1] = span.end();
        }
        Struct groupRow = assigning.apply(new Struct(NO_FIELDS), schemas, values);
        List<@Nullable Argument> arguments = new ArrayList<>();
        for (Aggregate.Aggregation aggregation : aggregate.aggregations()) {
            arguments.add(argument(aggregation, scope));
        }
        Bytes key = keys.write(group);
        byte[] row = codec.write(groupRow.schema(), groupRow);
        RecordSize.fault(key, row, new RecordHeaders()).ifPresent(fault -> {
            throw new EvaluationException("layers.too-large", "of the group: " + fault);
        });
        return new Contribution(key, row, arguments);
    }

    private static @Nullable Argument argument(Aggregate.Aggregation aggregation, Scope scope) {
        Optional<Expression> expression = aggregation.aggregate().argument();
        Object value = expression.isEmpty() ? null : expression.get().evaluate(scope);
        if (value == null) {
            return null;
        }
        Function function = aggregation.aggregate().function();
        return switch (function) {
            case COUNT -> new Argument(Form.INTEGER, BigDecimal.ONE);
            case SUM, AVG ->
                number(aggregation.field(), value)
                        .orElseThrow(() -> new EvaluationException(
                                "expression.type", "'" + aggregation.field() + "' cannot add up what is not a number"));
            case MIN, MAX, FIRST, LAST, COUNT_DISTINCT ->
                number(aggregation.field(), value).orElseGet(() -> other(aggregation.field(), function, value));
        };
    }

    private static Optional<Argument> number(String field, Object value) {
        if (value instanceof Long whole) {
            return Optional.of(new Argument(Form.INTEGER, BigDecimal.valueOf(whole)));
        }
        if (value instanceof BigDecimal decimal) {
            return Optional.of(new Argument(Form.DECIMAL, decimal));
        }
        if (value instanceof Double || value instanceof Float) {
            double number = ((Number) value).doubleValue();
            if (Double.isFinite(number)) {
                return Optional.of(new Argument(Form.DOUBLE, new BigDecimal(number)));
            }
            throw new EvaluationException(
                    "layers.not-finite", "'" + field + "' cannot add up infinity or not-a-number");
        }
        return Optional.empty();
    }

    private static Argument other(String field, Function function, Object value) {
        if (value instanceof String text) {
            if (text.length() > MOST_TEXT) {
                throw new EvaluationException(
                        "layers.too-large",
                        "'" + field + "' would keep a text of " + text.length() + " characters, and " + function.word()
                                + " keeps at most " + MOST_TEXT);
            }
            return Argument.text(text);
        }
        if (value instanceof Instant instant) {
            return new Argument(Form.TIMESTAMP, BigDecimal.valueOf(ChronoUnit.MICROS.between(Instant.EPOCH, instant)));
        }
        if (value instanceof LocalDate date) {
            return new Argument(Form.DATE, BigDecimal.valueOf(date.toEpochDay()));
        }
        if (value instanceof Boolean truth) {
            return new Argument(Form.BOOL, truth ? BigDecimal.ONE : BigDecimal.ZERO);
        }
        throw new EvaluationException("expression.type", "'" + field + "' cannot keep a list, a map, a row or bytes");
    }
}
