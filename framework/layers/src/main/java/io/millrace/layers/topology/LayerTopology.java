package io.millrace.layers.topology;

import io.millrace.api.RawStream;
import io.millrace.expression.type.RowType;
import io.millrace.layers.record.Keys;
import io.millrace.layers.record.Origin;
import io.millrace.layers.record.Row;
import io.millrace.layers.record.RowCodec;
import io.millrace.layers.record.RowSerde;
import io.millrace.layers.step.RecordSteps;
import io.millrace.pipeline.model.StreamName;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.pipeline.plan.RawStreamPlan;
import io.millrace.pipeline.plan.StreamPlan;
import io.millrace.pipeline.step.Aggregate;
import io.millrace.pipeline.step.Lookup;
import io.millrace.pipeline.step.Step;
import io.millrace.plugin.record.Breaker;
import io.millrace.plugin.record.MillraceVersion;
import java.time.Clock;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Draws the topology of a pipeline. A stream goes on from its input in memory; its topic is an output. A table is kept as a state only
 * where a lookup needs it. Used once, by one thread.
 */
public final class LayerTopology {

    /** What the streams of one topology share. */
    record Shared(
            String pipeline,
            String deadLetterTopic,
            RowCodec codec,
            Serde<Row> rows,
            Origin origin,
            RecordSteps.Transforms transforms) {}

    private final PipelinePlan plan;
    private final Shared shared;
    private final StreamsBuilder builder = new StreamsBuilder();
    private final Map<StreamName, StreamPlan> plans = new LinkedHashMap<>();
    private final Map<StreamName, KStream<Bytes, byte[]>> raws = new LinkedHashMap<>();
    private final Map<StreamName, KStream<Bytes, Row>> changes = new LinkedHashMap<>();
    private final Map<StreamName, KTable<Bytes, Row>> tables = new LinkedHashMap<>();
    private final Map<StreamName, StreamCounters> counters = new LinkedHashMap<>();
    private final Replays replays;
    private final Set<StreamName> partitioned = new HashSet<>();

    /**
     * @param transforms makes the transforms of {@code smt} steps, once per task
     */
    public LayerTopology(PipelinePlan plan, RecordSteps.Transforms transforms) {
        this.plan = plan;
        RowCodec codec = new RowCodec();
        this.replays = new Replays(plan.replayTopic(), builder, codec);
        this.shared = new Shared(
                plan.pipeline(),
                plan.deadLetterTopic(),
                codec,
                new RowSerde(codec),
                new Origin(plan.pipeline(), MillraceVersion.text()),
                transforms);
    }

    /**
     * @param properties of Kafka Streams, for what they say of the topology
     */
    public Topology build(Properties properties) {
        plan.streams().forEach(stream -> counters.put(stream.name(), new StreamCounters()));
        for (StreamPlan stream : plan.streams()) {
            plans.put(stream.name(), stream);
            StreamCounters counted = Objects.requireNonNull(counters.get(stream.name()));
            KStream<Bytes, Row> rows = new StreamTopology(stream, this, shared, counted).build();
            changes.put(stream.name(), rows);
            rows.mapValues(row -> row == null ? null : row.json(), Named.as(stream.name() + ".json"))
                    .to(
                            stream.topic(),
                            Produced.with(Serdes.Bytes(), Serdes.ByteArray()).withName(stream.name() + ".topic"));
        }
        Topology topology = builder.build(properties);
        replays.connect(topology);
        return topology;
    }

    /** Stream to its counters, in the order of the plan. */
    public Map<StreamName, StreamCounters> counters() {
        return Collections.unmodifiableMap(counters);
    }

    StreamPlan plan(StreamName name) {
        StreamPlan found = plans.get(name);
        if (found == null) {
            throw new IllegalArgumentException("stream '" + name + "' is used before it is made, or is raw");
        }
        return found;
    }

    RawStream.Kind kind(StreamName name) {
        return name.isRaw() ? rawPlan(name).kind() : plan(name).kind();
    }

