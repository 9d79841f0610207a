package io.millrace.worker.herder;

import io.millrace.worker.connector.TargetState;
import io.millrace.worker.connector.TaskConfigs;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is to run, as it was decided last. Immutable. */
public record ClusterConfig(SortedMap<String, Entry> connectors) {
    public static final ClusterConfig EMPTY = new ClusterConfig(new TreeMap<>());

    /**
     * A connector.
     *
     * @param config as the user gave it, with {@code name}
     * @param tasks as the connector gave them last, of this configuration or of one before
     */
    public record Entry(Map<String, String> config, TargetState target, TaskConfigs tasks) {
        public Entry {
            config = Map.copyOf(config);
        }

        Entry withConfig(Map<String, String> changed) {
            return new Entry(changed, target, tasks);
        }

        Entry withTarget(TargetState changed) {
            return new Entry(config, changed, tasks);
        }

        Entry withTasks(TaskConfigs changed) {
            return new Entry(config, target, changed);
        }

        /** Configurations may hold secrets, so they are not shown. */
        @Override
        public String toString() {
            return "Entry[" + target + ", " + tasks + "]";
        }
    }

    public ClusterConfig {
        connectors = Collections.unmodifiableSortedMap(new TreeMap<>(connectors));
    }

    ClusterConfig with(String name, Entry entry) {
        SortedMap<String, Entry> changed = new TreeMap<>(connectors);
        changed.put(name, entry);
        return new ClusterConfig(changed);
    }

    ClusterConfig without(String name) {
        SortedMap<String, Entry> changed = new TreeMap<>(connectors);
        changed.remove(name);
        return new ClusterConfig(changed);
    }
}
