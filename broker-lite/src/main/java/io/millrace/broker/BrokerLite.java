package io.millrace.broker;

import io.millrace.foundation.error.ProblemException;

/** A running broker. Reached only over the Kafka protocol at {@link #bootstrapServers()}. Thread-safe. */
public final class BrokerLite implements AutoCloseable {
    private final Engine engine;

    private BrokerLite(Engine engine) {
        this.engine = engine;
    }

    /**
     * Starts a broker and waits until it serves requests. A new folder is formatted, a used one is recovered.
     *
     * @throws ProblemException of the environment: {@code broker.port-in-use}, {@code broker.folder-unwritable},
     *     {@code broker.folder-in-use}, {@code broker.disk-full}, {@code broker.start}; nothing is left running then
     */
    public static BrokerLite start(BrokerConfig config) {
        Preflight.check(config);
        return new BrokerLite(Engine.start(config));
    }

    /** The same on the engine of this name, whatever the JVM's property says. */
    static BrokerLite start(BrokerConfig config, String engine) {
        Preflight.check(config);
        return new BrokerLite(Engine.start(config, engine));
    }

    /**
     * Looks whether a broker could start here, without starting one.
     *
     * @throws ProblemException of the environment, as {@link #start}
     */
    public static void check(BrokerConfig config) {
        Preflight.check(config);
    }

    /** {@code host:port}, for a client's {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return engine.bootstrapServers();
    }

    /** Stops cleanly: logs are flushed and marked so that the next start needs no recovery. Bounded in time. */
    @Override
    public void close() {
        engine.close();
    }
}
