package io.millrace.connectors.search;

import io.millrace.connectors.common.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;

/** Writes topics to indices of OpenSearch or Elasticsearch, each record once; README.md has the settings. */
public final class SearchIndexSinkConnector extends SinkConnector {
    /** Ours, for the task only: its number within the connector. */
    static final String TASK = "search.task";

    private Map<String, String> properties = Map.of();

    @Override
    public void start(Map<String, String> props) {
        SearchIndexSinkConfig.of(props);
        properties = Map.copyOf(props);
    }

    @Override
    public Class<? extends Task> taskClass() {
        return SearchIndexSinkTask.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        List<Map<String, String>> configs = new ArrayList<>();
        for (int task = 0; task < maxTasks; task++) {
            Map<String, String> config = new HashMap<>(properties);
            config.put(TASK, Integer.toString(task));
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

    @Override
    public String version() {
        return Version.VERSION;
    }
}
