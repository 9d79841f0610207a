package io.millrace.broker.transaction;

import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.coordinator.transaction.TxnTransitMetadata;

/** The transactions whose end is decided and not yet written everywhere. */
final class Completions {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
    private static final int DOUBLINGS = 6;
    /** More markers than this are not written on the thread of a request. */
    private static final int INLINE = 32;

    private final TransactionParts parts;
    private final StateStore store;
    private final Markers markers;
    private final AtomicInteger open = new AtomicInteger();

    Completions(TransactionParts parts, StateStore store, Markers markers) {
        this.parts = parts;
        this.store = store;
        this.markers = markers;
    }

    /** Of a transaction in state PrepareCommit or PrepareAbort, with no change pending. */
    Completion of(Held held) {
        TxnTransitMetadata complete =
                held.inLock(() -> held.state().prepareComplete(parts.time().milliseconds()));
        open.incrementAndGet();
        return new Completion(this, held, complete);
    }

    int open() {
        return open.get();
    }

    void ended() {
        open.decrementAndGet();
    }

    TransactionParts parts() {
        return parts;
    }

    StateStore store() {
        return store;
    }

    Markers markers() {
        return markers;
    }

    /** Whether markers to these partitions can be written on any thread. */
    boolean inline(Collection<TopicPartition> partitions) {
        return partitions.size() <= INLINE
                && partitions.stream()
                        .allMatch(partition -> Completion.ofOffsets(partition)
                                || parts.logs().ready(partition)
                                || !parts.partitions().known(partition));
    }

    /** Runs the task on the executor; if the broker is stopping, what is left is for its next start. */
    void execute(Runnable task, Runnable stopping) {
        try {
            parts.io().execute(task);
        } catch (RejectedExecutionException e) {
            stopping.run();
        }
    }

    void later(int failures, Runnable task) {
        long pause = FIRST_PAUSE.toMillis() << Math.min(failures - 1, DOUBLINGS);
        parts.scheduler().scheduleOnce("end-transaction", task, pause);
    }
}
