package io.millrace.connectors.s3;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/**
 * Objects of a topic-partition that hold records which are about to come again: their cut was uploaded, in part or whole, but its offset
 * was not committed.
 *
 * @param keys of the objects
 * @param first the lowest offset that they may hold
 */
record Leftovers(List<String> keys, long first) {

    /**
     * Looks through the keys of a listing.
     *
     * @param offset of the first record that comes; objects whose range ends at or past it are leftovers
     */
    static Leftovers among(List<String> keys, TopicPartition partition, long offset) {
        List<String> leftovers = new ArrayList<>();
        long first = Long.MAX_VALUE;
        for (String key : keys) {
            CutName name = CutName.parse(key).orElse(null);
            if (name != null && name.partition().equals(partition) && name.last() >= offset) {
                leftovers.add(key);
                first = Math.min(first, name.first());
            }
        }
        return new Leftovers(leftovers, first);
    }
}
