package io.millrace.worker.connector;

import io.millrace.plugin.discovery.PluginClass;
import java.util.Map;
import org.apache.kafka.connect.connector.Connector;
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
