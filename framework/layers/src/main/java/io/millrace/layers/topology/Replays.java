package io.millrace.layers.topology;

import io.millrace.layers.record.Row;
import io.millrace.layers.record.RowCodec;
import io.millrace.layers.step.StepRecord;
import io.millrace.pipeline.model.StreamName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * Dead letters that enter their streams again, from {@code replay.<pipeline>}. A stream takes those of its own steps that hold what it read
 * from its input, and begins with them at its first step. A table takes no row that a newer one has followed: those are counted
 * {@value #SUPERSEDED}. Used once, by one thread.
 *
 * <p>What is newer: a row of an earlier table is current while that table's digest says so. Of a raw topic nothing is kept, so a store
 * {@code <stream>.failed} remembers, for the keys that died only, the newest place that was read.
 */
final class Replays {
    /** The rule of a replayed record that a newer one of its key has followed. */
    static final String SUPERSEDED = "superseded";

    private static final StepRecord.Place NOWHERE = new StepRecord.Place("", -1, -1);

    private static final Bytes NO_GROUP = Bytes.wrap(new byte[0]);

    private record Reading(String processor, String store) {}

    private final String topic;
    private final StreamsBuilder builder;
    private final RowCodec codec;
    private final List<Reading> readings = new ArrayList<>();
    private @Nullable KStream<Bytes, byte[]> source;

    Replays(String topic, StreamsBuilder builder, RowCodec codec) {
        this.topic = topic;
        this.builder = builder;
        this.codec = codec;
    }

    /** The raw records of a stream, and those that enter again. */
    KStream<Bytes, byte[]> withRaw(StreamName stream, String input, KStream<Bytes, byte[]> raw) {
        return raw.merge(
                source().processValues(() -> new ReplayFilter(stream, input), Named.as(stream + ".replays")),
                Named.as(stream + ".with-replays"));
    }

    /** The raw records of a table, in the partitions of their keys, without those that enter again too late. */
    <V> KStream<Bytes, V> guarded(
            StreamName stream, KStream<Bytes, V> all, ReplayGate.Places<V> places, StreamCounters counters) {
        StoreBuilder<?> store = Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(failedStore(stream)), Serdes.Bytes(), Serdes.ByteArray());
        builder.addStateStore(store);
        return all.processValues(
                () -> new ReplayGate<>(failedStore(stream), places, counters),
                Named.as(stream + ".replay-gate"),
                failedStore(stream));
    }

    /** Remembers where the records of a raw table died. */
    StreamOutlet.Remembering remembering(StreamName stream) {
        return new StreamOutlet.Remembering() {
            @Override
            public <T> KStream<Bytes, Emission<T>> of(String name, KStream<Bytes, Emission<T>> emissions) {
                return emissions.processValues(
                        () -> new FailedPlaces<T>(failedStore(stream)),
                        Named.as(name + ".failed-places"),
                        failedStore(stream));
            }
        };
    }

    /**
     * The rows of an earlier stream that enter a stream again.
     *
     * @param digests the store of that stream's digests; empty for events
     * @param withGroups whether the rows lie with the groups of their windows
     */
    KStream<Bytes, Row> rows(
            StreamName stream, String input, Optional<String> digests, boolean withGroups, StreamCounters counters) {
        String name = stream + ".replays";
        digests.ifPresent(store -> readings.add(new Reading(name, store)));
        return (withGroups ? movedToGroups(stream, input) : source())
                .processValues(
                        () -> new ReplayedRows(new ReplayFilter(stream, input), codec, digests, counters),
                        Named.as(name));
    }

    private KStream<Bytes, byte[]> movedToGroups(StreamName stream, String input) {
        String name = stream + ".replays-by-group";
        return source().processValues(() -> new ReplayFilter(stream, input), Named.as(name + ".own"))
                .map(
                        (key, value) -> KeyValue.pair(groupOf(key), new RawChange(NOWHERE, key, value)),
                        Named.as(name + ".group"))
                .repartition(Repartitioned.<Bytes, RawChange>as(name)
                        .withKeySerde(Serdes.Bytes())
                        .withValueSerde(RawChange.serde()))
                .map((group, row) -> row.keyAndValue(), Named.as(name + ".row"));
    }

    private static Bytes groupOf(@Nullable Bytes key) {
        return key == null ? NO_GROUP : WindowProcessor.groupOf(key);
    }

    /** Gives the replayed rows the stores they look into: those are made later than what stands before them. */
    void connect(Topology topology) {
        readings.forEach(reading -> topology.connectProcessorAndStateStores(reading.processor(), reading.store()));
    }

    private KStream<Bytes, byte[]> source() {
        KStream<Bytes, byte[]> made = source;
        if (made == null) {
            made = builder.stream(
                    topic,
                    Consumed.with(Serdes.Bytes(), Serdes.ByteArray())
                            .withTimestampExtractor(new Arrival())
                            .withName("replays"));
            source = made;
        }
        return made;
    }

    private static String failedStore(StreamName stream) {
        return stream + ".failed";
    }
}
