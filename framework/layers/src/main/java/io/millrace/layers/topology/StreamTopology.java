package io.millrace.layers.topology;

import io.millrace.api.RawStream;
import io.millrace.expression.type.RowType;
import io.millrace.layers.record.AggregateSerdes;
import io.millrace.layers.record.Contribution;
import io.millrace.layers.record.Keys;
import io.millrace.layers.record.Row;
import io.millrace.layers.record.Totals;
import io.millrace.layers.step.ContractStep;
import io.millrace.layers.step.RecordStep;
import io.millrace.layers.step.RecordSteps;
import io.millrace.pipeline.model.StreamName;
import io.millrace.pipeline.plan.StreamPlan;
import io.millrace.pipeline.step.Aggregate;
import io.millrace.pipeline.step.Lookup;
import io.millrace.pipeline.step.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.TableJoined;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** Draws one stream: segments of steps with joins and aggregates between them. Used once. */
final class StreamTopology {
    private final StreamPlan stream;
    private final LayerTopology topology;
    private final LayerTopology.Shared shared;
    private final StreamCounters counters;
    private final DeadLetters deadLetters;
    private final Optional<StreamBreaker> breaker;
    private Keys keys;

    StreamTopology(StreamPlan stream, LayerTopology topology, LayerTopology.Shared shared, StreamCounters counters) {
        this.stream = stream;
        this.topology = topology;
        this.shared = shared;
        this.counters = counters;
        this.deadLetters = new DeadLetters(shared.pipeline(), stream.name().toString());
        this.breaker = topology.breaker(stream.name());
        this.keys = topology.keys(stream.from());
    }

    /** What enters the next segment; not yet cut from it, since an empty segment needs no processor. */
    private record Entry<V>(String name, KStream<Bytes, V> stream, Supplier<SegmentInput<V>> input) {}

    KStream<Bytes, Row> build() {
        if (stream.from().isRaw()) {
            RawStream.Format format = topology.rawPlan(stream.from()).format();
            // A raw stream's key fields are not declared: what the stream says of its own reads them, unless an
            // aggregate makes others.
            if (aggregateAt(0) < 0) {
                keys = Keys.of(stream.key(), stream.type());
            }
            return from(
                    0,
                    new Entry<>(
                            stream.name() + ".steps",
                            rawWithReplays(),
                            () -> new RawInput(format, shared.codec(), keys)));
        }
        return from(0, new Entry<>(stream.name() + ".steps", changesWithReplays(), () -> rowInput(keys, true)));
    }

    private KStream<Bytes, byte[]> rawWithReplays() {
        return topology.replays()
                .withRaw(
                        stream.name(),
                        topology.rawPlan(stream.from()).topic(),
                        topology.raw(stream.from()),
                        stream.kind() == RawStream.Kind.TABLE,
                        counters);
    }

    /** Where a lookup comes first, what enters again does so at the table that it joins. */
    private KStream<Bytes, Row> changesWithReplays() {
        KStream<Bytes, Row> rows = topology.changes(stream.from());
        boolean atTheTable = stream.kind() == RawStream.Kind.TABLE
                && !stream.steps().isEmpty()
                && stream.steps().get(0) instanceof Lookup;
        return atTheTable ? rows : rows.merge(topology.replayedRows(stream), Named.as(stream.name() + ".with-replays"));
    }

    /** Draws the steps from an index on. */
    private <V> KStream<Bytes, Row> from(int start, Entry<V> entry) {
        int end = start;
        while (end < stream.steps().size() && isOfOneRecord(stream.steps().get(end))) {
            end++;
        }
        List<Step> steps = stream.steps().subList(start, end);
        if (end == stream.steps().size()) {
            return segment(entry, steps, true);
        }
        requireTable(stream.steps().get(end));
        Step next = stream.steps().get(end);
        boolean untouched = start == 0 && steps.isEmpty() && !stream.from().isRaw();
        if (next instanceof Lookup lookup) {
            KTable<Bytes, Row> left = untouched
                    ? topology.table(stream.from())
                    : topology.table(segment(entry, steps, false), named(lookup) + ".left");
            return lookup(lookup, left, untouched, end + 1);
        }
        KStream<Bytes, Row> rows = untouched ? rowsOf(entry) : segment(entry, steps, false);
        return aggregate((Aggregate) next, rows, untouched, end + 1);
    }

