package io.millrace.broker.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a store does in the background after its start: deletes what was left to delete, opens all logs that were not closed, so that they
 * are recovered before anybody needs them, and those that are compacted. Its threads end with the work.
 */
final class Recovery implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
    private static final long GRACE_MILLIS = 1_000;

    private final ExecutorService threads;
    private final TopicConfigs configs;
    private final Compaction compaction;
    private final AtomicInteger left = new AtomicInteger();
    private final AtomicInteger recovered = new AtomicInteger();
    private volatile boolean done;

    Recovery(int count, TopicConfigs configs, Compaction compaction) {
        AtomicInteger number = new AtomicInteger();
        this.threads = Executors.newFixedThreadPool(count, task -> {
            Thread thread = new Thread(task, "broker-log-recovery-" + number.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        });
        this.configs = configs;
        this.compaction = compaction;
    }

    void start(Collection<PartitionLog> partitions, List<Path> deleted) {
        List<PartitionLog> work =
                partitions.stream().filter(PartitionLog::hasUnopenedFolder).toList();
        left.set(work.size() + 1);
        threads.execute(() -> finish(() -> deleted.forEach(Deletions::deleteFolder)));
        work.forEach(partition -> threads.execute(() -> finish(() -> look(partition))));
        threads.shutdown();
    }

    private void finish(Runnable task) {
        try {
            task.run();
        } finally {
            if (left.decrementAndGet() == 0) {
                done = true;
                compaction.allow();
                if (recovered.get() > 0) {
                    LOG.atInfo()
                            .addKeyValue("logs", recovered.get())
                            .log("The logs that were not closed are recovered.");
                }
            }
        }
    }

    private void look(PartitionLog partition) {
        try {
            boolean closed = partition.findClosed();
            if (!closed || configs.of(partition.name().topic()).compact) {
                partition.log();
            }
            if (!closed) {
                recovered.incrementAndGet();
            }
        } catch (IOException | RuntimeException e) {
            LOG.atDebug()
                    .addKeyValue("topic", partition.name().topic())
                    .addKeyValue("partition", partition.name().partition())
                    .setCause(e)
                    .log("A log could not be recovered in the background.");
        }
    }

    /** Whether all logs of earlier runs have been looked at. */
    boolean done() {
        return done;
    }

    /** Ends the work. What is not recovered yet is so after the next start. */
    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(0, TimeUnit.MILLISECONDS)) {
                threads.shutdownNow();
                threads.awaitTermination(GRACE_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
