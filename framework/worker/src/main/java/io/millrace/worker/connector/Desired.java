package io.millrace.worker.connector;

import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a worker is to run of one connector. Immutable.
 *
 * @param instance whether the connector itself is to run here
 * @param config of the connector, as the user gave it
 * @param tasks all that the connector wants; they go on as they are until it gives others
 * @param here the numbers of those that are to run here
 */
public record Desired(
        boolean instance, Map<String, String> config, TargetState target, TaskConfigs tasks, SortedSet<Integer> here) {
    public Desired {
        config = Map.copyOf(config);
        here = new TreeSet<>(here);
    }

    /** Configurations may hold secrets, so they are not shown. */
    @Override
    public String toString() {
        return "Desired[instance " + instance + ", " + target + ", tasks " + here + "]";
    }
}
