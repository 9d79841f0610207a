package io.millrace.layers.topology;

import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.KeyValueStore;

/** Remembers, for {@link ReplayGate}, the keys whose records died and where those were read. */
final class FailedPlaces<T> implements FixedKeyProcessor<Bytes, Emission<T>, Emission<T>> {
    private final String store;

    @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
    private FixedKeyProcessorContext<Bytes, Emission<T>> context;

    @SuppressWarnings("NullAway.Init") // as above
    private KeyValueStore<Bytes, byte[]> failed;

    FailedPlaces(String store) {
        this.store = store;
    }

    @Override
    public void init(FixedKeyProcessorContext<Bytes, Emission<T>> processorContext) {
        context = processorContext;
        failed = processorContext.getStateStore(store);
    }

    @Override
    public void process(FixedKeyRecord<Bytes, Emission<T>> left) {
        if (left.value() instanceof Emission.Dead && left.key() != null) {
            Optional<ReadPlace> died = ReadPlace.ofDeadLetter(left.headers());
            ReadPlace newest = ReadPlace.read(failed.get(left.key()));
            if (died.isPresent() && (newest == null || !newest.isAfter(died.get()))) {
                failed.put(left.key(), died.get().write());
            }
        }
        context.forward(left);
    }
}
