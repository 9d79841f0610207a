package io.millrace.broker.server;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads for what may wait for a disk. Idle ones end. Thread-safe. */
final class IoPool implements Executor, AutoCloseable {
    private static final long IDLE_SECONDS = 30;
    /** An append takes far less; the recovery of a large log may take minutes. */
    private static final Duration GRACE = Duration.ofMillis(500);

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final String name;
    private final ThreadPoolExecutor pool;

    /** @param name of the threads, before their number */
    IoPool(String name, int threads) {
        AtomicInteger count = new AtomicInteger();
        this.name = name;
        this.pool = new ThreadPoolExecutor(
                threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, name + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
    }

    /** @throws java.util.concurrent.RejectedExecutionException after {@link #close} */
    @Override
    public void execute(Runnable task) {
        pool.execute(task);
    }

    void resize(int threads) {
        // in this order neither is ever above the other
        if (threads > pool.getMaximumPoolSize()) {
            pool.setMaximumPoolSize(threads);
            pool.setCorePoolSize(threads);
        } else {
            pool.setCorePoolSize(threads);
            pool.setMaximumPoolSize(threads);
        }
    }

    int threads() {
        return pool.getMaximumPoolSize();
    }

    /**
     * Lets tasks that run come to their end if they do so soon, interrupts them otherwise, and drops those that have not begun: those who asked
     * for them have gone.
     *
     * @throws TimeoutException if some go on all the same
     */
    @Override
    public void close() throws InterruptedException, TimeoutException {
        pool.shutdown();
        pool.getQueue().clear();
        if (pool.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
            return;
        }
        pool.shutdownNow();
        if (!pool.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new TimeoutException("a task of " + name + " goes on after " + PATIENCE.toMillis() + " ms");
        }
    }
}