    /** The rows of an entry that no step has touched: it is the one that reads an earlier stream. */
    @SuppressWarnings("unchecked")
    private static <V> KStream<Bytes, Row> rowsOf(Entry<V> entry) {
        return (KStream<Bytes, Row>) entry.stream();
    }

    private KStream<Bytes, Row> lookup(Lookup lookup, KTable<Bytes, Row> left, boolean asWritten, int next) {
        Keys rowKeys = keys;
        ForeignKey foreignKey = new ForeignKey(lookup.on(), rowKeys, topology.keys(lookup.table()));
        KStream<Bytes, Joined> joined = left.leftJoin(
                        topology.table(lookup.table()),
                        foreignKey::orNull,
                        Joined::new,
                        TableJoined.<Bytes, Bytes>as(named(lookup)))
                .toStream(Named.as(named(lookup) + ".joined"));
        return from(
                next,
                new Entry<>(
                        named(lookup) + ".steps",
                        joined,
                        () -> new JoinedInput(lookup, foreignKey, rowInput(rowKeys, asWritten))));
    }

    private KStream<Bytes, Row> aggregate(Aggregate aggregate, KStream<Bytes, Row> rows, boolean asWritten, int next) {
        Keys groupKeys = Keys.of(
                aggregate.groups().stream().map(Aggregate.Group::field).toList(), aggregate.outputType(RowType.ANY));
        Keys rowKeys = keys;
        Serde<Contribution> contributionSerde = AggregateSerdes.contribution();
        String contributing = named(aggregate) + ".contributions";
        KStream<Bytes, Contribution> contributions = split(
                contributing,
                rows.processValues(
                        () -> new ContributionProcessor(
                                aggregate,
                                rowInput(rowKeys, asWritten),
                                groupKeys,
                                shared.codec(),
                                deadLetters,
                                counters),
                        Named.as(contributing)));
        String totals = named(aggregate) + ".totals";
        KStream<Bytes, Totals> groups = contributions
                .toTable(
                        Named.as(named(aggregate) + ".rows"),
                        LayerTopology.kept(named(aggregate) + ".rows", contributionSerde))
                .groupBy(
                        (key, contribution) -> KeyValue.pair(contribution.group(), contribution),
                        Grouped.with(named(aggregate), Serdes.Bytes(), contributionSerde))
                .aggregate(
                        StreamTopology::nothing,
                        (key, contribution, before) -> Totals.plus(before, contribution),
                        (key, contribution, before) -> Totals.minus(before, contribution),
                        Named.as(totals),
                        LayerTopology.kept(totals, AggregateSerdes.totals()))
                .toStream(Named.as(named(aggregate) + ".groups"));
        keys = groupKeys;
        return from(
                next,
                new Entry<>(
                        named(aggregate) + ".steps",
                        groups,
                        () -> new TotalsInput(aggregate, shared.codec(), groupKeys, shared.origin(), stream.topic())));
    }

    @SuppressWarnings("NullAway") // Kafka's interface is not annotated: a new group has no state yet
    private static Totals nothing() {
        return null;
    }

