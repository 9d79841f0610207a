package probeplugin;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.ConnectorContext;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.source.ConnectorTransactionBoundaries;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;

/** What the source connectors among the probes are. */
public abstract class TracedSource extends SourceConnector {
    private final ConnectorProbe probe = new ConnectorProbe(this);

    @Override
    public void initialize(ConnectorContext context) {
        super.initialize(context);
        probe.initialize(context);
    }

    @Override
    public void start(Map<String, String> props) {
        probe.start(props);
        probe.probe().called("identity", versionText());
    }

    @Override
    public Class<? extends Task> taskClass() {
        probe.probe().called("taskClass", "");
        return ProbeSourceTask.class;
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
        return probe.version(versionText());
    }

    /** What {@link #version()} answers. */
    protected String versionText() {
        return "1.0";
    }

    @Override
    public ExactlyOnceSupport exactlyOnceSupport(Map<String, String> config) {
        probe.probe().calledFor(config, "exactlyOnceSupport", "");
        return config.containsKey("probe.unsupported") ? ExactlyOnceSupport.UNSUPPORTED : ExactlyOnceSupport.SUPPORTED;
    }

    @Override
    public ConnectorTransactionBoundaries canDefineTransactionBoundaries(Map<String, String> config) {
        probe.probe().calledFor(config, "canDefineTransactionBoundaries", "");
        return config.containsKey("probe.unsupported")
                ? ConnectorTransactionBoundaries.UNSUPPORTED
                : ConnectorTransactionBoundaries.SUPPORTED;
    }

    @Override
    public boolean alterOffsets(Map<String, String> config, Map<Map<String, ?>, Map<String, ?>> offsets) {
        probe.probe().calledFor(config, "alterOffsets", offsets);
        return false;
    }
}
