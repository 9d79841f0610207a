package io.millrace.broker.transaction;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.coordinator.transaction.AddPartitionsToTxnConfig;
import org.apache.kafka.coordinator.transaction.TransactionLogConfig;
import org.apache.kafka.coordinator.transaction.TransactionStateManagerConfig;

/**
 * The coordinator's part of server.properties.
 *
 * @param expireIds how long a transactional id without use is remembered ({@code transactional.id.expiration.ms})
 * @param addPartitionBackoff the pause before a produce request that adds its partition is tried again
 * @param addPartitionPatience for how long that is tried
 */
public record TransactionSettings(
        Duration maxTimeout,
        Duration expireIds,
        Duration abortInterval,
        Duration expireInterval,
        boolean twoPhaseCommit,
        int loadBufferBytes,
        int minInSyncReplicas,
        int segmentBytes,
        Duration addPartitionBackoff,
        Duration addPartitionPatience) {

    /** Of a configuration that defines the keys of Kafka's transaction coordinator. */
    public static TransactionSettings of(AbstractConfig config) {
        TransactionStateManagerConfig states = new TransactionStateManagerConfig(config);
        TransactionLogConfig log = new TransactionLogConfig(config);
        AddPartitionsToTxnConfig adding = new AddPartitionsToTxnConfig(config);
        return new TransactionSettings(
                Duration.ofMillis(states.transactionMaxTimeoutMs()),
                Duration.ofMillis(states.transactionalIdExpirationMs()),
                Duration.ofMillis(states.transactionAbortTimedOutTransactionCleanupIntervalMs()),
                Duration.ofMillis(states.transactionRemoveExpiredTransactionalIdCleanupIntervalMs()),
                states.transaction2PCEnabled(),
                log.transactionLoadBufferSize(),
                log.transactionTopicMinISR(),
                log.transactionTopicSegmentBytes(),
                Duration.ofMillis(adding.addPartitionsToTxnRetryBackoffMs()),
                Duration.ofMillis(adding.addPartitionsToTxnRetryBackoffMaxMs()));
    }

    /** What {@code __transaction_state} is made with. */
    public Map<String, String> stateTopicConfig() {
        return Map.of(
                TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG,
                "false",
                TopicConfig.COMPRESSION_TYPE_CONFIG,
                "uncompressed",
                TopicConfig.CLEANUP_POLICY_CONFIG,
                TopicConfig.CLEANUP_POLICY_COMPACT,
                TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
                Integer.toString(minInSyncReplicas),
                TopicConfig.SEGMENT_BYTES_CONFIG,
                Integer.toString(segmentBytes));
    }
}
