package io.millrace.it.harness;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Does something again and again on a thread of its own until it is told to end. */
public final class Background {
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(60);

    private final ExecutorService threads;
    private final Future<?> task;
    private volatile boolean ended;

    /** Something that may fail, which {@link #end} then tells. */
    public interface Action {
        void run() throws Exception;
    }

    private Background(String name, Action action, Duration pause) {
        this.threads = Executors.newSingleThreadExecutor(work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        });
        this.task = threads.submit(() -> {
            while (!ended) {
                action.run();
                LockSupport.parkNanos(pause.toNanos());
            }
            return null;
        });
    }

    public static Background start(String name, Action action, Duration pause) {
        return new Background(name, action, pause);
    }

    /** Lets what is under way end, and begins nothing new. */
    public void end() throws Exception {
        ended = true;
        threads.shutdown();
        try {
            task.get(ENDS_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("what ran in the background failed: " + e.getCause(), e);
        }
    }
}
