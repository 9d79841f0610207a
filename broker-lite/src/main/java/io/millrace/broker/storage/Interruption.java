package io.millrace.broker.storage;

import org.jspecify.annotations.Nullable;

/**
 * Lets others end what a thread does for a partition, for an opening may read files for minutes. The interrupt reaches the thread only while
 * it is at it, and is taken back afterwards. Thread-safe.
 */
final class Interruption {
    private volatile boolean stopped;
    private @Nullable Thread thread;

    /** @return false if it is not to begin any more */
    synchronized boolean begin() {
        if (stopped) {
            return false;
        }
        thread = Thread.currentThread();
        return true;
    }

    /** On the thread that began. */
    synchronized void end() {
        thread = null;
        if (stopped) {
            Thread.interrupted();
        }
    }

    /** Ends what goes on; nothing begins after this. */
    synchronized void stop() {
        stopped = true;
        if (thread != null) {
            thread.interrupt();
        }
    }

    boolean stopped() {
        return stopped;
    }
}
