package io.millrace.connectors.iothttp;

import io.millrace.connectors.common.Version;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes what is posted over HTTP; README.md has the settings. Has one task: the port. */
public final class IotHttpSourceConnector extends SourceConnector {
    private static final Logger LOG = LoggerFactory.getLogger(IotHttpSourceConnector.class);

    private Map<String, String> properties = Map.of();

    @Override
    public void start(Map<String, String> props) {
        IotHttpSourceConfig.of(props);
        properties = Map.copyOf(props);
    }

    @Override
    public Class<? extends Task> taskClass() {
        return IotHttpSourceTask.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        if (maxTasks > 1) {
            LOG.warn(
                    "a port is one task, the others are not used; for more, make sources with ports of their own"
                            + " (connector={}, tasks.max={})",
                    properties.getOrDefault("name", "iot-http"),
                    maxTasks);
        }
        return List.of(properties);
    }

    @Override
    public void stop() {}

    @Override
    public ConfigDef config() {
        return Settings.config();
    }

    /** What is committed is answered, and nothing is read again: a worker's transaction makes each answered record appear once. */
    @Override
    public ExactlyOnceSupport exactlyOnceSupport(Map<String, String> connectorConfig) {
        return ExactlyOnceSupport.SUPPORTED;
    }

    @Override
    public String version() {
        return Version.VERSION;
    }
}
