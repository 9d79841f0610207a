package io.millrace.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.millrace.plugin.discovery.PluginDescription;
import io.millrace.worker.connector.ConnectorStatus;
import io.millrace.worker.herder.ClusterConfig;
import io.millrace.worker.task.RunState;
import io.millrace.worker.task.TaskStatus;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The bodies, as Kafka Connect 4.3.1 has them in {@code org.apache.kafka.connect.runtime.rest.entities}. */
final class Bodies {
    private Bodies() {}

    record ServerInfo(
            String version,
            String commit,
            @JsonProperty("kafka_cluster_id") String clusterId) {}

    record WorkerHealth(String status, String message) {}

    record TaskId(String connector, int task) {}

    @JsonPropertyOrder({"name", "config", "tasks", "type"})
    record ConnectorInfo(String name, Map<String, String> config, List<TaskId> tasks, String type) {
        static ConnectorInfo of(String name, ClusterConfig.Entry entry, String type) {
            List<TaskId> tasks = IntStream.range(0, entry.tasks().tasks().size())
                    .mapToObj(task -> new TaskId(name, task))
                    .toList();
            return new ConnectorInfo(name, entry.config(), tasks, type);
        }
    }

    record TaskInfo(TaskId id, Map<String, String> config) {}

    record PluginInfo(
            @JsonProperty("class") String className,
            String type,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String version) {
        static PluginInfo of(PluginDescription plugin) {
            return new PluginInfo(plugin.className(), plugin.kind().text(), plugin.version());
        }
    }

    /** A new connector. */
    record CreateConnector(
            @Nullable String name,
            @Nullable Map<String, String> config,
            @JsonProperty("initial_state") @Nullable String initialState) {}

    record ConnectorState(
            String state,
            @JsonProperty("worker_id") String workerId,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) @Nullable
            String trace,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String version) {}

    @JsonPropertyOrder({"id", "state", "worker_id", "trace", "version"})
    record TaskState(
            int id,
            String state,
            @JsonProperty("worker_id") String workerId,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) @Nullable
            String trace,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String version) {
        static TaskState of(TaskStatus task, String workerId) {
            return new TaskState(
                    task.id(),
                    nameOf(task.state()),
                    workerId,
                    task.trace().orElse(null),
                    task.version().orElse(null));
        }
    }

    record Status(String name, ConnectorState connector, List<TaskState> tasks, String type) {
        static Status of(ConnectorStatus status) {
            ConnectorState connector = new ConnectorState(
                    nameOf(status.state()),
                    status.workerId(),
                    status.trace().orElse(null),
                    status.version().orElse(null));
            List<TaskState> tasks = status.tasks().stream()
                    .map(task -> TaskState.of(task, status.workerId()))
                    .toList();
            return new Status(status.name(), connector, tasks, typeOf(status));
        }
    }

    static String typeOf(ConnectorStatus status) {
        return status.version().isEmpty() ? "unknown" : status.source() ? "source" : "sink";
    }

    /** Kafka Connect's name for a state: what tries the same again runs, what has not begun is not assigned. */
    static String nameOf(RunState state) {
        return switch (state) {
            case STARTING -> "UNASSIGNED";
            case RETRYING -> "RUNNING";
            case RESTARTING, RUNNING, PAUSED, FAILED, STOPPED -> state.name();
        };
    }
}
