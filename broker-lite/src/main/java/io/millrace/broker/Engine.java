package io.millrace.broker;

/** What runs a broker: Apache Kafka's own, or the light one. Both keep their data in Kafka's format. */
interface Engine extends AutoCloseable {
    /** Names the engine: {@code kafka} or {@code light}. */
    String PROPERTY = "millrace.broker.engine";

    /** The engine that {@link #PROPERTY} names; Kafka's by default. */
    static Engine start(BrokerConfig config) {
        return start(config, System.getProperty(PROPERTY, "kafka"));
    }

    static Engine start(BrokerConfig config, String name) {
        return switch (name) {
            case "kafka" -> KafkaEngine.start(config);
            case "light" -> LightEngine.start(config);
            default ->
                throw new IllegalArgumentException(
                        PROPERTY + " is '" + name + "', which names no engine; write 'kafka' or 'light'");
        };
    }

    /** {@code host:port}, for a client's {@code bootstrap.servers}. */
    String bootstrapServers();

    @Override
    void close();
}
