package io.millrace.layers.topology;

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
     * @param value the original bytes
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Dead<T>(byte @Nullable [] value) implements Emission<T> {}

    /**
     * An event that came too late for a window.
     *
     * @param value the row, as it came
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Late<T>(byte[] value) implements Emission<T> {}
}
