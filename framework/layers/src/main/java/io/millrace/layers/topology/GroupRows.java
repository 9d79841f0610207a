package io.millrace.layers.topology;

import io.millrace.expression.AggregateExpression;
import io.millrace.expression.type.ConnectTypes;
import io.millrace.expression.type.DataType;
import io.millrace.expression.type.DecimalType;
import io.millrace.expression.type.EvaluationException;
import io.millrace.expression.type.ScalarType;
import io.millrace.layers.record.Contribution;
import io.millrace.layers.record.RowCodec;
import io.millrace.layers.record.Totals;
import io.millrace.layers.step.Assigning;
import io.millrace.layers.step.TypedValues;
import io.millrace.pipeline.step.Aggregate;
import io.millrace.pipeline.step.Window;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** Makes a group's row of what it has: the fields of the group, then the aggregates. Owned by one thread. */
final class GroupRows {
    private static final Schema TIME = ConnectTypes.schema(ScalarType.TIMESTAMP, true);

    private final Aggregate aggregate;
    private final RowCodec codec;
    private final List<Optional<Schema>> known;
    private final Assigning assigning;

    GroupRows(Aggregate aggregate, RowCodec codec) {
        this.aggregate = aggregate;
        this.codec = codec;
        this.known = aggregate.aggregations().stream()
                .map(aggregation -> TypedValues.schema(aggregation.aggregate().type()))
                .toList();
        this.assigning = new Assigning(Stream.concat(
                        aggregate.hasLate() ? Stream.of(Window.START, Window.END) : Stream.of(),
                        aggregate.aggregations().stream().map(Aggregate.Aggregation::field))
                .toList());
    }

    /**
     * The row of a group.
     *
     * @throws EvaluationException where an aggregate has no place in its type
     */
    Struct of(Totals totals) {
        return row(totals, List.of());
    }

    /**
     * The row of a window.
     *
     * @throws EvaluationException where an aggregate has no place in its type
     */
    Struct of(WindowTotals window) {
        return row(window.totals(), List.of(window.start(), window.end()));
    }

    private Struct row(Totals totals, List<Long> window) {
        Struct group =
                (Struct) Objects.requireNonNull(codec.read(totals.groupRow()).value());
        int count = aggregate.aggregations().size();
        Schema[] schemas = new Schema[window.size() + count];
        @Nullable Object[] values = new Object[window.size() + count];
        for (int i = 0; i < window.size(); i++) {
            schemas[i] = TIME;
            values[i] = window.get(i);
        }
        for (int i = 0; i < count; i++) {
            Aggregate.Aggregation aggregation = aggregate.aggregations().get(i);
            Object value = value(
                    aggregation.field(),
                    aggregation.aggregate(),
                    totals,
                    totals.sums().get(i));
            int at = window.size() + i;
            schemas[at] = known.get(i).orElseGet(() -> TypedValues.schemaOf(value, null));
            values[at] = ConnectTypes.write(value, schemas[at]);
        }
        return assigning.apply(group, schemas, values);
    }

    private static @Nullable Object value(String field, AggregateExpression expression, Totals totals, Totals.Sum sum) {
        return switch (expression.function()) {
            case COUNT -> expression.argument().isPresent() ? sum.count() : totals.rows();
            case SUM -> sum.count() == 0 ? null : sum(field, expression.type(), sum);
            case AVG -> sum.count() == 0 ? null : average(field, expression.type(), sum);
            case MIN, MAX, FIRST, LAST ->
                sum.picks().isEmpty()
                        ? null
                        : picked(expression.type(), sum.picks().get(0).value());
            case COUNT_DISTINCT -> sum.value().longValueExact();
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

    /** Divided once, and rounded once. */
    private static Object average(String field, DataType type, Totals.Sum sum) {
        BigDecimal count = BigDecimal.valueOf(sum.count());
        if (type instanceof DecimalType decimal) {
            return sum.value().divide(count, decimal.scale(), RoundingMode.HALF_UP);
        }
        double value = sum.value().divide(count, MathContext.DECIMAL128).doubleValue();
        if (Double.isInfinite(value)) {
            throw overflow(field, "double");
        }
        return value;
    }

    private static Object picked(DataType type, Contribution.Argument argument) {
        BigDecimal value = argument.value();
        return switch (argument.form()) {
            case INTEGER -> value.longValueExact();
            case DECIMAL -> type instanceof DecimalType decimal ? value.setScale(decimal.scale()) : value;
            case DOUBLE -> {
                // A conditional would make a double of both.
                if (type == ScalarType.FLOAT) {
                    yield value.floatValue();
                }
                yield value.doubleValue();
            }
            case TEXT -> argument.text();
            case TIMESTAMP -> Instant.EPOCH.plus(value.longValueExact(), ChronoUnit.MICROS);
            case DATE -> LocalDate.ofEpochDay(value.longValueExact());
            case BOOL -> value.signum() != 0;
        };
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
}
