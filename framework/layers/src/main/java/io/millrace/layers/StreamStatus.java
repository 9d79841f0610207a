package io.millrace.layers;

import io.millrace.pipeline.model.StreamName;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * How one stream fares, since this process started it: in + expanded = out + dropped + dead letters + held, but for the record being worked on. Of a stream
 * with a lookup or an aggregate, {@code in} counts the updates that the last of them made.
 *
 * @param topic where it is written
 * @param in records that came
 * @param expanded records that {@code explode} made above the one that each came from
 * @param out records written to the topic, deletes included
 * @param dropped rule to count, sorted by rule; {@code unchanged} is the rule of a table's change that changes nothing,
 *     {@code late} that of a record and a window that it missed
 * @param deadLetters records that can never pass
 * @param held records that wait now: for the row of a lookup. Those that waited when the process started are among them and in {@code in}
 */
public record StreamStatus(
        StreamName name,
        String topic,
        long in,
        long expanded,
        long out,
        Map<String, Long> dropped,
        long deadLetters,
        long held,
        State state) {

    /** Of the layers that the stream belongs to. */
    public enum State {
        /** Finding its place in the group, or restoring its state. */
        STARTING,
        RUNNING,
        /** Gave up: {@link Layers#failure()} says why. */
        FAILED,
        STOPPED
    }

    public StreamStatus {
        dropped = Collections.unmodifiableMap(new TreeMap<>(dropped));
    }
}
