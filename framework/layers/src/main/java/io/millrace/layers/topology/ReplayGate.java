package io.millrace.layers.topology;

import io.millrace.plugin.record.ReplayHeaders;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Stands before a table that reads a raw topic: of the keys that died once it keeps the newest place that was read, and lets no older
 * record of such a key enter again. Nor does it let in a record of whose death it does not know: since that letter was written the table was
 * made anew, and this time the record passed, or a newer one did.
 */
final class ReplayGate<V> implements FixedKeyProcessor<Bytes, V, V> {

    /** Where a record was read that is no replay. */
    @FunctionalInterface
    interface Places<V> {
        Optional<ReadPlace> of(V value, Optional<RecordMetadata> at);
    }

    private final String store;
    private final Places<V> places;
    private final StreamCounters counters;

    @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
    private FixedKeyProcessorContext<Bytes, V> context;

    @SuppressWarnings("NullAway.Init") // as above
    private KeyValueStore<Bytes, byte[]> failed;

    ReplayGate(String store, Places<V> places, StreamCounters counters) {
        this.store = store;
        this.places = places;
        this.counters = counters;
    }

    /** Of records as they are read. */
    static Optional<ReadPlace> read(byte @Nullable [] value, Optional<RecordMetadata> at) {
        return at.map(place -> new ReadPlace(place.partition(), place.offset()));
    }

    /** Of records that were moved to the keys that their rows make. */
    static Optional<ReadPlace> read(RawChange change, Optional<RecordMetadata> at) {
        return Optional.of(
                new ReadPlace(change.place().partition(), change.place().offset()));
    }

    @Override
    public void init(FixedKeyProcessorContext<Bytes, V> processorContext) {
        context = processorContext;
        failed = processorContext.getStateStore(store);
    }

    @Override
    public void process(FixedKeyRecord<Bytes, V> entered) {
        if (entered.key() != null) {
            ReadPlace newest = ReadPlace.read(failed.get(entered.key()));
            if (ReplayHeaders.isReplay(entered.headers())) {
                if (isSuperseded(newest, ReadPlace.ofReplay(entered.headers()))) {
                    counters.in().increment();
                    counters.drop(Replays.SUPERSEDED);
                    return;
                }
            } else if (newest != null) {
                places.of(entered.value(), context.recordMetadata())
                        .ifPresent(place -> failed.put(entered.key(), place.write()));
            }
        }
        context.forward(entered);
    }

    private static boolean isSuperseded(@Nullable ReadPlace newest, Optional<ReadPlace> former) {
        return newest == null || former.isEmpty() || newest.isAfter(former.get());
    }
}
