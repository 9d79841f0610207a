package io.millrace.pipeline.model;

import java.time.Duration;
import java.util.OptionalInt;

/**
 * {@code defaults.topic}.
 *
 * @param partitions 1 or more
 * @param retention of events; tables are compacted
 * @param replication 1 or more
 * @param minInSync {@code min_isr}: 1 or more; empty for the broker's own
 */
public record TopicDefaults(int partitions, Duration retention, short replication, OptionalInt minInSync) {
    /** What holds where a pipeline says nothing. */
    public static final TopicDefaults BUILT_IN =
            new TopicDefaults(3, Duration.ofDays(7), (short) 1, OptionalInt.empty());
}
