package io.millrace.broker;

import java.nio.file.Path;
import java.util.Map;

/**
 * How a broker runs.
 *
 * @param folder where it keeps its data; made if it is missing; owned by one broker at a time
 * @param host the address to listen on
 * @param port the port to listen on, 0 for any free one
 * @param properties Kafka broker properties that replace the tuned ones
 */
public record BrokerConfig(Path folder, String host, int port, Map<String, String> properties) {
    private static final int MAX_PORT = 65_535;

    public BrokerConfig {
        if (port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("port '" + port + "' is not between 0 and 65535");
        }
        properties = Map.copyOf(properties);
    }

    /** On a free loopback port, with the tuned properties. */
    public static BrokerConfig in(Path folder) {
        return new BrokerConfig(folder, "127.0.0.1", 0, Map.of());
    }

    /** The same on a given port. */
    public BrokerConfig onPort(int newPort) {
        return new BrokerConfig(folder, host, newPort, properties);
    }
}