    /** A processor for the steps; the last one also keeps the contract, the digests of the rows, and the counts. */
    private <V> KStream<Bytes, Row> segment(Entry<V> entry, List<Step> steps, boolean last) {
        boolean keepsRows = last && stream.kind() == RawStream.Kind.TABLE;
        Optional<String> store = keepsRows ? Optional.of(rowsStore(stream.name())) : Optional.empty();
        boolean keyIsNew =
                stream.from().isRaw() || topology.plan(stream.from()).key().isEmpty();
        Optional<Keys> checked =
                keyIsNew && !keys.fields().isEmpty() && aggregateAt(0) < 0 ? Optional.of(keys) : Optional.empty();
        SegmentProcessor.Place place = new SegmentProcessor.Place(stream.kind(), store, last, checked);
        Supplier<FixedKeyProcessor<Bytes, V, Emission<Row>>> processor = () -> new SegmentProcessor<>(
                place,
                entry.input().get(),
                new RecordSteps(running(steps, last)),
                shared.codec(),
                shared.origin(),
                deadLetters,
                counters);
        KStream<Bytes, Emission<Row>> emissions =
                entry.stream().processValues(supplier(processor, store), Named.as(entry.name()));
        boolean readsRawTable = stream.from().isRaw()
                && stream.kind() == RawStream.Kind.TABLE
                && entry.name().equals(stream.name() + ".steps");
        return split(
                entry.name(), readsRawTable ? topology.replays().remembering(stream.name(), emissions) : emissions);
    }

    private List<RecordStep> running(List<Step> steps, boolean last) {
        List<RecordStep> running = new ArrayList<>();
        for (Step step : steps) {
            running.add(RecordSteps.of(step, shared.transforms()));
        }
        if (last && stream.contract().isPresent()) {
            running.add(new ContractStep(stream.contract().get()));
        }
        return running;
    }

    private static <V> FixedKeyProcessorSupplier<Bytes, V, Emission<Row>> supplier(
            Supplier<FixedKeyProcessor<Bytes, V, Emission<Row>>> processor, Optional<String> store) {
        return new FixedKeyProcessorSupplier<>() {
            @Override
            public FixedKeyProcessor<Bytes, V, Emission<Row>> get() {
                return processor.get();
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return store.<Set<StoreBuilder<?>>>map(name -> Set.of(Stores.keyValueStoreBuilder(
                                Stores.persistentKeyValueStore(name), Serdes.Bytes(), Serdes.ByteArray())))
                        .orElse(Set.of());
            }
        };
    }

    /** The store of the digests of a table's rows. */
    static String rowsStore(StreamName table) {
        return table + ".rows";
    }

    /** Sends dead letters to their topic, in the same transaction, and goes on with the changes. */
    private <T> KStream<Bytes, T> split(String name, KStream<Bytes, Emission<T>> unwatched) {
        KStream<Bytes, Emission<T>> emissions = breaker.map(
                        watching -> unwatched.processValues(() -> watching.<T>processor(), Named.as(name + ".stop-if")))
                .orElse(unwatched);
        emissions
                .filter((key, emission) -> emission instanceof Emission.Dead, Named.as(name + ".dead"))
                .mapValues(emission -> ((Emission.Dead<T>) emission).value(), Named.as(name + ".dead-bytes"))
                .to(
                        shared.deadLetterTopic(),
                        Produced.with(Serdes.Bytes(), Serdes.ByteArray()).withName(name + ".deadletter"));
        return emissions
                .filter((key, emission) -> emission instanceof Emission.Change, Named.as(name + ".changes"))
                .mapValues(emission -> ((Emission.Change<T>) emission).value(), Named.as(name + ".values"));
    }

    private RowInput rowInput(Keys rowKeys, boolean asWritten) {
        String topic = stream.from().isRaw()
                ? topology.rawPlan(stream.from()).topic()
                : topology.plan(stream.from()).topic();
        return new RowInput(rowKeys, shared.origin(), topic, asWritten);
    }

    private String named(Step step) {
        return stream.name() + "." + step.name();
    }

    private static boolean isOfOneRecord(Step step) {
        return !(step instanceof Lookup) && !(step instanceof Aggregate);
    }

    private int aggregateAt(int start) {
        for (int i = start; i < stream.steps().size(); i++) {
            if (stream.steps().get(i) instanceof Aggregate) {
                return i;
            }
        }
        return -1;
    }

    private void requireTable(Step step) {
        if (stream.kind() != RawStream.Kind.TABLE) {
            throw new IllegalArgumentException(
                    "'" + stream.name() + "." + step.name() + "' needs a table, its stream is one of events");
        }
    }
}
