package io.millrace.broker.group;

import io.millrace.broker.storage.Logs;
import io.millrace.broker.transaction.Verification;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.coordinator.common.runtime.PartitionWriter;
import org.apache.kafka.server.common.RequestLocal;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogStartOffsetIncrementReason;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.log.VerificationGuard;

/** Writes the group coordinator's records to its topic and tells it when they are committed. */
final class LogWriter implements PartitionWriter {
    private final Logs logs;
    private final Verification verification;
    private final Map<TopicPartition, List<Listener>> listeners = new ConcurrentHashMap<>();

    LogWriter(Logs logs, Verification verification) {
        this.logs = logs;
        this.verification = verification;
        logs.listen(this::moved);
    }

    private void moved(TopicPartition partition, UnifiedLog log) {
        List<Listener> those = listeners.get(partition);
        if (those != null) {
            long highWatermark = log.highWatermark();
            those.forEach(listener -> listener.onHighWatermarkUpdated(partition, highWatermark));
        }
    }

    @Override
    public void registerListener(TopicPartition partition, Listener listener) {
        listeners.computeIfAbsent(partition, p -> new CopyOnWriteArrayList<>()).add(listener);
    }

    @Override
    public void deregisterListener(TopicPartition partition, Listener listener) {
        listeners.computeIfPresent(partition, (p, those) -> {
            those.remove(listener);
            return those.isEmpty() ? null : those;
        });
    }

    @Override
    public LogConfig config(TopicPartition partition) {
        return logs.log(partition).config();
    }

    @Override
    public long append(
            TopicPartition partition, VerificationGuard guard, MemoryRecords records, short transactionVersion) {
        return logs.append(
                                partition,
                                records,
                                AppendOrigin.COORDINATOR,
                                guard,
                                transactionVersion,
                                RequestLocal.noCaching())
                        .lastOffset()
                + 1;
    }

    @Override
    public CompletableFuture<VerificationGuard> maybeStartTransactionVerification(
            TopicPartition partition, String transactionalId, long producerId, short producerEpoch, int apiVersion) {
        return verification
                .verify(
                        transactionalId,
                        producerId,
                        producerEpoch,
                        Map.of(partition, RecordBatch.NO_SEQUENCE),
                        Verification.Client.ofTxnOffsetCommit((short) apiVersion))
                .thenApply(verified -> {
                    Errors error = verified.errors().getOrDefault(partition, Errors.NONE);
                    if (error != Errors.NONE) {
                        throw error.exception();
                    }
                    return verified.guard(partition);
                });
    }

    @Override
    public CompletableFuture<Void> deleteRecords(TopicPartition partition, long before) {
        UnifiedLog log = logs.log(partition);
        if (before > log.highWatermark()) {
            return CompletableFuture.failedFuture(new OffsetOutOfRangeException("Cannot delete records of " + partition
                    + " before " + before + ", beyond the high watermark " + log.highWatermark()));
        }
        log.maybeIncrementLogStartOffset(before, LogStartOffsetIncrementReason.ClientRecordDeletion);
        return CompletableFuture.completedFuture(null);
    }
}
