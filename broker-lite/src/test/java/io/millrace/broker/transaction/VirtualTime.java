package io.millrace.broker.transaction;

import java.util.function.Supplier;
import org.apache.kafka.common.utils.Time;

/** A clock that moves when it is told to. */
final class VirtualTime implements Time {
    private volatile long millis = 1_700_000_000_000L;

    void advance(long by) {
        millis += by;
    }

    @Override
    public long milliseconds() {
        return millis;
    }

    @Override
    public long nanoseconds() {
        return millis * 1_000_000;
    }

    @Override
    public void sleep(long ms) {
        advance(ms);
    }

    @Override
    public void waitObject(Object lock, Supplier<Boolean> condition, long deadlineMs) {
        throw new UnsupportedOperationException("nothing waits in virtual time");
    }
}
