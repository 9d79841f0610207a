package io.millrace.worker.connector;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a connector wants its tasks to do. Immutable.
 *
 * @param madeFor the connector's configuration that they follow from
 * @param tasks by number; values may be null
 */
public record TaskConfigs(Map<String, String> madeFor, List<Map<String, String>> tasks) {
    /** Of a connector that has not been asked yet, or is stopped. */
    public static final TaskConfigs NONE = new TaskConfigs(Map.of(), List.of());

    public TaskConfigs {
        madeFor = Map.copyOf(madeFor);
        List<Map<String, String>> copies = new ArrayList<>();
        // Not Map.copyOf: a connector may give its tasks null values.
        tasks.forEach(task -> copies.add(Collections.unmodifiableMap(new HashMap<>(task))));
        tasks = List.copyOf(copies);
    }

    /** Configurations may hold secrets, so they are not shown. */
    @Override
    public String toString() {
        return "TaskConfigs[" + tasks.size() + "]";
    }
}
