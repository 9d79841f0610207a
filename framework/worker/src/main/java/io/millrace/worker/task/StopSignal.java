package io.millrace.worker.task;

import io.millrace.worker.fault.StageRunner;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What a task is told from outside: to stop, once and for all, and to rest until it is told to go on. Given by any thread. */
final class StopSignal implements StageRunner.Pause {
    private final CountDownLatch given = new CountDownLatch(1);

    private volatile boolean leaving;
    private volatile CountDownLatch resumed = new CountDownLatch(0);

    /** @param forGood whether the task does not come back: a sink then leaves its group at once instead of keeping its place */
    void give(boolean forGood) {
        leaving = forGood;
        given.countDown();
        resumed.countDown();
    }

    boolean isForGood() {
        return leaving;
    }

    boolean isGiven() {
        return given.getCount() == 0;
    }

    /** Tells the task to rest, or to go on. */
    synchronized void setPaused(boolean paused) {
        if (paused && !isPaused()) {
            resumed = new CountDownLatch(1);
            if (isGiven()) {
                resumed.countDown();
            }
        } else if (!paused) {
            resumed.countDown();
        }
    }

    boolean isPaused() {
        return resumed.getCount() > 0;
    }

    /** Waits until the task may go on or has to stop. */
    void awaitResumed() throws InterruptedException {
        resumed.await();
    }

    /** Waits for the time or the signal; answers whether the signal was given. */
    @Override
    public boolean pause(Duration time) throws InterruptedException {
        return given.await(time.toMillis(), TimeUnit.MILLISECONDS);
    }
}
