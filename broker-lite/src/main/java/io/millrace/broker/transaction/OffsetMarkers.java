package io.millrace.broker.transaction;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.requests.TransactionResult;

/** Ends transactions on partitions of {@code __consumer_offsets}, which the group coordinator writes itself. */
public interface OffsetMarkers {
    /** Done when the marker is in the log and the group coordinator has committed or dropped the transaction's offsets. */
    CompletableFuture<Void> complete(
            TopicPartition partition,
            long producerId,
            short producerEpoch,
            int coordinatorEpoch,
            TransactionResult result,
            short transactionVersion);
}
