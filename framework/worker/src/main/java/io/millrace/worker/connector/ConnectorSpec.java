package io.millrace.worker.connector;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import io.millrace.plugin.discovery.PluginClass;
import io.millrace.plugin.discovery.Plugins;
import io.millrace.worker.task.TaskSpec;
import java.util.Map;
import org.apache.kafka.connect.connector.Connector;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.source.SourceConnector;

/**
 * A connector to run.
 *
 * @param config as the user gave it, with {@code name}
 */
public record ConnectorSpec(String name, Map<String, String> config, PluginClass<Connector> plugin) {
    public ConnectorSpec {
        config = Map.copyOf(config);
    }

    /**
     * Finds the connector's class; nothing of it is run.
     *
     * @throws ProblemException YOURS, {@code worker.connector-config} or one of {@link Plugins#resolve}
     */
    static ConnectorSpec resolve(String name, Map<String, String> config, Plugins plugins) {
        String className = config.get("connector.class");
        if (className == null || className.isBlank()) {
            throw new ProblemException(
                    ExitCode.YOURS,
                    Problem.error(
                            "worker.connector-config",
                            name,
                            "Setting 'connector.class' of connector '" + name + "' is missing.",
                            "Name the connector's class."));
        }
        return new ConnectorSpec(name, config, plugins.resolve(Connector.class, className.strip(), null));
    }

    /**
     * One of its tasks.
     *
     * @param taskConfig with {@code task.class}
     * @throws ProblemException YOURS, where the class of the task cannot be loaded
     */
    TaskSpec task(int number, Map<String, String> taskConfig) {
        String taskClass = String.valueOf(taskConfig.get("task.class"));
        try {
            Class<? extends Task> type =
                    Class.forName(taskClass, false, plugin.loader()).asSubclass(Task.class);
            PluginClass<Task> found = new PluginClass<>(type, plugin.loader(), plugin.version(), plugin.location());
            return new TaskSpec(name, number, found, config, taskConfig);
        } catch (ClassNotFoundException | ClassCastException e) {
            throw new ProblemException(
                    ExitCode.YOURS,
                    Problem.error(
                            "worker.task-class",
                            name,
                            "Class '" + taskClass + "' of the tasks of connector '" + name + "' cannot be used: " + e
                                    + ".",
                            "Check that the plugin's folder holds all of its jars."),
                    e);
        }
    }

    /** The configuration may hold secrets, so it is not shown. */
    @Override
    public String toString() {
        return "ConnectorSpec['" + name + "']";
    }

    public boolean isSource() {
        return SourceConnector.class.isAssignableFrom(plugin.type());
    }

    int tasksMax() {
        return Integer.parseInt(config.getOrDefault("tasks.max", "1").strip());
    }
}
