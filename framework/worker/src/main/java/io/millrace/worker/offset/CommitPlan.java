package io.millrace.worker.offset;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * What one commit of a sink task holds.
 *
 * @param offsets the offsets that change; may be empty
 * @param letters the dead letters that these offsets, or earlier ones, have passed; they go into the same transaction
 * @param ignored what the task asked for and cannot have, one sentence each
 */
public record CommitPlan<L>(Map<TopicPartition, OffsetAndMetadata> offsets, List<L> letters, List<String> ignored) {
    public CommitPlan {
        offsets = Map.copyOf(offsets);
        letters = List.copyOf(letters);
        ignored = List.copyOf(ignored);
    }

    public boolean isEmpty() {
        return offsets.isEmpty() && letters.isEmpty();
    }
}
