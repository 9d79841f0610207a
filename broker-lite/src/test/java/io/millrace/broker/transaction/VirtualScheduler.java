package io.millrace.broker.transaction;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Delayed;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.util.Scheduler;

/** Tasks that run when they are told to, on the thread that tells them. */
final class VirtualScheduler implements Scheduler, Executor {
    private final Time time;
    private final List<Task> tasks = new ArrayList<>();

    VirtualScheduler(Time time) {
        this.time = time;
    }

    /** Runs one of the tasks that are due, whichever comes; tells whether there was one. */
    boolean runOne(Random random) {
        List<Task> due =
                tasks.stream().filter(task -> task.due <= time.milliseconds()).toList();
        if (due.isEmpty()) {
            return false;
        }
        Task task = due.get(random.nextInt(due.size()));
        tasks.remove(task);
        if (task.period >= 0) {
            task.due = time.milliseconds() + task.period;
            tasks.add(task);
        }
        task.action.run();
        return true;
    }

    /** Runs what is due in the order it came; tells whether there was any. */
    boolean runAll() {
        List<Task> due =
                tasks.stream().filter(task -> task.due <= time.milliseconds()).toList();
        for (Task task : due) {
            if (!tasks.remove(task)) {
                continue;
            }
            if (task.period >= 0) {
                task.due = time.milliseconds() + task.period;
                tasks.add(task);
            }
            task.action.run();
        }
        return !due.isEmpty();
    }

    void clear() {
        tasks.clear();
    }

    @Override
    public void execute(Runnable action) {
        schedule("now", action, 0, -1);
    }

    @Override
    public ScheduledFuture<?> schedule(String name, Runnable action, long delayMs, long periodMs) {
        Task task = new Task(action, time.milliseconds() + delayMs, periodMs);
        tasks.add(task);
        return task;
    }

    @Override
    public void startup() {}

    @Override
    public void shutdown() {
        clear();
    }

    @Override
    public void resizeThreadPool(int newSize) {}

    private final class Task implements ScheduledFuture<Void> {
        private final Runnable action;
        private final long period;
        private long due;
        private boolean cancelled;

        Task(Runnable action, long due, long period) {
            this.action = action;
            this.due = due;
            this.period = period;
        }

        @Override
        public boolean cancel(boolean mayInterrupt) {
            cancelled = tasks.remove(this);
            return cancelled;
        }

        @Override
        public boolean isCancelled() {
            return cancelled;
        }

        @Override
        public boolean isDone() {
            return !tasks.contains(this);
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(due - time.milliseconds(), TimeUnit.MILLISECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.MILLISECONDS), other.getDelay(TimeUnit.MILLISECONDS));
        }

        @Override
        public Void get() {
            throw new UnsupportedOperationException("nothing waits in virtual time");
        }

        @Override
        public Void get(long timeout, TimeUnit unit) {
            return get();
        }
    }
}