    RawStreamPlan rawPlan(StreamName name) {
        return plan.raw().stream()
                .filter(raw -> raw.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no source makes '" + name + "'"));
    }

    /** A stream's key fields; those of a raw stream are not known. */
    Keys keys(StreamName name) {
        if (name.isRaw()) {
            return Keys.of(List.of(), RowType.ANY);
        }
        StreamPlan stream = plan(name);
        return Keys.of(stream.key(), stream.type());
    }

    KStream<Bytes, byte[]> raw(StreamName name) {
        return raws.computeIfAbsent(
                name,
                missing -> builder.stream(
                        rawPlan(missing).topic(),
                        Consumed.with(Serdes.Bytes(), Serdes.ByteArray())
                                .withTimestampExtractor(new Arrival())
                                .withName(missing.toString())));
    }

    KStream<Bytes, Row> changes(StreamName name) {
        plan(name);
        return Objects.requireNonNull(changes.get(name));
    }

    /** What a stream reads: all that its input changes, or one branch of it. */
    KStream<Bytes, Row> input(StreamPlan reader) {
        KStream<Bytes, Row> all = changes(reader.from());
        if (reader.branch().isEmpty()) {
            return all;
        }
        String branch = reader.branch().get();
        boolean isTable = reader.kind() == RawStream.Kind.TABLE;
        return all.processValues(() -> new BranchProcessor(branch, isTable), Named.as(reader.name() + ".branch"));
    }

    /** Whether the records of one key of a stream are in one task, as it goes on in memory. */
    boolean isPartitioned(StreamName name) {
        return plan(name).kind() == RawStream.Kind.TABLE || partitioned.contains(name);
    }

    /** Says that the stream, of events, is partitioned by its key. */
    void partitioned(StreamName name) {
        partitioned.add(name);
    }

    KTable<Bytes, Row> table(StreamName name) {
        if (plan(name).kind() != RawStream.Kind.TABLE) {
            throw new IllegalArgumentException("'" + name + "' is not a table");
        }
        return tables.computeIfAbsent(name, missing -> table(withReplays(missing), missing + ".table"));
    }

    /** A table's changes, and its rows that enter again a stream which looks up right after it has read them. */
    private KStream<Bytes, Row> withReplays(StreamName table) {
        KStream<Bytes, Row> rows = changes(table);
        for (StreamPlan reader : plan.streams()) {
            if (reader.from().equals(table) && joinsAsItReads(reader)) {
                rows = rows.merge(replayedRows(reader), Named.as(reader.name() + ".with-replays"));
            }
        }
        return byKey(table, rows);
    }

    /** Whether a stream joins the table that it reads as it is, so that what enters again does so at that table. */
    boolean joinsAsItReads(StreamPlan reader) {
        return kind(reader.from()) == RawStream.Kind.TABLE
                && reader.branch().isEmpty()
                && !reader.steps().isEmpty()
                && reader.steps().get(0) instanceof Lookup;
    }

    /** What the stream read from an earlier stream, and enters it again. */
    KStream<Bytes, Row> replayedRows(StreamPlan reader) {
        StreamPlan input = plan(reader.from());
        return replays.rows(
                reader.name(),
                input.topic(),
                input.kind() == RawStream.Kind.TABLE ? Optional.of(Segments.rowsStore(input.name())) : Optional.empty(),
                liesWithItsGroup(input.name()),
                Objects.requireNonNull(counters.get(reader.name())));
    }

    /** What becomes of records of a stream that cannot pass. */
    DeadLetters deadLetters(StreamName name) {
        return new DeadLetters(
                plan.pipeline(), name, plan.onError(name).thenOrDefault(), Objects.requireNonNull(counters.get(name)));
    }

    Replays replays() {
        return replays;
    }

    /** Of a stream that {@code stop_if} may stop. */
    Optional<StreamBreaker> breaker(StreamName name) {
        return plan.onError(name)
                .stopIf()
                .map(stop -> new StreamBreaker(
                        new Breaker(name.toString(), stop.percent(), stop.window(), Clock.systemUTC()),
                        Objects.requireNonNull(counters.get(name))));
    }

    /** A stream's changes, each in the partition of its key, where a lookup finds it: windows lie where their group is. */
    private KStream<Bytes, Row> byKey(StreamName name, KStream<Bytes, Row> rows) {
        return liesWithItsGroup(name)
                ? rows.repartition(Repartitioned.<Bytes, Row>as(name + ".key")
                        .withKeySerde(Serdes.Bytes())
                        .withValueSerde(shared.rows()))
                : rows;
    }

    private boolean liesWithItsGroup(StreamName name) {
        if (name.isRaw()) {
            return false;
        }
        List<Step> steps = plan(name).steps();
        for (int i = steps.size() - 1; i >= 0; i--) {
            if (steps.get(i) instanceof Aggregate aggregate) {
                return aggregate.hasLate();
            }
            if (steps.get(i) instanceof Lookup) {
                // The table that looks up is kept by its key.
                return false;
            }
        }
        return liesWithItsGroup(plan(name).from());
    }

    KTable<Bytes, Row> table(KStream<Bytes, Row> rows, String name) {
        return rows.toTable(Named.as(name), kept(name, shared.rows()));
    }

    static <T> Materialized<Bytes, T, KeyValueStore<Bytes, byte[]>> kept(String store, Serde<T> values) {
        return Materialized.<Bytes, T, KeyValueStore<Bytes, byte[]>>as(store)
                .withKeySerde(Serdes.Bytes())
                .withValueSerde(values)
                .withCachingDisabled();
    }
}
