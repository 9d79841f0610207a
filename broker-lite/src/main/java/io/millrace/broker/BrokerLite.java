package io.millrace.broker;

import io.millrace.broker.server.LightBroker;
import io.millrace.broker.server.ServerProperties;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running broker. Reached only over the Kafka protocol at {@link #bootstrapServers()}. Thread-safe. */
public final class BrokerLite implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerLite.class);

    private final LightBroker broker;

    private BrokerLite(LightBroker broker) {
        this.broker = broker;
    }

    /**
     * Starts a broker and waits until it serves requests. A new folder is formatted, a used one is recovered.
     *
     * @throws ProblemException of the environment: {@code broker.port-in-use}, {@code broker.folder-unwritable},
     *     {@code broker.folder-in-use}, {@code broker.disk-full}, {@code broker.start}; nothing is left running then
     */
    public static BrokerLite start(BrokerConfig config) {
        Preflight.check(config);
        return start(config.folder(), () -> LightBroker.start(config.folder(), NodeDefaults.embedded(config)));
    }

    /**
     * Starts a broker that a Kafka server.properties describes, and waits until it serves. Where there is no file it listens on 127.0.0.1:9092
     * and keeps its data in {@code broker-data}.
     *
     * @param set properties that stand above the file
     * @throws ProblemException YOURS, with everything that is wrong in the properties; of the environment as {@link #start}
     */
    public static BrokerLite serve(Optional<Path> file, Map<String, String> set) {
        ServerProperties properties = ServerProperties.read(file, set, NodeDefaults.served(file.isPresent()));
        properties.warnings().forEach(warning -> LOG.warn("{}", warning.text()));
        if (!properties.withoutMeaning().isEmpty()) {
            LOG.atInfo()
                    .addKeyValue("properties", properties.withoutMeaning())
                    .log("Some properties were accepted and mean nothing to a broker that is alone");
        }
        Preflight.checkFolder(properties.folder());
        return start(properties.folder(), () -> LightBroker.start(properties.folder(), properties.config()));
    }

    private interface Start {
        LightBroker broker() throws IOException;
    }

    private static BrokerLite start(Path folder, Start start) {
        try {
            return new BrokerLite(start.broker());
        } catch (ProblemException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new ProblemException(
                    ExitCode.ENVIRONMENT,
                    Problem.error(
                            "broker.start",
                            folder.toString(),
                            "The broker did not start: " + e.getMessage() + ".",
                            "The log tells more; the data folder was left as it is."),
                    e);
        }
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
        return broker.bootstrapServers();
    }

    /** Stops cleanly: logs are flushed and marked so that the next start needs no recovery. Bounded in time. */
    @Override
    public void close() {
        broker.close();
    }
}
