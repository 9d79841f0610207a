package io.millrace.broker.storage;

import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.server.util.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The broker's scheduler as logs see it: without the periodic task that each log wants for itself, since one for all does, and quiet about
 * tasks of a log that failed or was closed meanwhile.
 */
final class LogScheduler implements Scheduler {
    private static final Logger LOG = LoggerFactory.getLogger(LogScheduler.class);

    private final Scheduler scheduler;

    LogScheduler(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    @Override
    public ScheduledFuture<?> schedule(String name, Runnable task, long delayMs, long periodMs) {
        if (periodMs > 0) {
            return new Never();
        }
        return scheduler.schedule(name, () -> run(name, task), delayMs, periodMs);
    }

    private static void run(String name, Runnable task) {
        try {
            task.run();
        } catch (KafkaStorageException e) {
            LOG.atDebug().addKeyValue("task", name).setCause(e).log("A task of a log that is no longer open.");
        }
    }

    @Override
    public void startup() {}

    @Override
    public void shutdown() {}

    @Override
    public void resizeThreadPool(int newSize) {}

    /** A task that never runs. */
    private static final class Never implements ScheduledFuture<Void> {
        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            return true;
        }

        @Override
        public boolean isCancelled() {
            return true;
        }

        @Override
        public boolean isDone() {
            return true;
        }

        @Override
        @SuppressWarnings("NullAway") // what a task without a result answers
        public Void get() {
            return null;
        }

        @Override
        public Void get(long timeout, TimeUnit unit) {
            return get();
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return Long.MAX_VALUE;
        }

        @Override
        public int compareTo(Delayed other) {
            return this == other ? 0 : 1;
        }
    }
}
