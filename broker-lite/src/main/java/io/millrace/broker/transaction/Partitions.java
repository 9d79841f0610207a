package io.millrace.broker.transaction;

import org.apache.kafka.common.TopicPartition;

/** Which partitions there are. */
public interface Partitions {
    /**
     * Whether the metadata has the partition. No marker is written to a partition that it does not have, so this must never be asked of
     * metadata that is still being read: the coordinator may be given partitions to load only when the metadata is whole.
     */
    boolean known(TopicPartition partition);
}
