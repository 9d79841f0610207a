package io.millrace.dev.process;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The end of a bounded wait for something outside of this process. */
public final class Deadline {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final long endNanos;

    private Deadline(long endNanos) {
        this.endNanos = endNanos;
    }

    public static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    public boolean passed() {
        return System.nanoTime() - endNanos >= 0;
    }

    /** Waits about 50 ms, so that what is waited for can be looked at again. */
    public void pause() {
        LockSupport.parkNanos(this, PAUSE_NANOS);
    }
}
