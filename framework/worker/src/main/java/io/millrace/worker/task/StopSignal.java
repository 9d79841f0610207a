package io.millrace.worker.task;

import io.millrace.worker.fault.StageRunner;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The wish that a task stops; given once, by any thread. */
final class StopSignal implements StageRunner.Pause {
    private final CountDownLatch given = new CountDownLatch(1);

    private volatile boolean leaving;

    /** @param forGood whether the task does not come back: a sink then leaves its group at once instead of keeping its place */
    void give(boolean forGood) {
        leaving = forGood;
        given.countDown();
    }

    boolean isForGood() {
        return leaving;
    }

    boolean isGiven() {
        return given.getCount() == 0;
    }

    /** Waits for the time or the signal; answers whether the signal was given. */
    @Override
    public boolean pause(Duration time) throws InterruptedException {
        return given.await(time.toMillis(), TimeUnit.MILLISECONDS);
    }
}
