package io.millrace.broker.transaction;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.server.common.RequestLocal;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.VerificationGuard;

/** Writes markers: the coordinator's own, and those that an administrator sends to end a hanging transaction. Thread-safe. */
public final class Markers {
    private final TransactionParts parts;

    Markers(TransactionParts parts) {
        this.parts = parts;
    }

    /**
     * Writes one marker, now if the partition is not one of {@code __consumer_offsets}. Fails with what the log or the group coordinator
     * answers; opens the log if need be.
     */
    public CompletableFuture<Void> write(EndMarker marker, TopicPartition partition) {
        try {
            if (partition.topic().equals(Topic.GROUP_METADATA_TOPIC_NAME)) {
                return parts.offsetMarkers()
                        .complete(
                                partition,
                                marker.producerId(),
                                marker.producerEpoch(),
                                marker.coordinatorEpoch(),
                                marker.result(),
                                marker.transactionVersion());
            }
            parts.logs()
                    .append(
                            partition,
                            marker.records(parts.time().milliseconds()),
                            AppendOrigin.COORDINATOR,
                            VerificationGuard.SENTINEL,
                            marker.transactionVersion(),
                            RequestLocal.noCaching());
            return CompletableFuture.completedFuture(null);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
