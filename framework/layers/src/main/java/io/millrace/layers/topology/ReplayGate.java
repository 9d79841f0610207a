package io.millrace.layers.topology;

import io.millrace.plugin.record.ReplayHeaders;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Stands before a table that reads a raw topic: of the keys that died once it keeps the newest place that was read, and lets no older
 * record of such a key enter again.
 */
final class ReplayGate implements FixedKeyProcessor<Bytes, byte[], byte[]> {
    private final String store;
    private final StreamCounters counters;

    @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
    private FixedKeyProcessorContext<Bytes, byte[]> context;

    @SuppressWarnings("NullAway.Init") // as above
    private KeyValueStore<Bytes, byte[]> failed;

    ReplayGate(String store, StreamCounters counters) {
        this.store = store;
        this.counters = counters;
    }

    @Override
    public void init(FixedKeyProcessorContext<Bytes, byte[]> processorContext) {
        context = processorContext;
        failed = processorContext.getStateStore(store);
    }

    @Override
    public void process(FixedKeyRecord<Bytes, byte[]> entered) {
        ReadPlace newest = entered.key() == null ? null : ReadPlace.read(failed.get(entered.key()));
        if (newest != null) {
            if (!ReplayHeaders.isReplay(entered.headers())) {
                context.recordMetadata()
                        .ifPresent(at -> failed.put(entered.key(), new ReadPlace(at.partition(), at.offset()).write()));
            } else {
                Optional<ReadPlace> former = ReadPlace.ofReplay(entered.headers());
                if (former.isPresent() && newest.isAfter(former.get())) {
                    counters.in().increment();
                    counters.drop(Replays.SUPERSEDED);
                    return;
                }
            }
        }
        context.forward(entered);
    }
}
