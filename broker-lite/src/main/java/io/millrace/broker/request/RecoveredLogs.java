package io.millrace.broker.request;

import io.millrace.broker.storage.Logs;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets requests wait for logs that must be recovered before they can be used, on threads of their own and one thread for each log, however many
 * ask for it: the threads that all other requests need are not taken by those that can go on only in minutes. Thread-safe.
 */
public final class RecoveredLogs {
    private static final Logger LOG = LoggerFactory.getLogger(RecoveredLogs.class);

    private final Logs logs;
    private final Executor threads;
    private final Map<TopicPartition, CompletableFuture<Void>> running = new ConcurrentHashMap<>();

    public RecoveredLogs(Logs logs, Executor threads) {
        this.logs = logs;
        this.threads = threads;
    }

    /** Done when none of the logs waits for its recovery any more. Never failed: whoever uses a log that could not be opened meets that then. */
    CompletableFuture<Void> of(Collection<TopicPartition> partitions) {
        return CompletableFuture.allOf(
                partitions.stream().filter(logs::recovers).map(this::of).toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> of(TopicPartition partition) {
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> present = running.putIfAbsent(partition, mine);
        if (present != null) {
            return present;
        }
        try {
            threads.execute(() -> recover(partition, mine));
            return mine;
        } catch (RuntimeException e) {
            done(partition, mine);
            throw e;
        }
    }

    private void recover(TopicPartition partition, CompletableFuture<Void> waiting) {
        try {
            logs.log(partition);
        } catch (Throwable e) {
            LOG.atDebug().setCause(e).addKeyValue("partition", partition).log("A log could not be recovered");
        } finally {
            done(partition, waiting);
        }
    }

    private void done(TopicPartition partition, CompletableFuture<Void> waiting) {
        running.remove(partition);
        waiting.complete(null);
    }
}
