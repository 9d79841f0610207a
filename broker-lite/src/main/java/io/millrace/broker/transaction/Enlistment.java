package io.millrace.broker.transaction;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.server.transaction.AddPartitionsToTxnManager.TransactionSupportedOperation;

/**
 * Makes sure that partitions belong to a producer's open transaction before transactional records are appended to them (KIP-890): looks
 * whether they do, or adds them where the client leaves that to the broker (transaction version 2).
 */
public interface Enlistment {
    /** The partitions that may not be appended to, with the reason; empty if all may. Never fails. */
    CompletableFuture<Map<TopicPartition, Errors>> enlist(
            String transactionalId,
            long producerId,
            short producerEpoch,
            Collection<TopicPartition> partitions,
            TransactionSupportedOperation operation);
}
