package io.millrace.broker.group;

import io.millrace.broker.storage.Logs;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.server.util.PartitionMetadataClient;

/** Tells the group coordinator where partitions end. */
final class EndOffsets implements PartitionMetadataClient {
    private final Logs logs;

    EndOffsets(Logs logs) {
        this.logs = logs;
    }

    @Override
    public Map<TopicPartition, CompletableFuture<OffsetResponse>> listLatestOffsets(Set<TopicPartition> partitions) {
        return partitions.stream().collect(Collectors.toMap(Function.identity(), this::latest));
    }

    private CompletableFuture<OffsetResponse> latest(TopicPartition partition) {
        try {
            long end = logs.untouched(partition) ? 0 : logs.log(partition).highWatermark();
            return CompletableFuture.completedFuture(new OffsetResponse(end, Errors.NONE));
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(new OffsetResponse(-1, Errors.forException(e)));
        }
    }

    @Override
    public void close() {
        // it holds nothing
    }
}
