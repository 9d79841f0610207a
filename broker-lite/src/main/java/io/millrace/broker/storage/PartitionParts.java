package io.millrace.broker.storage;

import java.io.IOException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Time;

/** What the partitions of one store share. */
record PartitionParts(
        DataFolder folder,
        LogOpener opener,
        TopicConfigs configs,
        Compaction compaction,
        Leaving leaving,
        Forgetting forgetting,
        Time time) {
    /** Sees to it that a new partition does not get what is written down of a deleted one of its name. */
    interface Forgetting {
        void forget(TopicPartition partition) throws IOException;
    }
}
