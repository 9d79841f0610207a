package io.millrace.worker.probe;

import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.transforms.Transformation;

/** Calls the probe named by {@code probe} with the record's key, then its value; drops keys that {@code drop.every} divides. */
public final class ProbeTransform<R extends ConnectRecord<R>> implements Transformation<R> {
    private Probe probe;
    private long dropEvery;

    @Override
    public void configure(Map<String, ?> configs) {
        probe = Probe.of(String.valueOf(configs.get("probe")));
        dropEvery = configs.get("drop.every") == null
                ? 0
                : Long.parseLong(configs.get("drop.every").toString());
    }

    @Override
    public R apply(R input) {
        long n = ((Number) input.key()).longValue();
        probe.onTransform.accept(n);
        probe.onValue.accept(input.value());
        return dropEvery > 0 && n % dropEvery == 0 ? null : input;
    }

    @Override
    public ConfigDef config() {
        return new ConfigDef();
    }

    @Override
    public void close() {}
}
