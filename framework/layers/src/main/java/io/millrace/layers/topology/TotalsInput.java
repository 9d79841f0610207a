package io.millrace.layers.topology;

import io.millrace.expression.AggregateExpression;
import io.millrace.expression.type.ConnectTypes;
import io.millrace.expression.type.DataType;
import io.millrace.expression.type.DecimalType;
import io.millrace.expression.type.EvaluationException;
import io.millrace.expression.type.ScalarType;
import io.millrace.layers.record.Keys;
import io.millrace.layers.record.Origin;
import io.millrace.layers.record.Row;
import io.millrace.layers.record.RowCodec;
import io.millrace.layers.record.Totals;
import io.millrace.layers.step.Assigning;
import io.millrace.layers.step.Outcome;
import io.millrace.layers.step.StepRecord;
import io.millrace.layers.step.TypedValues;
import io.millrace.pipeline.step.Aggregate;
import io.millrace.plugin.record.DeadLetter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** Makes a row of a group's state. It has no origin: an aggregate is traced by its key. */
final class TotalsInput implements SegmentInput<Totals> {
    private final Aggregate aggregate;
    private final RowCodec codec;
    private final Keys keys;
    private final Origin origin;
    private final String topic;
    private final List<Optional<Schema>> known;
    private final Assigning assigning;

    TotalsInput(Aggregate aggregate, RowCodec codec, Keys keys, Origin origin, String topic) {
        this.aggregate = aggregate;
        this.codec = codec;
        this.keys = keys;
        this.origin = origin;
        this.topic = topic;
        this.known = aggregate.aggregations().stream()
                .map(aggregation -> TypedValues.schema(aggregation.aggregate().type()))
                .toList();
        this.assigning = new Assigning(aggregate.aggregations().stream()
                .map(Aggregate.Aggregation::field)
                .toList());
    }

    @Override
    public Outcome open(FixedKeyRecord<Bytes, Totals> entered, @Nullable RecordMetadata at) {
        StepRecord.Source source = new StepRecord.Source(
                entered.key(),
                keys,
                origin.headers(Row.NO_ORIGIN, entered.headers()),
                new StepRecord.Place(topic, -1, -1),
                entered.timestamp(),
                Row.NO_ORIGIN);
        Totals totals = entered.value();
        if (totals == null) {
            return StepRecord.of(source, null, null);
        }
        try {
            Struct row = row(totals);
            return StepRecord.of(source, row.schema(), row);
        } catch (EvaluationException e) {
            return new Outcome.Failed(aggregate.name(), aggregate.name(), e.code(), String.valueOf(e.getMessage()), e);
        }
    }

    private Struct row(Totals totals) {
        Struct group =
                (Struct) Objects.requireNonNull(codec.read(totals.groupRow()).value());
        int count = aggregate.aggregations().size();
        Schema[] schemas = new Schema[count];
        @Nullable Object[] values = new Object[count];
        for (int i = 0; i < count; i++) {
            Aggregate.Aggregation aggregation = aggregate.aggregations().get(i);
            Object value = value(
                    aggregation.field(),
                    aggregation.aggregate(),
                    totals,
                    totals.sums().get(i));
            schemas[i] = known.get(i).orElseGet(() -> TypedValues.schemaOf(value, null));
            values[i] = ConnectTypes.write(value, schemas[i]);
        }
        return assigning.apply(group, schemas, values);
    }

    private static @Nullable Object value(String field, AggregateExpression expression, Totals totals, Totals.Sum sum) {
        return switch (expression.function()) {
            case COUNT -> expression.argument().isPresent() ? sum.count() : totals.rows();
            case SUM -> sum.count() == 0 ? null : sum(field, expression.type(), sum);
        };
    }

    private static Object sum(String field, DataType type, Totals.Sum sum) {
        if (type instanceof DecimalType decimal) {
            return decimal(sum.value(), decimal.scale());
        }
        if (type == ScalarType.DOUBLE || type == ScalarType.FLOAT) {
            return number(field, sum);
        }
        if (type == ScalarType.INT64 || type == ScalarType.INT32) {
            return whole(field, sum);
        }
        int scale = sum.scales().lastKey();
        if (scale == Totals.Sum.DOUBLE) {
            return number(field, sum);
        }
        return scale == 0 ? whole(field, sum) : decimal(sum.value(), scale);
    }

    private static BigDecimal decimal(BigDecimal value, int scale) {
        // A sum of a declared scale has no digits beyond it; HALF_UP is for a scale that was capped at 38.
        return value.setScale(scale, RoundingMode.HALF_UP);
    }

    private static double number(String field, Totals.Sum sum) {
        double value = sum.value().doubleValue();
        if (Double.isInfinite(value)) {
            throw overflow(field, "double");
        }
        return value;
    }

    private static long whole(String field, Totals.Sum sum) {
        try {
            return sum.value().longValueExact();
        } catch (ArithmeticException e) {
            throw overflow(field, "int64");
        }
    }

    private static EvaluationException overflow(String field, String type) {
        return new EvaluationException("expression.overflow", "'" + field + "' of the group is beyond " + type);
    }

    @Override
    public void original(
            DeadLetter.Builder deadLetter, FixedKeyRecord<Bytes, Totals> entered, @Nullable RecordMetadata at) {
        Totals totals = entered.value();
        deadLetter
                .bytes(SegmentProcessor.bytes(entered.key()), totals == null ? null : totals.groupRow())
                .originalHeaders(origin.headers(Row.NO_ORIGIN, entered.headers()));
    }
}
