package probeplugin;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigData;
import org.apache.kafka.common.config.provider.ConfigProvider;

/** Knows a secret for every key; tells every call. */
public final class ProbeConfigProvider implements ConfigProvider {
    private final Probe probe = new Probe("configProvider", this);

    @Override
    public void configure(Map<String, ?> configs) {
        probe.called("configure", Probe.shown(configs));
    }

    @Override
    public ConfigData get(String path) {
        return get(path, Set.of());
    }

    @Override
    public ConfigData get(String path, Set<String> keys) {
        probe.called("get", path + " " + keys);
        return new ConfigData(keys.stream().collect(Collectors.toMap(key -> key, key -> "secret of " + key)));
    }

    @Override
    public void close() {
        probe.called("close", "");
    }
}
