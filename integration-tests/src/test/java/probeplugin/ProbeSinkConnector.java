package probeplugin;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.ConnectorContext;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;

/** A sink that tells every call. */
public final class ProbeSinkConnector extends SinkConnector {
    private final ConnectorProbe probe = new ConnectorProbe(this);

    @Override
    public void initialize(ConnectorContext context) {
        super.initialize(context);
        probe.initialize(context);
    }

    @Override
    public void start(Map<String, String> props) {
        probe.start(props);
    }

    @Override
    public Class<? extends Task> taskClass() {
        probe.probe().called("taskClass", "");
        return ProbeSinkTask.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        return probe.taskConfigs(maxTasks);
    }

    @Override
    public void stop() {
        probe.stop();
    }

    @Override
    public Config validate(Map<String, String> config) {
        return probe.validated(config, super.validate(config));
    }

    @Override
    public ConfigDef config() {
        return probe.config();
    }

    @Override
    public String version() {
        return probe.version("1.0");
    }

    @Override
    public boolean alterOffsets(Map<String, String> config, Map<TopicPartition, Long> offsets) {
        probe.probe().calledFor(config, "alterOffsets", offsets);
        return true;
    }
}
