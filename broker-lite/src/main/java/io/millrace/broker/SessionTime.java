package io.millrace.broker;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.kafka.common.utils.Time;

/**
 * The system's time, with one liberty: its nanoseconds, by which the controller measures the sessions of brokers, can be moved ahead once.
 *
 * <p>A controller takes a broker back only when the session of its former life has run out ({@code ClusterControlManager.registerBroker}
 * answers DUPLICATE_BROKER_REGISTRATION until then). Whoever holds the lock of the only node's folder knows that life to be over, so the
 * session may end at once instead of after {@code broker.session.timeout.ms}. Wall-clock milliseconds, which records and elections go by, stay
 * the system's.
 */
final class SessionTime implements Time {
    private final AtomicLong ahead = new AtomicLong();

    /** Lets all sessions that are open now run out. */
    void endSessions(long sessionTimeoutMillis) {
        ahead.addAndGet((sessionTimeoutMillis + 1) * 1_000_000);
    }

    @Override
    public long milliseconds() {
        return SYSTEM.milliseconds();
    }

    @Override
    public long nanoseconds() {
        return SYSTEM.nanoseconds() + ahead.get();
    }

    @Override
    public void sleep(long millis) {
        SYSTEM.sleep(millis);
    }

    @Override
    public void waitObject(Object lock, Supplier<Boolean> condition, long deadlineMillis) throws InterruptedException {
        SYSTEM.waitObject(lock, condition, deadlineMillis);
    }
}
