package io.millrace.broker.server;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.Reconfigurable;
import org.apache.kafka.server.config.AbstractKafkaConfig;

/** Kafka's broker properties, parsed and with Kafka's defaults. */
public final class BrokerProperties extends AbstractKafkaConfig {
    /** How often the files of TLS listeners are looked at, in milliseconds. */
    static final String KEY_CHECK = "millrace.broker.ssl.check.interval.ms";

    private static final long KEY_CHECK_MILLIS = 10_000;

    /** @param properties as in a server.properties */
    public BrokerProperties(Map<String, String> properties) {
        super(CONFIG_DEF, populateSynonyms(completed(properties)), Map.of(), false);
    }

    /** Kafka requires these of every node; a node that is alone has nothing to say in them. */
    static Map<String, String> completed(Map<String, String> properties) {
        Map<String, String> all = new HashMap<>(properties);
        all.putIfAbsent("process.roles", "broker");
        all.putIfAbsent("controller.listener.names", "CONTROLLER");
        if (!all.containsKey("broker.id")) {
            all.putIfAbsent("node.id", "1");
        }
        return all;
    }

    /** How often to look whether key and trust stores were replaced. */
    long keyCheckMillis() {
        Object wanted = originals().get(KEY_CHECK);
        return wanted == null ? KEY_CHECK_MILLIS : Long.parseLong(wanted.toString().trim());
    }

    @Override
    public void addReconfigurable(Reconfigurable reconfigurable) {
        throw new UnsupportedOperationException("properties of a running broker do not change");
    }

    @Override
    public void removeReconfigurable(Reconfigurable reconfigurable) {
        throw new UnsupportedOperationException("properties of a running broker do not change");
    }
}
