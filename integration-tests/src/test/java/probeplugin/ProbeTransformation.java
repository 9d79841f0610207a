package probeplugin;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.transforms.Transformation;

/** Drops the values of {@code probe.drop}, sends the rest to {@code probe.route}; tells every call. */
public final class ProbeTransformation<R extends ConnectRecord<R>> implements Transformation<R> {
    private final Probe probe = new Probe("transformation", this);

    @Override
    public void configure(Map<String, ?> configs) {
        probe.bind(configs);
        probe.did("configure", Probe.shown(configs));
    }

    @Override
    public ConfigDef config() {
        return new ConfigDef()
                .define("probe.connector", Type.STRING, "", Importance.LOW, "")
                .define("probe.must", Type.INT, 1, Importance.LOW, "a number")
                .define("probe.drop", Type.STRING, "", Importance.LOW, "")
                .define("probe.route", Type.STRING, "", Importance.LOW, "")
                .define("probe.fail", Type.STRING, "", Importance.LOW, "");
    }

    @Override
    public R apply(R record) {
        probe.called("apply", record.topic() + " " + record.value());
        probe.failing(record.value());
        if (List.of(probe.setting("probe.drop", "").split(",")).contains(String.valueOf(record.value()))) {
            return null;
        }
        String route = probe.setting("probe.route", "");
        return route.isEmpty()
                ? record
                : record.newRecord(
                        route,
                        record.kafkaPartition(),
                        record.keySchema(),
                        record.key(),
                        record.valueSchema(),
                        record.value(),
                        record.timestamp());
    }

    @Override
    public void close() {
        probe.did("close", "");
    }
}
