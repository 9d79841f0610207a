package io.millrace.broker.storage;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * How a log store is.
 *
 * @param diskFull whether appends are refused until there is space
 * @param recovered whether all logs of earlier runs have been looked at
 * @param failed the partitions that answer nothing at present, and why; each is opened anew when it is used
 */
public record StorageHealth(boolean diskFull, boolean recovered, Map<TopicPartition, String> failed) {
    public StorageHealth {
        failed = Map.copyOf(failed);
    }
}
