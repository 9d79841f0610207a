package io.millrace.pipeline.plan;

import java.util.Map;

/**
 * A topic that must exist before anything runs.
 *
 * @param partitions 1 or more
 * @param replication the replication factor, 1 or more
 * @param config topic configuration: cleanup.policy, retention.ms ...
 */
public record TopicPlan(String name, int partitions, short replication, Map<String, String> config) {
    public TopicPlan {
        config = Map.copyOf(config);
    }
}
