package io.millrace.broker.storage;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.util.Scheduler;

/** A clock and a scheduler that stand still until a test lets time pass; tasks run on the thread that does. */
final class ManualTime implements Time, Scheduler {
    private volatile Runnable asked = () -> {};
    private long millis = 1_700_000_000_000L;
    private final List<Task> tasks = new ArrayList<>();

    /** Lets time pass; what falls due meanwhile runs, in order. */
    void pass(long more) {
        long until;
        synchronized (this) {
            until = millis + more;
        }
        for (Task due = next(until); due != null; due = next(until)) {
            due.runOnce();
        }
        synchronized (this) {
            millis = until;
        }
    }

    private synchronized Task next(long until) {
        Task due = tasks.stream()
                .filter(task -> task.at <= until)
                .min(Comparator.comparingLong(task -> task.at))
                .orElse(null);
        if (due == null) {
            return null;
        }
        tasks.remove(due);
        millis = Math.max(millis, due.at);
        if (due.period > 0) {
            due.at += due.period;
            tasks.add(due);
        }
        return due;
    }

    @Override
    public ScheduledFuture<?> schedule(String name, Runnable run, long delayMs, long periodMs) {
        Task task = new Task(run, milliseconds() + delayMs, periodMs);
        if (delayMs <= 0 && periodMs <= 0) {
            task.runOnce();
            return task;
        }
        synchronized (this) {
            tasks.add(task);
        }
        return task;
    }

    /** Runs something on each thread that asks for the time, which may hold it up. */
    void whenAsked(Runnable action) {
        asked = action;
    }

    @Override
    public long milliseconds() {
        asked.run();
        synchronized (this) {
            return millis;
        }
    }

    @Override
    public long nanoseconds() {
        return TimeUnit.MILLISECONDS.toNanos(milliseconds());
    }

    @Override
    public void sleep(long ms) {
        pass(ms);
    }

    @Override
    public void waitObject(Object obj, Supplier<Boolean> condition, long deadlineMs) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void startup() {}

    @Override
    public void shutdown() {}

    @Override
    public void resizeThreadPool(int newSize) {}

    private final class Task extends FutureTask<Void> implements ScheduledFuture<Void> {
        private final Runnable run;
        private final long period;
        private long at;

        Task(Runnable run, long at, long period) {
            super(run, null);
            this.run = run;
            this.at = at;
            this.period = period;
        }

        void runOnce() {
            run.run();
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            synchronized (ManualTime.this) {
                return tasks.remove(this);
            }
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(at - milliseconds(), TimeUnit.MILLISECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.MILLISECONDS), other.getDelay(TimeUnit.MILLISECONDS));
        }
    }
}
