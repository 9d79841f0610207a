package io.millrace.connectors.logs;

import io.millrace.connectors.common.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;

/** Reads the lines of log files, each exactly once; README.md has the settings. */
public final class LogsSourceConnector extends SourceConnector {
    private Map<String, String> properties = Map.of();

    @Override
    public void start(Map<String, String> props) {
        LogsSourceConfig.of(props);
        properties = Map.copyOf(props);
    }

    @Override
    public Class<? extends Task> taskClass() {
        return LogsSourceTask.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        List<Map<String, String>> configs = new ArrayList<>();
        for (int task = 0; task < maxTasks; task++) {
            Map<String, String> config = new HashMap<>(properties);
            config.put(LogsSourceConfig.TASK, Integer.toString(task));
            config.put(LogsSourceConfig.TASKS, Integer.toString(maxTasks));
            configs.add(config);
        }
        return configs;
    }

    @Override
    public void stop() {}

    @Override
    public ConfigDef config() {
        return Settings.config();
    }

    /** A record and the place behind it are one offset. */
    @Override
    public ExactlyOnceSupport exactlyOnceSupport(Map<String, String> connectorConfig) {
        return ExactlyOnceSupport.SUPPORTED;
    }

    @Override
    public String version() {
        return Version.VERSION;
    }
}
