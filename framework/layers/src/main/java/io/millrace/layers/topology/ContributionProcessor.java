package io.millrace.layers.topology;

import io.millrace.expression.Expression;
import io.millrace.expression.Scope;
import io.millrace.expression.type.ConnectTypes;
import io.millrace.expression.type.EvaluationException;
import io.millrace.layers.record.Contribution;
import io.millrace.layers.record.Keys;
import io.millrace.layers.record.Row;
import io.millrace.layers.record.RowCodec;
import io.millrace.layers.step.Assigning;
import io.millrace.layers.step.Outcome;
import io.millrace.layers.step.StepRecord;
import io.millrace.layers.step.TypedValues;
import io.millrace.pipeline.step.Aggregate;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.jspecify.annotations.Nullable;

/** Works out what a row adds to its group. A row that cannot be evaluated is a dead letter; what it added before stays. */
final class ContributionProcessor implements FixedKeyProcessor<Bytes, Row, Emission<Contribution>> {
    private static final Schema NO_FIELDS = SchemaBuilder.struct().build();

    private final Aggregate aggregate;
    private final RowInput input;
    private final Keys groupKeys;
    private final RowCodec codec;
    private final DeadLetters deadLetters;
    private final StreamCounters counters;
    private final List<Optional<Schema>> known;
    private final Assigning assigning;

    @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
    private FixedKeyProcessorContext<Bytes, Emission<Contribution>> context;

    ContributionProcessor(
            Aggregate aggregate,
            RowInput input,
            Keys groupKeys,
            RowCodec codec,
            DeadLetters deadLetters,
            StreamCounters counters) {
        this.aggregate = aggregate;
        this.input = input;
        this.groupKeys = groupKeys;
        this.codec = codec;
        this.deadLetters = deadLetters;
        this.counters = counters;
        this.known = aggregate.groups().stream()
                .map(group -> TypedValues.schema(group.expression().type()))
                .toList();
        this.assigning = new Assigning(
                aggregate.groups().stream().map(Aggregate.Group::field).toList());
    }

    @Override
    public void init(FixedKeyProcessorContext<Bytes, Emission<Contribution>> processorContext) {
        context = processorContext;
    }

    @Override
    public void process(FixedKeyRecord<Bytes, Row> entered) {
        Row row = entered.value();
        if (row == null) {
            forward(entered, null);
            return;
        }
        Contribution contribution;
        try {
            contribution = contribution(((StepRecord) input.open(entered, null)).scope());
        } catch (EvaluationException e) {
            fail(entered, e.code(), String.valueOf(e.getMessage()), e);
            return;
        } catch (RuntimeException e) {
            // What a row makes an expression throw it makes it throw again: the row's fault, not the thread's end.
            fail(entered, "layers.unexpected", e.toString(), e);
            return;
        }
        forward(entered, contribution);
    }

    private void fail(FixedKeyRecord<Bytes, Row> entered, String code, String message, RuntimeException e) {
        counters.in().increment();
        counters.deadLetters().increment();
        Outcome.Failed failed = new Outcome.Failed(aggregate.name(), aggregate.name(), code, message, e);
        context.forward(deadLetters.of(entered, null, failed, input));
    }

    private void forward(FixedKeyRecord<Bytes, Row> entered, @Nullable Contribution contribution) {
        Emission<Contribution> emission = new Emission.Change<>(contribution);
        context.forward(entered.withValue(emission));
    }

    private Contribution contribution(Scope scope) {
        int count = aggregate.groups().size();
        List<@Nullable Object> group = new ArrayList<>(count);
        Schema[] schemas = new Schema[count];
        @Nullable Object[] values = new Object[count];
        for (int i = 0; i < count; i++) {
            Object value = aggregate.groups().get(i).expression().evaluate(scope);
            group.add(value);
            schemas[i] = known.get(i).orElseGet(() -> TypedValues.schemaOf(value, null));
            values[i] = ConnectTypes.write(value, schemas[i]);
        }
        Struct groupRow = assigning.apply(new Struct(NO_FIELDS), schemas, values);
        List<Contribution.@Nullable Argument> arguments = new ArrayList<>();
        for (Aggregate.Aggregation aggregation : aggregate.aggregations()) {
            arguments.add(argument(aggregation, scope));
        }
        Bytes key = groupKeys.write(group);
        byte[] row = codec.write(groupRow.schema(), groupRow);
        RecordSize.fault(key, row, new RecordHeaders()).ifPresent(fault -> {
            throw new EvaluationException("layers.too-large", "of the group: " + fault);
        });
        return new Contribution(key, row, arguments);
    }

    private static Contribution.@Nullable Argument argument(Aggregate.Aggregation aggregation, Scope scope) {
        Optional<Expression> expression = aggregation.aggregate().argument();
        Object value = expression.isEmpty() ? null : expression.get().evaluate(scope);
        if (value == null) {
            return null;
        }
        return switch (aggregation.aggregate().function()) {
            case COUNT -> new Contribution.Argument(Contribution.Form.INTEGER, BigDecimal.ONE);
            case SUM -> number(aggregation.field(), value);
        };
    }

    private static Contribution.Argument number(String field, Object value) {
        if (value instanceof Long whole) {
            return new Contribution.Argument(Contribution.Form.INTEGER, BigDecimal.valueOf(whole));
        }
        if (value instanceof BigDecimal decimal) {
            return new Contribution.Argument(Contribution.Form.DECIMAL, decimal);
        }
        if (value instanceof Double || value instanceof Float) {
            double number = ((Number) value).doubleValue();
            if (Double.isFinite(number)) {
                return new Contribution.Argument(Contribution.Form.DOUBLE, new BigDecimal(number));
            }
            throw new EvaluationException(
                    "layers.not-finite", "'" + field + "' cannot add up infinity or not-a-number");
        }
        throw new EvaluationException("expression.type", "'" + field + "' cannot add up what is not a number");
    }
}
