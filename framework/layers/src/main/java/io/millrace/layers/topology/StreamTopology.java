package io.millrace.layers.topology;

import io.millrace.api.RawStream;
import io.millrace.expression.type.RowType;
import io.millrace.layers.record.Keys;
import io.millrace.layers.record.Row;
import io.millrace.layers.record.RowKeys;
import io.millrace.pipeline.plan.StreamPlan;
import io.millrace.pipeline.step.Aggregate;
import io.millrace.pipeline.step.Dedupe;
import io.millrace.pipeline.step.KeyBy;
import io.millrace.pipeline.step.Lookup;
import io.millrace.pipeline.step.Step;
import io.millrace.pipeline.step.ToTable;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.TableJoined;

/** Draws one stream: segments of steps with joins and aggregates between them. Used once. */
final class StreamTopology {
    private final StreamPlan stream;
    private final LayerTopology topology;
    private final LayerTopology.Shared shared;
    private final StreamCounters counters;
    private final DeadLetters deadLetters;
    private final StreamOutlet outlet;
    private final Segments segments;
    private final EventTopology events;
    private Keys keys;
    /** Of what comes out of what has been drawn so far. */
    private Reentry reentry;
    /** Of what has been drawn so far. */
    private RawStream.Kind kind;
    /** The key, made of fields of its row, by which an event is in its task; empty where there is none. */
    private Optional<Keys> spread;

    StreamTopology(StreamPlan stream, LayerTopology topology, LayerTopology.Shared shared, StreamCounters counters) {
        this.stream = stream;
        this.topology = topology;
        this.shared = shared;
        this.counters = counters;
        this.deadLetters = topology.deadLetters(stream.name());
        this.outlet = new StreamOutlet(
                shared.deadLetterTopic(), topology.breaker(stream.name()), remembering(stream, topology));
        this.segments = new Segments(stream, shared, counters, deadLetters, outlet);
        this.reentry = stream.from().isRaw() ? Reentry.ofOrigin(fromTopic()) : Reentry.asRead(fromTopic());
        // A raw stream's key fields are not declared: what the stream says of its own reads them, unless an aggregate
        // makes others.
        boolean readsItsKey = stream.from().isRaw() && aggregateAt(0) < 0 && !isRekeyed();
        this.keys = readsItsKey ? Keys.of(stream.key(), stream.type()) : topology.keys(stream.from());
        this.kind = topology.kind(stream.from());
        this.events = new EventTopology(shared, counters);
        boolean spreadByKey = !stream.from().isRaw()
                && topology.isPartitioned(stream.from())
                && keys.fields().stream()
                        .allMatch(field ->
                                topology.plan(stream.from()).type().field(field).isPresent());
        this.spread = spreadByKey ? Optional.of(keys) : Optional.empty();
    }

    /** Of a table that reads a raw topic the places of the dead letters are kept, for {@link ReplayGate}. */
    private static Optional<StreamOutlet.Remembering> remembering(StreamPlan stream, LayerTopology topology) {
        return stream.from().isRaw() && topology.rawPlan(stream.from()).kind() == RawStream.Kind.TABLE
                ? Optional.of(topology.replays().remembering(stream.name()))
                : Optional.empty();
    }

    KStream<Bytes, Row> build() {
        StreamInput input = new StreamInput(stream, topology, shared, counters);
        return stream.from().isRaw() ? from(0, input.raw(keys)) : from(0, input.rows(rowInputs()));
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
            return lookup(lookup, left, end + 1);
        }
        KStream<Bytes, Row> rows = untouched ? rowsOf(entry) : segment(entry, steps, false);
        Aggregate aggregate = (Aggregate) next;
        kind = RawStream.Kind.TABLE;
        Entry<?> groups = new AggregateTopology(stream, aggregate, shared, counters, deadLetters, outlet)
                .draw(rows, rowInputs(), reentry);
        reentry = Reentry.NONE;
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
        reentry = reentry.changed();
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
        // It would be the row of its key again, whatever came after it.
        reentry = Reentry.NONE;
        return from(at + 1, rowEntry(table, rows));
    }

    private KStream<Bytes, Row> dedupe(Dedupe dedupe, KStream<Bytes, Row> rows, int at) {
        String identifying = named(dedupe) + ".identity";
        Supplier<RowInput> inputs = rowInputs();
        KStream<Bytes, Carried> identified = split(
                identifying,
                rows.processValues(
                        () -> new IdentityProcessor(dedupe, inputs.get(), deadLetters, counters),
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
        reentry = reentry.past(dedupe);
        return from(at + 1, rowEntry(dedupe, first));
    }

    private KStream<Bytes, Row> eventLookup(Lookup lookup, KStream<Bytes, Row> rows, int at) {
        ForeignKey foreignKey = new ForeignKey(lookup.on(), keys, topology.keys(lookup.table()));
        KStream<Bytes, Joined> joined =
                events.lookup(rows, lookup, foreignKey, topology.table(lookup.table()), named(lookup));
        spread = Optional.empty();
        return from(at + 1, joinedEntry(lookup, foreignKey, joined));
    }

    /** The left row is what it was before; what comes out of the next segment is not. */
    private Entry<Joined> joinedEntry(Lookup lookup, ForeignKey foreignKey, KStream<Bytes, Joined> joined) {
        Supplier<RowInput> left = rowInputs();
        reentry = reentry.changed();
        return new Entry<>(named(lookup) + ".steps", joined, () -> new JoinedInput(lookup, foreignKey, left.get()));
    }

    private Entry<Row> rowEntry(Step after, KStream<Bytes, Row> rows) {
        return new Entry<>(named(after) + ".steps", rows, rowInputs());
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

    private KStream<Bytes, Row> lookup(Lookup lookup, KTable<Bytes, Row> left, int next) {
        ForeignKey foreignKey = new ForeignKey(lookup.on(), keys, topology.keys(lookup.table()));
        KStream<Bytes, Joined> joined = left.leftJoin(
                        topology.table(lookup.table()),
                        foreignKey::orNull,
                        Joined::new,
                        TableJoined.<Bytes, Bytes>as(named(lookup)))
                .toStream(Named.as(named(lookup) + ".joined"));
        return from(next, joinedEntry(lookup, foreignKey, joined));
    }

    private <V> KStream<Bytes, Row> segment(Entry<V> entry, List<Step> steps, boolean last) {
        return segment(entry, steps, last, Optional.empty());
    }

    private <V> KStream<Bytes, Row> segment(Entry<V> entry, List<Step> steps, boolean last, Optional<KeyBy> by) {
        KStream<Bytes, Row> rows =
                segments.draw(entry, steps, new Segments.Course(kind, checkedKeys(), reentry), last, by);
        reentry = reentry.after(steps);
        return rows;
    }

    /** What the keys must be: those of the stream, where it reads them and nobody has looked at them yet. */
    private Optional<Keys> checkedKeys() {
        boolean keyIsNew =
                stream.from().isRaw() || topology.plan(stream.from()).key().isEmpty();
        return keyIsNew && !keys.fields().isEmpty() && aggregateAt(0) < 0 && !isRekeyed()
                ? Optional.of(keys)
                : Optional.empty();
    }

    private <T> KStream<Bytes, T> split(String name, KStream<Bytes, Emission<T>> emissions) {
        return outlet.split(name, emissions);
    }

    /** Reads what comes out of what has been drawn so far. */
    private Supplier<RowInput> rowInputs() {
        Keys rowKeys = keys;
        Reentry rowReentry = reentry;
        return () -> new RowInput(stream.name(), rowKeys, shared.origin(), fromTopic(), rowReentry);
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
