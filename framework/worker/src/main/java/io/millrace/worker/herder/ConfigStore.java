package io.millrace.worker.herder;

import io.millrace.worker.connector.TargetState;
import io.millrace.worker.connector.TaskConfigs;
import java.util.Map;
import java.util.Optional;

/** Keeps what is to run. Thread-safe. A change counts when {@link #current()} shows it, and the listener is told after that. */
public interface ConfigStore extends AutoCloseable {
    /** Reads what is there, and tells of each change from then on. */
    void start(Runnable changed);

    ClusterConfig current();

    /**
     * Adds a connector or gives it another configuration.
     *
     * @param target of a new connector; one that is there keeps its own where this is empty
     * @throws org.apache.kafka.connect.errors.ConnectException if it cannot be written; it may be in force all the same
     */
    void putConnector(String name, Map<String, String> config, Optional<TargetState> target);

    /** Forgets a connector and its tasks. */
    void removeConnector(String name);

    void putTarget(String name, TargetState target);

    /** All tasks of a connector at once. */
    void putTasks(String name, TaskConfigs tasks);

    @Override
    void close();
}
