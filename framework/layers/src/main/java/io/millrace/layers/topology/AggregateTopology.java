package io.millrace.layers.topology;

import io.millrace.expression.type.RowType;
import io.millrace.layers.record.AggregateSerdes;
import io.millrace.layers.record.Contribution;
import io.millrace.layers.record.GroupChange;
import io.millrace.layers.record.Keys;
import io.millrace.layers.record.Row;
import io.millrace.layers.record.TimedEvent;
import io.millrace.layers.record.Totals;
import io.millrace.layers.record.WindowSerdes;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.pipeline.plan.StreamPlan;
import io.millrace.pipeline.step.Aggregate;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** Draws one aggregate: what rows or events add goes to their groups, and there into the groups' state. Used once. */
final class AggregateTopology {
    private final StreamPlan stream;
    private final Aggregate aggregate;
    private final LayerTopology.Shared shared;
    private final StreamCounters counters;
    private final DeadLetters deadLetters;
    private final StreamOutlet outlet;
    private final String step;
    private final Keys keys;

    AggregateTopology(
            StreamPlan stream,
            Aggregate aggregate,
            LayerTopology.Shared shared,
            StreamCounters counters,
            DeadLetters deadLetters,
            StreamOutlet outlet) {
        this.stream = stream;
        this.aggregate = aggregate;
        this.shared = shared;
        this.counters = counters;
        this.deadLetters = deadLetters;
        this.outlet = outlet;
        this.step = stream.name() + "." + aggregate.name();
        this.keys = Keys.of(aggregate.key(), aggregate.outputType(RowType.ANY));
    }

    /**
     * The groups' rows, as they enter the steps after it.
     *
     * @param reentry of what enters
     */
    Entry<?> draw(KStream<Bytes, Row> rows, Supplier<RowInput> input, Reentry reentry) {
        return aggregate.overEvents() ? overEvents(rows, input, reentry) : overTable(rows, input, reentry);
    }

    /** Each event goes to its group's partition, and there into its windows, if there are any. */
    private Entry<?> overEvents(KStream<Bytes, Row> rows, Supplier<RowInput> input, Reentry reentry) {
        List<String> fields =
                aggregate.groups().stream().map(Aggregate.Group::field).toList();
        Keys groups = Keys.of(fields, aggregate.outputType(RowType.ANY));
        String adding = step + ".events";
        KStream<Bytes, TimedEvent> events = outlet.split(
                        adding,
                        rows.processValues(
                                () -> new EventProcessor(
                                        aggregate,
                                        input.get(),
                                        new Contributor(aggregate, groups, shared.codec()),
                                        deadLetters,
                                        counters),
                                Named.as(adding)))
                .selectKey((key, event) -> event.contribution().group(), Named.as(step + ".by"))
                .repartition(Repartitioned.<Bytes, TimedEvent>as(step)
                        .withKeySerde(Serdes.Bytes())
                        .withValueSerde(WindowSerdes.event(shared.rows())));
        return aggregate.window().isPresent() ? windows(events, reentry) : running(events, reentry);
    }

    private Entry<WindowTotals> windows(KStream<Bytes, TimedEvent> events, Reentry reentry) {
        String name = step + ".window";
        KStream<Bytes, Emission<WindowTotals>> emissions = events.process(
                supplier(
                        () -> new WindowProcessor(aggregate, step, deadLetters, counters, reentry),
                        WindowStores.builders(step)),
                Named.as(name));
        emissions
                .filter((key, emission) -> emission instanceof Emission.Late, Named.as(name + ".late"))
                .mapValues(emission -> ((Emission.Late<WindowTotals>) emission).value(), Named.as(name + ".late-bytes"))
                .to(
                        PipelinePlan.lateTopic(shared.pipeline(), stream.name()),
                        Produced.with(Serdes.Bytes(), Serdes.ByteArray()).withName(name + ".late-topic"));
        return new Entry<>(
                step + ".steps",
                outlet.split(name, emissions),
                () -> new WindowInput(aggregate, shared.codec(), keys, shared.origin(), stream.topic()));
    }

