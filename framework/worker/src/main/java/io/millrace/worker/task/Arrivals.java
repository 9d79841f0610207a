package io.millrace.worker.task;

import io.millrace.worker.fault.Arrival;

/** Numbers a task's records as they come. Owned by the task thread. */
final class Arrivals {
    /** A clock that is set back by less does not make a newer record look older. */
    private static final long SMALL_STEP_MS = 10_000;

    private long millis = Long.MIN_VALUE;
    private int next;
    private boolean marked;

    /** @param now milliseconds since 1970: when the records that are numbered next came */
    void polled(long now) {
        if (now > millis || millis - now > SMALL_STEP_MS) {
            millis = now;
            next = 0;
            marked = false;
        }
    }

    Arrival next() {
        return new Arrival(millis, next++);
    }

    /** The record numbered last became a dead letter: those after it in its millisecond are to say their ordinal. */
    void died() {
        marked = true;
    }

    /** Whether a record of this millisecond has died. */
    boolean isMarked() {
        return marked;
    }
}
