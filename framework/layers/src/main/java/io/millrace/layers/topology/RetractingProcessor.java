package io.millrace.layers.topology;

import io.millrace.expression.AggregateExpression.Function;
import io.millrace.layers.record.AggregateSerdes;
import io.millrace.layers.record.Contribution;
import io.millrace.layers.record.Contribution.Argument;
import io.millrace.layers.record.GroupChange;
import io.millrace.layers.record.Moment;
import io.millrace.layers.record.Totals;
import io.millrace.layers.record.ValueCount;
import io.millrace.pipeline.step.Aggregate;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * The groups of a table with min, max or count_distinct. A store has each value of each group and how many rows have it, in order: a change
 * reads and writes one value each, however many a group has.
 */
final class RetractingProcessor implements Processor<Bytes, GroupChange, Bytes, Totals> {
    private final List<Function> functions;
    private final String step;

    @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
    private ProcessorContext<Bytes, Totals> context;

    @SuppressWarnings("NullAway.Init") // as above
    private KeyValueStore<Bytes, Totals> totals;

    @SuppressWarnings("NullAway.Init") // as above
    private KeyValueStore<Bytes, ValueCount> values;

    /**
     * @param step {@code <stream>.<step>}
     */
    RetractingProcessor(Aggregate aggregate, String step) {
        this.functions = aggregate.aggregations().stream()
                .map(aggregation -> aggregation.aggregate().function())
                .toList();
        this.step = step;
    }

    static boolean isFor(Aggregate aggregate) {
        return aggregate.aggregations().stream()
                .anyMatch(aggregation -> aggregation.aggregate().function().keepsValues());
    }

    static Set<StoreBuilder<?>> stores(String step) {
        return Set.of(
                Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore(step + ".totals"), Serdes.Bytes(), AggregateSerdes.totals()),
                Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore(step + ".values"),
                        Serdes.Bytes(),
                        AggregateSerdes.valueCount()));
    }

    @Override
    public void init(ProcessorContext<Bytes, Totals> processorContext) {
        context = processorContext;
        totals = processorContext.getStateStore(step + ".totals");
        values = processorContext.getStateStore(step + ".values");
    }

    @Override
    public void process(Record<Bytes, GroupChange> entered) {
        Bytes group = entered.key();
        GroupChange change = entered.value();
        Totals before = totals.get(group);
        Totals next = before;
        // The new one first: a group with one row is not made anew by a change of it.
        if (change.plus() != null) {
            next = Totals.plus(next, change.plus());
        }
        if (change.minus() != null) {
            next = Totals.minus(next, change.minus());
        }
        long[] different = different(group, before, change);
        if (next == null) {
            totals.delete(group);
        } else {
            next = withValues(group, next, change, different);
            totals.put(group, next);
        }
        context.forward(entered.withValue(nullable(next)));
    }

    /** Counts the values in and out; gives how many different ones each aggregate has. */
    private long[] different(Bytes group, @Nullable Totals before, GroupChange change) {
        long[] different = new long[functions.size()];
        for (int i = 0; i < different.length; i++) {
            if (functions.get(i).keepsValues()) {
                different[i] = before == null ? 0 : before.sums().get(i).value().longValueExact();
                different[i] += count(group, i, change.plus(), 1);
                different[i] += count(group, i, change.minus(), -1);
            }
        }
        return different;
    }

    private int count(Bytes group, int aggregate, @Nullable Contribution contribution, int sign) {
        Argument value = contribution == null ? null : contribution.arguments().get(aggregate);
        if (value == null) {
            return 0;
        }
        Bytes key = ValueCount.key(group, aggregate, value);
        ValueCount counted = values.get(key);
        long rows = (counted == null ? 0 : counted.rows()) + sign;
        if (rows == 0) {
            values.delete(key);
            return -1;
        }
        values.put(key, new ValueCount(value, rows));
        return counted == null ? 1 : 0;
    }

    private Totals withValues(Bytes group, Totals next, GroupChange change, long[] different) {
        List<Totals.Sum> sums = new ArrayList<>();
        for (int i = 0; i < functions.size(); i++) {
            Totals.Sum sum = next.sums().get(i);
            sums.add(
                    functions.get(i).keepsValues()
                            ? new Totals.Sum(
                                    sum.count(),
                                    BigDecimal.valueOf(different[i]),
                                    new TreeMap<>(),
                                    picks(group, i, functions.get(i)))
                            : sum);
        }
        byte[] groupRow =
                change.plus() == null ? next.groupRow() : change.plus().groupRow();
        return new Totals(groupRow, next.rows(), sums);
    }

    private List<Totals.Pick> picks(Bytes group, int aggregate, Function function) {
        if (function == Function.COUNT_DISTINCT) {
            return List.of();
        }
        Bytes first = ValueCount.first(group, aggregate);
        Bytes last = ValueCount.last(group, aggregate);
        try (KeyValueIterator<Bytes, ValueCount> found =
                function == Function.MIN ? values.range(first, last) : values.reverseRange(first, last)) {
            return found.hasNext() ? List.of(new Totals.Pick(found.next().value.value(), Moment.NONE)) : List.of();
        }
    }

    @SuppressWarnings("NullAway") // Kafka's interface is not annotated: null deletes
    private static Totals nullable(@Nullable Totals totals) {
        return totals;
    }
}
