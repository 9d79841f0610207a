package io.millrace.worker.task;

import io.millrace.plugin.record.BreakerOpenException;
import io.millrace.worker.fault.RestartBackoff;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread {@code task-thread-<connector>-<n>}: runs one life of the task after another. The status turns when a failure is caught,
 * before anything is closed. The public methods may be called from any thread.
 */
public final class TaskThread {
    private static final Logger LOG = LoggerFactory.getLogger(TaskThread.class);

    /** Longer than any run; the stop ends it. */
    private static final Duration NEVER = Duration.ofDays(36_500);

    private final TaskSpec spec;
    private final Supplier<TaskLoop> lives;
    private final RestartBackoff backoff;
    private final StopSignal stop;
    private final TaskMonitor monitor;
    private final Thread thread;
    private volatile @Nullable TaskLoop current;

    private TaskThread(
            TaskSpec spec, Supplier<TaskLoop> lives, RestartBackoff backoff, StopSignal stop, TaskMonitor monitor) {
        this.spec = spec;
        this.lives = lives;
        this.backoff = backoff;
        this.stop = stop;
        this.monitor = monitor;
        this.thread = new Thread(this::run, "task-thread-" + spec.connector() + "-" + spec.task());
        thread.setDaemon(true);
        thread.setContextClassLoader(spec.loader());
    }

    /**
     * Starts a task of a source or a sink connector.
     *
     * @param paused whether it is to rest at first: its instance is then made when it goes on
     */
    public static TaskThread start(TaskSpec spec, TaskServices services, boolean paused) {
        StopSignal stop = new StopSignal();
        stop.setPaused(paused);
        TaskFaults faults = TaskFaults.of(spec, services.clock());
        TaskMonitor monitor = new TaskMonitor(spec.task(), services.clock());
        Supplier<TaskLoop> lives = spec.isSource()
                ? () -> new SourceLoop(spec, services, stop, monitor, faults)
                : () -> new SinkLoop(spec, services, stop, monitor, faults);
        RestartBackoff backoff = new RestartBackoff(services.restarts(), services.clock(), services.newRandom());
        return start(spec, lives, backoff, stop, monitor);
    }

    static TaskThread start(
            TaskSpec spec, Supplier<TaskLoop> lives, RestartBackoff backoff, StopSignal stop, TaskMonitor monitor) {
        TaskThread task = new TaskThread(spec, lives, backoff, stop, monitor);
        task.thread.start();
        return task;
    }

    public TaskSpec spec() {
        return spec;
    }

    public TaskStatus status() {
        return monitor.status();
    }

    /**
     * Asks the task to stop; returns at once.
     *
     * @param forGood whether the task does not come back: a sink then leaves its group instead of keeping its place there
     */
    public void beginStop(boolean forGood) {
        stop.give(forGood);
    }

    /** Tells the task to rest, or to go on; returns at once. */
    public void setPaused(boolean paused) {
        stop.setPaused(paused);
    }

    /**
     * Waits for the stops that were begun, all inside one time. Half of it goes by, then what still runs is told to unblock; at the end
     * it is abandoned: it may still run, but cannot write any more.
     */
    public static void awaitStop(Collection<TaskThread> tasks, Duration graceful) {
        long half = Math.max(1, graceful.toMillis() / 2);
        if (end(tasks, half)) {
            return;
        }
        alive(tasks).forEach(task -> task.helper("unblock", TaskLoop::unblock));
        if (end(tasks, half)) {
            return;
        }
        for (TaskThread task : alive(tasks)) {
            LOG.atWarn()
                    .addKeyValue("connector", task.spec.connector())
                    .addKeyValue("task", task.spec.task())
                    .addKeyValue("graceful", graceful)
                    .log("a task did not stop in time and is abandoned");
            task.helper("abandon", TaskLoop::abandon);
            task.thread.interrupt();
        }
        end(tasks, half);
    }