    private Entry<Totals> running(KStream<Bytes, TimedEvent> events, Reentry reentry) {
        String name = step + ".totals";
        KStream<Bytes, Totals> groups = outlet.split(
                name,
                events.process(
                        supplier(
                                () -> new RunningProcessor(aggregate, name, deadLetters, counters, reentry),
                                Set.of(Stores.keyValueStoreBuilder(
                                        Stores.persistentKeyValueStore(name),
                                        Serdes.Bytes(),
                                        AggregateSerdes.totals()))),
                        Named.as(name)));
        return new Entry<>(
                step + ".steps",
                groups,
                () -> new TotalsInput(aggregate, shared.codec(), keys, shared.origin(), stream.topic()));
    }

    private static <V, T> ProcessorSupplier<Bytes, V, Bytes, T> supplier(
            Supplier<Processor<Bytes, V, Bytes, T>> processor, Set<StoreBuilder<?>> stores) {
        return new ProcessorSupplier<>() {
            @Override
            public Processor<Bytes, V, Bytes, T> get() {
                return processor.get();
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return stores;
            }
        };
    }

    private Entry<Totals> overTable(KStream<Bytes, Row> rows, Supplier<RowInput> input, Reentry reentry) {
        String contributing = step + ".contributions";
        KStream<Bytes, Emission<Contribution>> emissions = rows.processValues(
                () -> new ContributionProcessor(
                        aggregate,
                        input.get(),
                        new Contributor(aggregate, keys, shared.codec()),
                        deadLetters,
                        counters),
                Named.as(contributing));
        KStream<Bytes, Contribution> contributions = reentry.isPossible()
                ? outlet.splitKeyed(contributing, emissions)
                : outlet.split(contributing, emissions);
        KStream<Bytes, Totals> groups =
                RetractingProcessor.isFor(aggregate) ? retracted(contributions) : sums(contributions);
        return new Entry<>(
                step + ".steps",
                groups,
                () -> new TotalsInput(aggregate, shared.codec(), keys, shared.origin(), stream.topic()));
    }

    private KStream<Bytes, Totals> sums(KStream<Bytes, Contribution> contributions) {
        Serde<Contribution> contributionSerde = AggregateSerdes.contribution();
        String totals = step + ".totals";
        return contributions
                .toTable(Named.as(step + ".rows"), LayerTopology.kept(step + ".rows", contributionSerde))
                .groupBy(
                        (key, contribution) -> KeyValue.pair(contribution.group(), contribution),
                        Grouped.with(step, Serdes.Bytes(), contributionSerde))
                .aggregate(
                        AggregateTopology::nothing,
                        (key, contribution, before) -> Totals.plus(before, contribution),
                        (key, contribution, before) -> Totals.minus(before, contribution),
                        Named.as(totals),
                        LayerTopology.kept(totals, AggregateSerdes.totals()))
                .toStream(Named.as(step + ".groups"));
    }

    private KStream<Bytes, Totals> retracted(KStream<Bytes, Contribution> contributions) {
        String rows = step + ".rows";
        return contributions
                .process(
                        supplier(
                                () -> new RowChangeProcessor(rows),
                                Set.of(Stores.keyValueStoreBuilder(
                                        Stores.persistentKeyValueStore(rows),
                                        Serdes.Bytes(),
                                        AggregateSerdes.contribution()))),
                        Named.as(rows))
                .repartition(Repartitioned.<Bytes, GroupChange>as(step)
                        .withKeySerde(Serdes.Bytes())
                        .withValueSerde(AggregateSerdes.change()))
                .process(
                        supplier(() -> new RetractingProcessor(aggregate, step), RetractingProcessor.stores(step)),
                        Named.as(step + ".totals"));
    }

    @SuppressWarnings("NullAway") // Kafka's interface is not annotated: a new group has no state yet
    private static Totals nothing() {
        return null;
    }
}
