package io.millrace.connectors.iothttp;

import java.util.concurrent.atomic.AtomicLong;

/** The bytes that all requests under way may hold together. Any thread. */
final class Budget {
    private final long most;
    private final AtomicLong held = new AtomicLong();

    Budget(long most) {
        this.most = most;
    }

    /** Answers false, and takes nothing, when it would be too much. */
    boolean take(long bytes) {
        while (true) {
            long before = held.get();
            if (bytes > most - before) {
                return false;
            }
            if (held.compareAndSet(before, before + bytes)) {
                return true;
            }
        }
    }

    void giveBack(long bytes) {
        held.addAndGet(-bytes);
    }

    long held() {
        return held.get();
    }
}
