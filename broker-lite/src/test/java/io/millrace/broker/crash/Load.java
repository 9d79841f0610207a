package io.millrace.broker.crash;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A client that works until it is told to stop, in a thread of its own. What it did is read after {@link #finish}. */
abstract class Load implements Runnable {
    private final Thread thread = new Thread(this, getClass().getSimpleName());
    private volatile boolean stopping;
    private volatile Throwable failure;
    private final AtomicInteger steps = new AtomicInteger();

    final void start() {
        thread.setDaemon(true);
        thread.start();
    }

    final boolean stopping() {
        return stopping;
    }

    @Override
    public final void run() {
        try {
            work();
        } catch (Throwable e) {
            failure = e;
        }
    }

    /** Something was acknowledged. */
    final void stepped() {
        steps.incrementAndGet();
    }

    final int steps() {
        return steps.get();
    }

    /** Whether it works on; what it met otherwise is thrown by {@link #finish}. */
    final boolean alive() {
        return failure == null;
    }

    /** Until {@link #stopping()}. */
    abstract void work() throws Exception;

    final void stop() {
        stopping = true;
    }

    /** Waits for its end, which a running broker lets it reach. */
    final void finish() throws InterruptedException {
        stop();
        thread.join(TimeUnit.SECONDS.toMillis(90));
        if (thread.isAlive()) {
            AssertionError stuck = new AssertionError(thread.getName() + " does not come to an end");
            stuck.setStackTrace(thread.getStackTrace());
            throw stuck;
        }
        if (failure != null) {
            throw new AssertionError(thread.getName() + " failed", failure);
        }
    }
}
