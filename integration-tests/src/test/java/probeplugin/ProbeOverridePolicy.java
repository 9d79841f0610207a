package probeplugin;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigOverridePolicy;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigRequest;

/** Lets a connector override everything but {@code client.dns.lookup}; tells every call. */
public final class ProbeOverridePolicy implements ConnectorClientConfigOverridePolicy {
    private final Probe probe = new Probe("overridePolicy", this);

    @Override
    public void configure(Map<String, ?> configs) {
        probe.called("configure", "");
    }

    @Override
    public List<ConfigValue> validate(ConnectorClientConfigRequest request) {
        probe.bind(Map.of("name", request.connectorName()));
        probe.called(
                "validate",
                request.clientType() + " " + new TreeSet<>(request.clientProps().keySet()));
        return request.clientProps().keySet().stream()
                .map(ProbeOverridePolicy::judge)
                .toList();
    }

    private static ConfigValue judge(String key) {
        ConfigValue value = new ConfigValue(key);
        if (key.equals("client.dns.lookup")) {
            value.addErrorMessage("refused by the probe's policy");
        }
        return value;
    }

    @Override
    public void close() {
        probe.called("close", "");
    }
}
