package io.millrace.it.harness;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for a condition, and tells why it did not come. */
public final class Await {
    private static final long PAUSE_NANOS = Duration.ofMillis(100).toNanos();

    private Await() {}

    /** Something that may throw while the condition does not hold yet. */
    public interface Condition {
        void check() throws Exception;
    }

    /** Tries until the check passes; after the time-out the last AssertionError is thrown. Other exceptions fail at once. */
    public static void until(Duration timeout, Condition condition) throws Exception {
        value(timeout, () -> {
            condition.check();
            return "";
        });
    }

    /** As {@link #until}, with a result. */
    public static <T> T value(Duration timeout, Callable<T> attempt) throws Exception {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            try {
                return attempt.call();
            } catch (AssertionError e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
