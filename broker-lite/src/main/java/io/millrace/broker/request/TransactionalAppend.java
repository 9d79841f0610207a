package io.millrace.broker.request;

import io.millrace.broker.storage.Logs;
import io.millrace.broker.transaction.Enlistment;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.transaction.AddPartitionsToTxnConfig;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.apache.kafka.server.transaction.AddPartitionsToTxnManager.TransactionSupportedOperation;
import org.apache.kafka.server.util.Scheduler;
import org.apache.kafka.storage.internals.log.VerificationGuard;

/**
 * Prepares partitions for transactional records: a log that does not know the producer's transaction yet is given a guard, the coordinator is
 * asked, and only an append that shows the guard gets in, so that no record can follow its transaction's end marker (KIP-890).
 */
public final class TransactionalAppend {
    private final Logs logs;
    private final Enlistment enlistment;
    private final Scheduler scheduler;
    private final Time time;
    private final long backoffMillis;
    private final long retryMillis;

    public TransactionalAppend(
            Logs logs, Enlistment enlistment, Scheduler scheduler, Time time, AbstractKafkaConfig config) {
        this.logs = logs;
        this.enlistment = enlistment;
        this.scheduler = scheduler;
        this.time = time;
        AddPartitionsToTxnConfig retry = new AddPartitionsToTxnConfig(config);
        this.backoffMillis = retry.addPartitionsToTxnRetryBackoffMs();
        this.retryMillis = Math.min(retry.addPartitionsToTxnRetryBackoffMaxMs(), config.requestTimeoutMs());
    }

    /**
     * What came of it.
     *
     * @param errors partitions that may not be appended to
     * @param guards what an append must show; partitions that are not in it need none
     */
    public record Outcome(Map<TopicPartition, Errors> errors, Map<TopicPartition, VerificationGuard> guards) {}

    /**
     * Prepares partitions. Never fails; what fails is told by partition.
     *
     * @param sequences the first sequence number of each partition's batch, -1 where there is none
     */
    public CompletableFuture<Outcome> prepare(
            String transactionalId,
            long producerId,
            short producerEpoch,
            Map<TopicPartition, Integer> sequences,
            TransactionSupportedOperation operation) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        attempt(transactionalId, producerId, producerEpoch, sequences, operation, time.milliseconds(), outcome);
        return outcome;
    }

    private void attempt(
            String transactionalId,
            long producerId,
            short producerEpoch,
            Map<TopicPartition, Integer> sequences,
            TransactionSupportedOperation operation,
            long since,
            CompletableFuture<Outcome> outcome) {
        Map<TopicPartition, Errors> errors = new HashMap<>();
        Map<TopicPartition, VerificationGuard> guards = new HashMap<>();
        sequences.forEach((partition, sequence) -> {
            try {
                VerificationGuard guard = logs.log(partition)
                        .maybeStartTransactionVerification(
                                producerId, sequence, producerEpoch, operation.supportsEpochBump);
                if (guard != VerificationGuard.SENTINEL) {
                    guards.put(partition, guard);
                }
            } catch (RuntimeException e) {
                errors.put(partition, Errors.forException(e));
            }
        });
        if (guards.isEmpty()) {
            outcome.complete(new Outcome(errors, guards));
            return;
        }
        enlistment
                .enlist(transactionalId, producerId, producerEpoch, guards.keySet(), operation)
                .whenComplete((found, failure) -> {
                    if (failure != null) {
                        guards.keySet().forEach(p -> errors.put(p, Errors.forException(failure)));
                    } else {
                        errors.putAll(found);
                    }
                    boolean concurrent = errors.containsValue(Errors.CONCURRENT_TRANSACTIONS);
                    if (concurrent
                            && operation.supportsEpochBump
                            && time.milliseconds() - since < retryMillis) {
                        // the transaction before is just being ended; the client would wait much longer
                        scheduler.scheduleOnce(
                                "enlist-again",
                                () -> attempt(
                                        transactionalId, producerId, producerEpoch, sequences, operation, since, outcome),
                                backoffMillis);
                    } else {
                        outcome.complete(new Outcome(errors, guards));
                    }
                });
    }
}
