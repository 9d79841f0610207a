package io.millrace.layers.topology;

import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.jspecify.annotations.Nullable;

/** What leaves a segment, with the headers it is to be written with. */
sealed interface Emission<T> {

    /**
     * A change of the stream.
     *
     * @param value null deletes
     */
    record Change<T>(@Nullable T value) implements Emission<T> {}

    /**
     * A dead letter.
     *
     * @param key the original bytes, which the record may have lost on its way to its state
     * @param value the original bytes
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Dead<T>(byte @Nullable [] key, byte @Nullable [] value) implements Emission<T> {
        @SuppressWarnings("NullAway") // Kafka's interface is not annotated: a record may have no key
        KeyValue<Bytes, byte[]> record() {
            return KeyValue.pair(key == null ? null : Bytes.wrap(key), value);
        }
    }

    /** Nothing of a record that could not pass, and is not kept. Its headers are those that its dead letter would have. */
    record Skipped<T>() implements Emission<T> {}

    /**
     * An event that came too late for a window.
     *
     * @param value the row, as it came
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Late<T>(byte[] value) implements Emission<T> {}
}
