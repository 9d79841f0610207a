package io.millrace.broker.server;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A few threads for exchanges of the JDK's HTTP server, which reads and writes without a limit in time: a thread that takes too long for an
 * exchange is interrupted, and that closes the connection it reads from or writes to. So whoever sends half a request keeps nobody waiting for long.
 */
final class HttpThreads implements Executor, AutoCloseable {
    private static final int THREADS = 4;

    private final Duration patience;
    private final ExecutorService threads;
    private final ScheduledThreadPoolExecutor watchdog;

    HttpThreads(Duration patience) {
        this.patience = patience;
        this.threads = Executors.newFixedThreadPool(THREADS, task -> daemon(task, "broker-http"));
        this.watchdog = new ScheduledThreadPoolExecutor(1, task -> daemon(task, "broker-http-watchdog"));
        watchdog.setRemoveOnCancelPolicy(true);
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void execute(Runnable exchange) {
        threads.execute(() -> watched(exchange));
    }

    private void watched(Runnable exchange) {
        Watch watch = new Watch(Thread.currentThread());
        ScheduledFuture<?> bite = watchdog.schedule(watch::bite, patience.toMillis(), TimeUnit.MILLISECONDS);
        try {
            exchange.run();
        } finally {
            bite.cancel(false);
            watch.end();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        watchdog.shutdownNow();
    }

    /** Invariant: an interrupt meets the exchange it is meant for, and none after it. */
    private static final class Watch {
        private final Thread thread;
        private boolean ended;

        Watch(Thread thread) {
            this.thread = thread;
        }

        synchronized void bite() {
            if (!ended) {
                thread.interrupt();
            }
        }

        synchronized void end() {
            ended = true;
            // this thread's next exchange starts without it
            Thread.interrupted();
        }
    }
}