    private static List<TaskThread> alive(Collection<TaskThread> tasks) {
        return tasks.stream().filter(task -> task.thread.isAlive()).toList();
    }

    private static boolean end(Collection<TaskThread> tasks, long millis) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (TaskThread task : tasks) {
            long left = Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()));
            try {
                task.thread.join(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return alive(tasks).isEmpty();
            }
        }
        return alive(tasks).isEmpty();
    }

    // On a thread of its own: a connector that blocks here must not block the worker.
    private void helper(String what, Consumer<TaskLoop> action) {
        TaskLoop loop = current;
        if (loop == null) {
            return;
        }
        Thread helper = new Thread(() -> action.accept(loop), thread.getName() + "-" + what);
        helper.setDaemon(true);
        helper.setContextClassLoader(spec.loader());
        helper.start();
    }

    private void run() {
        while (!stop.isGiven()) {
            backoff.started();
            Duration delay = live();
            if (delay == null) {
                break;
            }
            if (stops(delay)) {
                break;
            }
            monitor.restarted();
        }
        monitor.stopped();
    }

    /** Waits; answers whether the stop was given. An interrupt that a plugin left on its own thread is no stop. */
    private boolean stops(Duration delay) {
        while (!stop.isGiven()) {
            try {
                return stop.pause(delay);
            } catch (InterruptedException e) {
                LOG.atDebug()
                        .addKeyValue("connector", spec.connector())
                        .addKeyValue("task", spec.task())
                        .log("interrupted while waiting for the next start");
            }
        }
        return true;
    }

    /** One life. Answers how long to wait for the next, null when it ended by the stop. */
    private @Nullable Duration live() {
        TaskLoop loop;
        try {
            // A task that is to rest does not begin.
            if (stop.isPaused()) {
                monitor.paused();
                stop.awaitResumed();
            }
            if (stop.isGiven()) {
                return null;
            }
            loop = lives.get();
        } catch (InterruptedException | RuntimeException e) {
            return failed(e, false);
        }
        current = loop;
        Duration delay = null;
        boolean healthy = true;
        try {
            loop.start();
            monitor.running();
            rounds(loop);
        } catch (Throwable e) {
            healthy = false;
            if (!stop.isGiven() || !(e instanceof InterruptedException)) {
                delay = failed(e, loop.startsAgainSoon());
            }
        }
        try {
            loop.close(healthy);
        } catch (Throwable e) {
            if (delay == null) {
                failed(e, false);
            } else {
                // The first failure is the one to tell.
                LOG.atWarn()
                        .setCause(e)
                        .addKeyValue("connector", spec.connector())
                        .addKeyValue("task", spec.task())
                        .log("closing a failed task failed too");
            }
        }
        current = null;
        return delay;
    }

    private void rounds(TaskLoop loop) throws Exception {
        while (!stop.isGiven()) {
            if (!stop.isPaused()) {
                loop.step();
                continue;
            }
            loop.pause();
            monitor.paused();
            while (stop.isPaused()) {
                loop.rest();
            }
            if (!stop.isGiven()) {
                loop.resume();
                monitor.running();
            }
        }
    }

    private Duration failed(Throwable error, boolean soon) {
        monitor.failed(error);
        if (error instanceof BreakerOpenException) {
            LOG.atError()
                    .addKeyValue("connector", spec.connector())
                    .addKeyValue("task", spec.task())
                    .addKeyValue("error", error.getMessage())
                    .log("task stopped by stop_if; it is not started again");
            return NEVER;
        }
        Duration delay = soon ? backoff.soon() : backoff.failed();
        LOG.atError()
                .setCause(error)
                .addKeyValue("connector", spec.connector())
                .addKeyValue("task", spec.task())
                .addKeyValue("failures", backoff.failures())
                .addKeyValue("restartIn", delay)
                .log("task failed");
        return delay;
    }
}
