package io.millrace.layers.record;

import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * An event on its way to its group.
 *
 * @param contribution what it adds; its group is without a window
 * @param time microseconds since the epoch: of the event, or where there is no window of its arrival
 * @param key as it came
 * @param row as it came
 */
public record TimedEvent(
        Contribution contribution, long time, @Nullable Bytes key, Row row) {

    public Moment moment() {
        return Moment.of(time, row.origin());
    }

    /** Without contents, which do not belong into a log. */
    @Override
    public String toString() {
        return "TimedEvent[" + row + "]";
    }
}
