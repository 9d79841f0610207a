package io.millrace.layers.topology;

import io.millrace.api.RawStream;
import io.millrace.layers.record.Keys;
import io.millrace.layers.record.Row;
import io.millrace.layers.step.ContractStep;
import io.millrace.layers.step.KeyStep;
import io.millrace.layers.step.RecordStep;
import io.millrace.layers.step.RecordSteps;
import io.millrace.pipeline.model.StreamName;
import io.millrace.pipeline.plan.StreamPlan;
import io.millrace.pipeline.step.KeyBy;
import io.millrace.pipeline.step.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** Draws the segments of one stream: the steps between two joins or aggregates, each segment a processor. */
final class Segments {
    private final StreamPlan stream;
    private final LayerTopology.Shared shared;
    private final StreamCounters counters;
    private final DeadLetters deadLetters;
    private final StreamOutlet outlet;

    /**
     * What is known of a stream where a segment begins.
     *
     * @param kind of its records
     * @param checkedKeys what their keys must be; empty where that is known already
     * @param reentry of what enters the segment
     */
    record Course(RawStream.Kind kind, Optional<Keys> checkedKeys, Reentry reentry) {}

    Segments(
            StreamPlan stream,
            LayerTopology.Shared shared,
            StreamCounters counters,
            DeadLetters deadLetters,
            StreamOutlet outlet) {
        this.stream = stream;
        this.shared = shared;
        this.counters = counters;
        this.deadLetters = deadLetters;
        this.outlet = outlet;
    }

    /** The store of the digests of a table's rows. */
    static String rowsStore(StreamName table) {
        return table + ".rows";
    }

    /**
     * A processor for steps; the last one also keeps the contract, the digests of the rows, and the counts.
     *
     * @param last whether what leaves is the stream
     * @param by the key that what leaves is to get
     */
    <V> KStream<Bytes, Row> draw(Entry<V> entry, List<Step> steps, Course course, boolean last, Optional<KeyBy> by) {
        boolean keepsRows = last && course.kind() == RawStream.Kind.TABLE;
        Optional<String> store = keepsRows ? Optional.of(rowsStore(stream.name())) : Optional.empty();
        SegmentProcessor.Place place =
                new SegmentProcessor.Place(stream.name(), course.kind(), store, last, course.checkedKeys());
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
        return course.reentry().isPossible()
                ? outlet.splitKeyed(entry.name(), emissions)
                : outlet.split(entry.name(), emissions);
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
}
