package io.millrace.broker.server;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Reconfigurable;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.server.config.AbstractKafkaConfig;

/** Kafka's broker properties, parsed and with Kafka's defaults. */
public final class BrokerProperties extends AbstractKafkaConfig {
    static final String KEY_CHECK = "millrace.broker.ssl.check.interval.ms";
    static final String HTTP_PORT = "millrace.broker.http.port";
    static final String HTTP_HOST = "millrace.broker.http.host";
    static final String JMX = "millrace.broker.jmx";

    private static final int KEY_CHECK_MILLIS = 10_000;
    private static final int MAX_PORT = 65_535;

    /** Properties that Kafka does not have. */
    static final ConfigDef OWN = new ConfigDef()
            .define(
                    KEY_CHECK,
                    ConfigDef.Type.LONG,
                    KEY_CHECK_MILLIS,
                    ConfigDef.Range.atLeast(1),
                    ConfigDef.Importance.LOW,
                    "How often the key and trust stores of TLS listeners are looked at for changes.")
            .define(
                    HTTP_PORT,
                    ConfigDef.Type.INT,
                    null,
                    ConfigDef.LambdaValidator.with(
                            (name, port) -> {
                                if (port != null) {
                                    ConfigDef.Range.between(0, MAX_PORT).ensureValid(name, port);
                                }
                            },
                            () -> "0 to " + MAX_PORT),
                    ConfigDef.Importance.MEDIUM,
                    "Port that answers /metrics, /health and /ready over HTTP; nothing does where it is not set.")
            .define(HTTP_HOST, ConfigDef.Type.STRING, "127.0.0.1", ConfigDef.Importance.MEDIUM, "Address of that port.")
            .define(
                    JMX,
                    ConfigDef.Type.BOOLEAN,
                    false,
                    ConfigDef.Importance.LOW,
                    "Whether metrics are there over JMX.");

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
        return own().getLong(KEY_CHECK);
    }

    /** Where to answer what those who run the broker ask; empty for nowhere. */
    Optional<InetSocketAddress> http() {
        return Optional.ofNullable(own().getInt(HTTP_PORT))
                .map(port -> new InetSocketAddress(own().getString(HTTP_HOST), port));
    }

    boolean isJmxOn() {
        return own().getBoolean(JMX);
    }

    private AbstractConfig own() {
        return new AbstractConfig(OWN, originals(), Map.of(), false);
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
