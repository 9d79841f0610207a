package io.millrace.pipeline.step;

import io.millrace.expression.Expression;
import java.time.Duration;

/**
 * {@code window: {tumbling: 1m, by: [...], time: value.at, grace: 1m, emit: changes}}, beside its aggregate: groups by event time too.
 * Windows of a fixed length begin at whole multiples of it since 1970-01-01T00:00Z, the start included and the end not. A session is a run
 * of records with no more than {@link #size} between one and the next; its end is its last record.
 *
 * @param size the length; of a session the greatest gap
 * @param every hopping windows begin this far apart; of others as {@code size}
 * @param time a timestamp or a date; a record whose time is null is a dead letter
 * @param grace how far a record may be behind the newest of its key and still count
 * @param keep how long after its end, in event time, a window stays open for records from other partitions; with {@link Emit#FINAL} only
 *     how long the windows of a silent key are kept
 * @param idle with {@link Emit#FINAL}: a window none of whose records came for so long is written as it stands
 */
public record Window(
        Shape shape,
        Duration size,
        Duration every,
        Expression time,
        Duration grace,
        Emit emit,
        Duration keep,
        Duration idle) {

    /** Field of the output: where the window begins. It is in the key, last. */
    public static final String START = "window_start";

    /** Field of the output: where the window ends. */
    public static final String END = "window_end";

    /** How records are put into windows. */
    public enum Shape {
        TUMBLING,
        HOPPING,
        SESSION
    }

    /** When a window is written. */
    public enum Emit {
        /** Each time it changes. */
        CHANGES,
        /** When it is closed. */
        FINAL
    }
}
