package io.millrace.layers.topology;

import io.millrace.api.RawStream;
import io.millrace.layers.record.Keys;
import io.millrace.layers.record.Row;
import io.millrace.layers.record.RowKeys;
import io.millrace.pipeline.plan.StreamPlan;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Repartitioned;

/** Draws what one stream reads: a raw topic or an earlier stream, and what enters it again. */
final class StreamInput {
    private final StreamPlan stream;
    private final LayerTopology topology;
    private final LayerTopology.Shared shared;
    private final StreamCounters counters;

    StreamInput(StreamPlan stream, LayerTopology topology, LayerTopology.Shared shared, StreamCounters counters) {
        this.stream = stream;
        this.topology = topology;
        this.shared = shared;
        this.counters = counters;
    }

    /**
     * The records of a raw topic.
     *
     * @param keys reads their keys, also those that their rows make
     */
    Entry<?> raw(Keys keys) {
        RawStream.Format format = topology.rawPlan(stream.from()).format();
        boolean table = topology.kind(stream.from()) == RawStream.Kind.TABLE;
        Optional<RowKeys> made = format == RawStream.Format.DEBEZIUM && table ? RawKeys.of(stream) : Optional.empty();
        if (made.isPresent()) {
            return new Entry<>(
                    stream.name() + ".steps",
                    guarded(rekeyed(made.get()), ReplayGate::read),
                    () -> new RawChangeInput(new RawInput(format, shared.codec(), keys)));
        }
        KStream<Bytes, byte[]> raw = rawWithReplays();
        return new Entry<>(
                stream.name() + ".steps",
                table ? guarded(raw, ReplayGate::read) : raw,
                () -> new RawInput(format, shared.codec(), keys));
    }

    /** The rows of an earlier stream. Where a lookup comes first, what enters again does so at the table that it joins. */
    Entry<Row> rows(Supplier<RowInput> input) {
        KStream<Bytes, Row> rows = topology.input(stream);
        KStream<Bytes, Row> all = topology.joinsAsItReads(stream)
                ? rows
                : rows.merge(topology.replayedRows(stream), Named.as(stream.name() + ".with-replays"));
        return new Entry<>(stream.name() + ".steps", all, input);
    }

    private KStream<Bytes, byte[]> rawWithReplays() {
        return topology.replays()
                .withRaw(stream.name(), topology.rawPlan(stream.from()).topic(), topology.raw(stream.from()));
    }

    private <V> KStream<Bytes, V> guarded(KStream<Bytes, V> all, ReplayGate.Places<V> places) {
        return topology.replays().guarded(stream.name(), all, places, counters);
    }

    /** The change events with the keys that their rows make, where the rows of those keys are. */
    private KStream<Bytes, RawChange> rekeyed(RowKeys made) {
        String name = stream.name() + "." + stream.steps().get(0).name();
        return rawWithReplays()
                .process(() -> new RawKeyProcessor(made, shared.codec()), Named.as(name + ".keys"))
                .repartition(Repartitioned.<Bytes, RawChange>as(name)
                        .withKeySerde(Serdes.Bytes())
                        .withValueSerde(RawChange.serde()));
    }
}
