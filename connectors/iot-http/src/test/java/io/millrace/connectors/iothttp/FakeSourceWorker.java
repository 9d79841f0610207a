package io.millrace.connectors.iothttp;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Runs a task as a worker does: poll, make durable, then commitRecord for each, all on one thread. Polls and commits can be held, and a
 * commit can fail, after which the task is stopped as a worker stops it.
 */
final class FakeSourceWorker implements AutoCloseable {
    private final IotHttpSourceTask task = new IotHttpSourceTask();
    private final Thread thread = new Thread(this::run, "fake-worker");
    private final List<SourceRecord> durable = new ArrayList<>();
    private boolean polls = true;
    private boolean commits = true;
    private boolean fails;
    private boolean stopping;
    private volatile boolean committing;
    private Throwable error;

    static Map<String, String> config(String... pairs) {
        Map<String, String> config =
                new HashMap<>(Map.of("name", "shop.readings", "topic", "raw.shop.readings", "http.port", "0"));
        for (int index = 0; index < pairs.length; index += 2) {
            config.put(pairs[index], pairs[index + 1]);
        }
        return config;
    }

    static FakeSourceWorker start(String... pairs) {
        FakeSourceWorker worker = new FakeSourceWorker();
        worker.task.start(config(pairs));
        worker.thread.start();
        return worker;
    }

    IotHttpSourceTask task() {
        return task;
    }

    int port() {
        return task.port();
    }

    synchronized FakeSourceWorker holdPolls() {
        polls = false;
        return this;
    }

    synchronized FakeSourceWorker holdCommits() {
        commits = false;
        return this;
    }

    /** The next commit fails. */
    synchronized FakeSourceWorker failCommit() {
        fails = true;
        return this;
    }

    synchronized void release() {
        polls = true;
        commits = true;
        notifyAll();
    }

    /** Waits until a batch was polled and its commit is held. */
    void awaitCommitting() {
        await(() -> committing);
    }

    void awaitEnd() throws InterruptedException {
        thread.join(10_000);
    }

    /** The condition is asked without a lock, so it may post. */
    void await(BooleanSupplier condition) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > until) {
                throw new AssertionError("what was awaited did not come");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    synchronized List<SourceRecord> durable() {
        return List.copyOf(durable);
    }

    synchronized List<String> values() {
        return durable.stream()
                .map(record -> new String((byte[]) record.value(), StandardCharsets.UTF_8))
                .toList();
    }

    private void run() {
        try {
            while (mayPoll()) {
                List<SourceRecord> batch = task.poll();
                if (batch != null && commit(batch)) {
                    for (SourceRecord record : batch) {
                        task.commitRecord(record, null);
                    }
                    task.commit();
                }
            }
        } catch (Throwable e) {
            synchronized (this) {
                error = e;
            }
        }
        task.stop();
    }

    private synchronized boolean mayPoll() throws InterruptedException {
        while (!polls && !stopping) {
            wait();
        }
        return !stopping;
    }

    private synchronized boolean commit(List<SourceRecord> batch) throws InterruptedException {
        committing = true;
        notifyAll();
        while (!commits && !stopping) {
            wait();
        }
        committing = false;
        if (fails) {
            fails = false;
            throw new IllegalStateException("the commit failed");
        }
        if (!commits) {
            return false;
        }
        durable.addAll(batch);
        notifyAll();
        return true;
    }

    synchronized Throwable error() {
        return error;
    }

    @Override
    public void close() throws InterruptedException {
        synchronized (this) {
            stopping = true;
            notifyAll();
        }
        thread.join(Duration.ofSeconds(10).toMillis());
    }
}
