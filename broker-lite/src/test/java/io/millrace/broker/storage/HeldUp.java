package io.millrace.broker.storage;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Holds up one thread where it asks for the time below a method of a class, until it is let go or interrupted. */
final class HeldUp implements Runnable {
    private final String className;
    private final CountDownLatch there = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);
    private volatile Thread thread;

    HeldUp(String className) {
        this.className = className;
    }

    /** Does something on this thread, which is to be held up on the way. */
    <T> T holdUp(Supplier<T> action) {
        thread = Thread.currentThread();
        return action.get();
    }

    void awaitHeldUp() throws InterruptedException {
        if (!there.await(20, TimeUnit.SECONDS)) {
            throw new AssertionError("nothing came by " + className + " within 20 s");
        }
    }

    void letGo() {
        go.countDown();
    }

    @Override
    public void run() {
        if (Thread.currentThread() != thread || !isBelow()) {
            return;
        }
        there.countDown();
        try {
            go.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isBelow() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getClassName().endsWith("." + className)));
    }
}
