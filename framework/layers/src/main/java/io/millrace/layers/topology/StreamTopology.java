package io.millrace.layers.topology;

import io.millrace.api.RawStream;
import io.millrace.expression.type.RowType;
import io.millrace.layers.record.Keys;
import io.millrace.layers.record.Row;
import io.millrace.layers.record.RowKeys;
import io.millrace.layers.step.ContractStep;
import io.millrace.layers.step.KeyStep;
import io.millrace.layers.step.RecordStep;
import io.millrace.layers.step.RecordSteps;
import io.millrace.pipeline.model.StreamName;
import io.millrace.pipeline.plan.StreamPlan;
import io.millrace.pipeline.step.Aggregate;
import io.millrace.pipeline.step.Dedupe;
import io.millrace.pipeline.step.KeyBy;
import io.millrace.pipeline.step.Lookup;
import io.millrace.pipeline.step.Step;
import io.millrace.pipeline.step.ToTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Repartitioned;
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
    private final StreamOutlet outlet;
    private final EventTopology events;
    private Keys keys;
    /** Of what has been drawn so far. */
    private RawStream.Kind kind;
    /** The key, made of fields of its row, by which an event is in its task; empty where there is none. */
    private Optional<Keys> spread;

    StreamTopology(StreamPlan stream, LayerTopology topology, LayerTopology.Shared shared, StreamCounters counters) {
        this.stream = stream;
        this.topology = topology;
        this.shared = shared;
        this.counters = counters;
        this.deadLetters = new DeadLetters(shared.pipeline(), stream.name().toString());
        this.outlet = new StreamOutlet(shared.deadLetterTopic(), topology.breaker(stream.name()));
        this.keys = topology.keys(stream.from());
        this.kind = topology.kind(stream.from());
        this.events = new EventTopology(shared, counters);
        boolean spreadByKey = !stream.from().isRaw()
                && topology.isPartitioned(stream.from())
                && keys.fields().stream()
                        .allMatch(field ->
                                topology.plan(stream.from()).type().field(field).isPresent());
        this.spread = spreadByKey ? Optional.of(keys) : Optional.empty();
    }

    KStream<Bytes, Row> build() {
        if (stream.from().isRaw()) {
            RawStream.Format format = topology.rawPlan(stream.from()).format();
            // A raw stream's key fields are not declared: what the stream says of its own reads them, unless an
            // aggregate makes others.
            if (aggregateAt(0) < 0 && !isRekeyed()) {
                keys = Keys.of(stream.key(), stream.type());
            }
            // The field goes on to the keys that later steps make.
            Keys entering = keys;
            Optional<RowKeys> made = format == RawStream.Format.DEBEZIUM && kind == RawStream.Kind.TABLE
                    ? RawKeys.of(stream)
                    : Optional.empty();
            if (made.isPresent()) {
                return from(
                        0,
                        new Entry<>(
                                stream.name() + ".steps",
                                guarded(rekeyed(made.get()), ReplayGate::read),
                                () -> new RawChangeInput(new RawInput(format, shared.codec(), entering))));
            }
            KStream<Bytes, byte[]> raw = rawWithReplays();
            return from(
                    0,
                    new Entry<>(
                            stream.name() + ".steps",
                            kind == RawStream.Kind.TABLE ? guarded(raw, ReplayGate::read) : raw,
                            () -> new RawInput(format, shared.codec(), entering)));
        }
        Keys entering = keys;
        return from(0, new Entry<>(stream.name() + ".steps", changesWithReplays(), () -> rowInput(entering, true)));
    }

    private KStream<Bytes, byte[]> rawWithReplays() {
        return topology.replays()
                .withRaw(stream.name(), topology.rawPlan(stream.from()).topic(), topology.raw(stream.from()));
    }

    private <V> KStream<Bytes, V> guarded(KStream<Bytes, V> all, ReplayGate.Places<V> places) {
        return topology.replays().guarded(stream.name(), all, places, counters);
    }

    /** Where a lookup comes first, what enters again does so at the table that it joins. */
    private KStream<Bytes, Row> changesWithReplays() {
        KStream<Bytes, Row> rows = topology.input(stream);
        return topology.joinsAsItReads(stream)
                ? rows
                : rows.merge(topology.replayedRows(stream), Named.as(stream.name() + ".with-replays"));
    }

    /** The change events with the keys that their rows make, where the rows of those keys are. */
    private KStream<Bytes, RawChange> rekeyed(RowKeys made) {
        String name = named(stream.steps().get(0));
        return rawWithReplays()
                .process(() -> new RawKeyProcessor(made, shared.codec()), Named.as(name + ".keys"))
                .repartition(Repartitioned.<Bytes, RawChange>as(name)
                        .withKeySerde(Serdes.Bytes())
                        .withValueSerde(RawChange.serde()));
    }

    /** Draws the steps from an index on. */
    private <V> KStream<Bytes, Row> from(int start, Entry<V> entry) {
        int end = start;
        while (end < stream.steps().size() && isOfOneRecord(stream.steps().get(end))) {
            end++;
        }
        List<Step> steps = stream.steps().subList(start, end);
        spread = spread.filter(by -> KeptFields.keep(steps, by.fields()));
        if (end == stream.steps().size()) {
            return ended(segment(entry, steps, true));
        }
        Step next = stream.steps().get(end);
        boolean untouched = start == 0
                && steps.isEmpty()
                && !stream.from().isRaw()
                && stream.branch().isEmpty();
        switch (next.kind()) {
            case KEY:
                return keyed((KeyBy) next, entry, steps, end);
            case TABLE:
                return toTable((ToTable) next, entry, steps, end);
            case DEDUPE:
                return dedupe((Dedupe) next, segment(entry, steps, false), end);
            case LOOKUP:
                if (kind == RawStream.Kind.EVENTS) {
                    return eventLookup((Lookup) next, segment(entry, steps, false), end);
                }
                break;
            default:
                break;
        }
        if (next instanceof Lookup lookup) {
            requireTable(lookup);
            KTable<Bytes, Row> left = untouched
                    ? topology.table(stream.from())
                    : topology.table(segment(entry, steps, false), named(lookup) + ".left");
            return lookup(lookup, left, untouched, end + 1);
        }
        KStream<Bytes, Row> rows = untouched ? rowsOf(entry) : segment(entry, steps, false);
        Aggregate aggregate = (Aggregate) next;
        kind = RawStream.Kind.TABLE;
        Keys rowKeys = keys;
        Entry<?> groups = new AggregateTopology(stream, aggregate, shared, counters, deadLetters, outlet)
                .draw(
                        rows,
                        () -> rowInput(rowKeys, untouched),
                        untouched ? Optional.of(fromTopic()) : Optional.empty());
        keys = Keys.of(aggregate.key(), aggregate.outputType(RowType.ANY));
        return from(end + 1, groups);
    }

    /** The rows of an entry that no step has touched: it is the one that reads an earlier stream. */
    @SuppressWarnings("unchecked")
    private static <V> KStream<Bytes, Row> rowsOf(Entry<V> entry) {
        return (KStream<Bytes, Row>) entry.stream();
    }

    /** Ends the stream: what reads it is told whether its keys are together. */
    private KStream<Bytes, Row> ended(KStream<Bytes, Row> rows) {
        if (kind == RawStream.Kind.EVENTS && !keys.fields().isEmpty() && isSpreadBy(keys)) {
            topology.partitioned(stream.name());
        }
        return rows;
    }

    private <V> KStream<Bytes, Row> keyed(KeyBy by, Entry<V> entry, List<Step> steps, int at) {
        boolean last = at == stream.steps().size() - 1;
        KStream<Bytes, Row> rows = events.keyed(segment(entry, steps, last, Optional.of(by)), rowKeys(by), named(by));
        keys = rowKeys(by).keys();
        return last ? ended(rows) : from(at + 1, rowEntry(by, rows));
    }

    private <V> KStream<Bytes, Row> toTable(ToTable table, Entry<V> entry, List<Step> steps, int at) {
        KeyBy by = table.key();
        KStream<Bytes, Row> rows =
                events.keyed(segment(entry, steps, false, Optional.of(by)), rowKeys(by), named(table) + ".key");
        keys = rowKeys(by).keys();
        if (!isSpreadBy(keys)) {
            rows = events.partitioned(rows, named(table));
        }
        kind = RawStream.Kind.TABLE;
        return from(at + 1, rowEntry(table, rows));
    }

    private KStream<Bytes, Row> dedupe(Dedupe dedupe, KStream<Bytes, Row> rows, int at) {
        String identifying = named(dedupe) + ".identity";
        Keys rowKeys = keys;
        KStream<Bytes, Carried> identified = split(
                identifying,
                rows.processValues(
                        () -> new IdentityProcessor(dedupe, rowInput(rowKeys, false), deadLetters, counters),
                        Named.as(identifying)));
        boolean whole = dedupe.by().isEmpty();
        boolean together = spread.filter(by ->
                        !by.fields().isEmpty() && (whole || dedupe.fields().containsAll(by.fields())))
                .isPresent();
        // Events that are to be keyed by a part of the identity go by that part: so they stay in order, and need not
        // move again.
        Optional<RowKeys> byKey = last(stream, Step.Kind.KEY)
                .map(step -> (KeyBy) step)
                .filter(by -> dedupe.fields().containsAll(by.fields()))
                .map(StreamTopology::rowKeys);
        KStream<Bytes, Row> first = events.dedupe(identified, dedupe, byKey, together, named(dedupe));
        if (!together) {
            spread = byKey.map(RowKeys::keys);
        }
        return from(at + 1, rowEntry(dedupe, first));
    }

    private KStream<Bytes, Row> eventLookup(Lookup lookup, KStream<Bytes, Row> rows, int at) {
        Keys rowKeys = keys;
        ForeignKey foreignKey = new ForeignKey(lookup.on(), rowKeys, topology.keys(lookup.table()));
        KStream<Bytes, Joined> joined =
                events.lookup(rows, lookup, foreignKey, topology.table(lookup.table()), named(lookup));
        spread = Optional.empty();
        return from(
                at + 1,
                new Entry<>(
                        named(lookup) + ".steps",
                        joined,
                        () -> new JoinedInput(lookup, foreignKey, rowInput(rowKeys, false))));
    }

    private Entry<Row> rowEntry(Step after, KStream<Bytes, Row> rows) {
        Keys rowKeys = keys;
        return new Entry<>(named(after) + ".steps", rows, () -> rowInput(rowKeys, false));
    }

    private static RowKeys rowKeys(KeyBy by) {
        return RowKeys.of(by.fields(), by.keyType());
    }

    private boolean isSpreadBy(Keys wanted) {
        return spread.filter(wanted::equals).isPresent();
    }

    private static Optional<Step> last(StreamPlan stream, Step.Kind kind) {
        return stream.steps().stream().filter(step -> step.kind() == kind).reduce((before, after) -> after);
    }

    private boolean isRekeyed() {
        return last(stream, Step.Kind.KEY).isPresent()
                || last(stream, Step.Kind.TABLE).isPresent();
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

    /** A processor for the steps; the last one also keeps the contract, the digests of the rows, and the counts. */
    private <V> KStream<Bytes, Row> segment(Entry<V> entry, List<Step> steps, boolean last) {
        return segment(entry, steps, last, Optional.empty());
    }

    private <V> KStream<Bytes, Row> segment(Entry<V> entry, List<Step> steps, boolean last, Optional<KeyBy> by) {
        boolean keepsRows = last && kind == RawStream.Kind.TABLE;
        Optional<String> store = keepsRows ? Optional.of(rowsStore(stream.name())) : Optional.empty();
        boolean keyIsNew =
                stream.from().isRaw() || topology.plan(stream.from()).key().isEmpty();
        Optional<Keys> checked = keyIsNew && !keys.fields().isEmpty() && aggregateAt(0) < 0 && !isRekeyed()
                ? Optional.of(keys)
                : Optional.empty();
        SegmentProcessor.Place place = new SegmentProcessor.Place(kind, store, last, checked);
        Supplier<FixedKeyProcessor<Bytes, V, Emission<Row>>> processor = () -> new SegmentProcessor<>(
                place,
                entry.input().get(),
                new RecordSteps(running(steps, last, by)),
                shared.codec(),
                shared.origin(),
                deadLetters,
                counters);
        KStream<Bytes, Emission<Row>> emissions =
                entry.stream().processValues(supplier(processor, store), Named.as(entry.name()));
        boolean readsRawTable = isOfRawTable() && entry.name().equals(stream.name() + ".steps");
        return split(
                entry.name(), readsRawTable ? topology.replays().remembering(stream.name(), emissions) : emissions);
    }

    /** Whether the places of its dead letters are kept. */
    private boolean isOfRawTable() {
        return stream.from().isRaw() && topology.rawPlan(stream.from()).kind() == RawStream.Kind.TABLE;
    }

    private List<RecordStep> running(List<Step> steps, boolean last, Optional<KeyBy> by) {
        List<RecordStep> running = new ArrayList<>();
        for (Step step : steps) {
            running.add(RecordSteps.of(step, shared.transforms()));
        }
        if (last && stream.contract().isPresent()) {
            running.add(new ContractStep(stream.contract().get()));
        }
        by.ifPresent(key -> running.add(new KeyStep(key)));
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

    private <T> KStream<Bytes, T> split(String name, KStream<Bytes, Emission<T>> emissions) {
        return outlet.split(name, emissions);
    }

    private RowInput rowInput(Keys rowKeys, boolean asWritten) {
        return new RowInput(stream.name(), rowKeys, shared.origin(), fromTopic(), asWritten);
    }

    private String fromTopic() {
        return stream.from().isRaw()
                ? topology.rawPlan(stream.from()).topic()
                : topology.plan(stream.from()).topic();
    }

    private String named(Step step) {
        return stream.name() + "." + step.name();
    }

    private static boolean isOfOneRecord(Step step) {
        return switch (step.kind()) {
            case LOOKUP, AGGREGATE, DEDUPE, KEY, TABLE -> false;
            default -> true;
        };
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
        if (kind != RawStream.Kind.TABLE) {
            throw new IllegalArgumentException(
                    "'" + stream.name() + "." + step.name() + "' needs a table, its stream is one of events");
        }
    }
}
