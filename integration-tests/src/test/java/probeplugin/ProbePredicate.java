package probeplugin;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.transforms.predicates.Predicate;

/** True for the values of {@code probe.match}; tells every call. */
public final class ProbePredicate<R extends ConnectRecord<R>> implements Predicate<R> {
    private final Probe probe = new Probe("predicate", this);

    @Override
    public void configure(Map<String, ?> configs) {
        probe.bind(configs);
        probe.did("configure", Probe.shown(configs));
    }

    @Override
    public ConfigDef config() {
        return new ConfigDef()
                .define("probe.connector", Type.STRING, "", Importance.LOW, "")
                .define("probe.match", Type.STRING, "", Importance.LOW, "");
    }

    @Override
    public boolean test(R record) {
        probe.called("test", record.topic() + " " + record.value());
        return List.of(probe.setting("probe.match", "").split(",")).contains(String.valueOf(record.value()));
    }

    @Override
    public void close() {
        probe.did("close", "");
    }
}
