package io.millrace.connectors.iothttp;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What waits for the task to poll; bounded in records. Requests put, the task takes; any thread closes. */
final class Inbox {
    /** What became of a put. */
    enum Put {
        QUEUED,
        FULL,
        CLOSED
    }

    private final int maxQueued;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Submission> queue = new ArrayDeque<>();
    private int records;
    private boolean closed;

    Inbox(int maxQueued) {
        this.maxQueued = maxQueued;
    }

    /** A submission larger than the whole queue is let in when nothing else waits; else it would never be. */
    Put put(Submission submission) {
        lock.lock();
        try {
            if (closed) {
                return Put.CLOSED;
            }
            if (!queue.isEmpty() && records + submission.size() > maxQueued) {
                return Put.FULL;
            }
            queue.add(submission);
            records += submission.size();
            changed.signalAll();
            return Put.QUEUED;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes whole submissions, waiting for the first.
     *
     * @param mostRecords reached by the first submission at the most
     * @return empty when none came, or the inbox is closed
     */
    List<Submission> take(int mostRecords, Duration wait) throws InterruptedException {
        long left = wait.toNanos();
        lock.lockInterruptibly();
        try {
            while (queue.isEmpty() && !closed && left > 0) {
                left = changed.awaitNanos(left);
            }
            List<Submission> taken = new ArrayList<>();
            int sum = 0;
            while (!queue.isEmpty() && !closed) {
                Submission next = queue.peek();
                if (!taken.isEmpty() && sum + next.size() > mostRecords) {
                    break;
                }
                queue.remove();
                records -= next.size();
                if (next.take()) {
                    taken.add(next);
                    sum += next.size();
                }
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Gives a submission up, if the task has not taken it.
     *
     * @return true when none of its records can become durable any more
     */
    boolean giveUp(Submission submission) {
        lock.lock();
        try {
            if (!submission.giveUp()) {
                return false;
            }
            if (queue.remove(submission)) {
                records -= submission.size();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Nothing is put or taken any more; who waits is woken. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    int records() {
        lock.lock();
        try {
            return records;
        } finally {
            lock.unlock();
        }
    }
}
