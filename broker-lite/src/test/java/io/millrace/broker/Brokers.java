package io.millrace.broker;

import io.millrace.broker.kafka.KafkaNode;
import java.nio.file.Path;
import java.util.Map;

/** Starts broker-lite or the Kafka node that it is compared with. */
public final class Brokers {
    private Brokers() {}

    /** Either of both. */
    public interface Running extends AutoCloseable {
        /** {@code host:port}, for a client's {@code bootstrap.servers}. */
        String bootstrapServers();

        @Override
        void close();
    }

    /** @param engine {@code kafka} or {@code light} */
    public static Running start(Path folder, String engine) {
        return start(folder, engine, 0, Map.of());
    }

    public static Running start(Path folder, String engine, Map<String, String> properties) {
        return start(folder, engine, 0, properties);
    }

    /** The same on a given port, 0 for any. */
    public static Running start(Path folder, String engine, int port) {
        return start(folder, engine, port, Map.of());
    }

    private static Running start(Path folder, String engine, int port, Map<String, String> properties) {
        return switch (engine) {
            case "light" -> new Light(BrokerLite.start(new BrokerConfig(folder, "127.0.0.1", port, properties)));
            case "kafka" -> new Kafka(kafka(folder, port, properties));
            default -> throw new IllegalArgumentException("'" + engine + "' names no engine; write 'kafka' or 'light'");
        };
    }

    private static KafkaNode kafka(Path folder, int port, Map<String, String> properties) {
        try {
            return KafkaNode.start(folder, port, properties);
        } catch (Exception e) {
            throw new IllegalStateException("Apache Kafka did not start", e);
        }
    }

    private record Light(BrokerLite broker) implements Running {
        @Override
        public String bootstrapServers() {
            return broker.bootstrapServers();
        }

        @Override
        public void close() {
            broker.close();
        }
    }

    private record Kafka(KafkaNode node) implements Running {
        @Override
        public String bootstrapServers() {
            return node.bootstrapServers();
        }

        @Override
        public void close() {
            node.close();
        }
    }
}
