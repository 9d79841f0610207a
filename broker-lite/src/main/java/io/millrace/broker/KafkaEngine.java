package io.millrace.broker;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.FaultHandlerFactory;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.SharedServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.metadata.BrokerRegistration;
import org.apache.kafka.metadata.bootstrap.BootstrapMetadata;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.ServerSocketFactory;
import org.apache.kafka.server.common.MetadataVersion;
import org.apache.kafka.server.fault.FaultHandler;
import org.apache.kafka.server.fault.LoggingFaultHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * Apache Kafka's own broker and controller in this JVM, one node in KRaft mode. The only class that knows its internals (Kafka's
 * {@code KafkaRaftServer} wires the same parts, but exits the JVM on a fault and hides the port that was bound).
 */
final class KafkaEngine implements Engine {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaEngine.class);
    private static final Duration ACTIVE_WITHIN = Duration.ofSeconds(10);
    /** The controller looks for sessions that ran out every eighth of the session time-out. */
    private static final Duration FENCED_WITHIN = Duration.ofMillis(700);

    private static final int FENCING_TRIES = 25;
    private static final long PAUSE_NANOS = Duration.ofMillis(5).toNanos();
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);

    private final ControllerServer controller;
    private final BrokerServer broker;
    private final String host;
    private boolean closed;

    private KafkaEngine(ControllerServer controller, BrokerServer broker, String host) {
        this.controller = controller;
        this.broker = broker;
        this.host = host;
    }

    static KafkaEngine start(BrokerConfig config) {
        try {
            return boot(config);
        } catch (ProblemException e) {
            throw e;
        } catch (Exception e) {
            throw new ProblemException(
                    ExitCode.ENVIRONMENT,
                    Problem.error(
                            "broker.start",
                            config.folder().toString(),
                            "The broker did not start: " + rootMessage(e) + ".",
                            "The log tells more; the data folder was left as it is."),
                    e);
        }
    }

    private static KafkaEngine boot(BrokerConfig config) throws Exception {
        // Bound here and handed to the controller, so that its port is known before anything starts and nobody can take
        // it.
        ServerSocketChannel controllerSocket = ServerSocketChannel.open();
        try {
            controllerSocket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            return boot(config, controllerSocket);
        } catch (Throwable e) {
            controllerSocket.close();
            throw e;
        }
    }

    private static KafkaEngine boot(BrokerConfig config, ServerSocketChannel controllerSocket) throws Exception {
        int controllerPort = controllerSocket.socket().getLocalPort();
        KafkaConfig kafka = KafkaConfig.fromProps(KafkaTuning.properties(config, controllerPort), false);
        boolean used = Files.exists(config.folder().resolve("meta.properties"));
        if (!used) {
            format(config.folder());
        }

        Tuple2<MetaPropertiesEnsemble, BootstrapMetadata> dirs =
                KafkaRaftServer.initializeLogDirs(kafka, LOG, "[broker-lite] ");
        SessionTime time = new SessionTime();
        SharedServer shared = new SharedServer(
                kafka,
                dirs._1(),
                time,
                new Metrics(),
                CompletableFuture.completedFuture(
                        Map.of(KafkaTuning.NODE_ID, new InetSocketAddress("127.0.0.1", controllerPort))),
                List.of(),
                new NonExiting(),
                new Prebound(controllerSocket));
        ControllerServer controller = new ControllerServer(shared, KafkaRaftServer.configSchema(), dirs._2());
        KafkaEngine engine = new KafkaEngine(controller, new BrokerServer(shared), config.host());
        try {
            engine.controller.startup();
            if (used) {
                endFormerLife(controller, time, kafka.brokerSessionTimeoutMs());
            }
            engine.broker.startup();
        } catch (Throwable e) {
            engine.close();
            throw e;
        }
        return engine;
    }

    /**
     * Waits until the controller has fenced the node's former life, so that no partition has a leader when the broker starts, and all get
     * theirs together. Otherwise the transaction coordinator is up while the partitions lose their leaders in between, and Kafka 4.3.1 then
     * completes transactions without writing their markers: committed records would stay invisible, or be lost.
     */
    private static void endFormerLife(ControllerServer controller, SessionTime time, long sessionTimeoutMillis) {
        if (!await(
                ACTIVE_WITHIN,
                () -> controller.controller().isActive()
                        && controller.metadataCache().currentImage().offset() >= 0)) {
            throw new IllegalStateException("the controller has not read its metadata within " + ACTIVE_WITHIN);
        }
        if (registration(controller).isEmpty()) {
            // formatted, and no broker ever came up here
            return;
        }
        for (int i = 0; i < FENCING_TRIES; i++) {
            // again where the controller opened the session only after the last try
            time.endSessions(sessionTimeoutMillis);
            if (await(FENCED_WITHIN, () -> registration(controller)
                    .map(BrokerRegistration::fenced)
                    .orElse(true))) {
                return;
            }
        }
        throw new IllegalStateException("the controller did not fence the broker of the run before");
    }

    private static Optional<BrokerRegistration> registration(ControllerServer controller) {
        return Optional.ofNullable(
                controller.metadataCache().currentImage().cluster().broker(KafkaTuning.NODE_ID));
    }

    private static boolean await(Duration timeout, BooleanSupplier condition) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return true;
    }

    /** Makes a new folder Kafka's. */
    private static void format(Path folder) throws Exception {
        new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setClusterId(Uuid.randomUuid().toString())
                .setNodeId(KafkaTuning.NODE_ID)
                .addDirectory(folder.toString())
                .setMetadataLogDirectory(folder.toString())
                .setControllerListenerName(KafkaTuning.CONTROLLER_LISTENER)
                .setReleaseVersion(MetadataVersion.latestProduction())
                .setIgnoreFormatted(true)
                .run();
    }

    @Override
    public String bootstrapServers() {
        return host + ":" + broker.boundPort(new ListenerName(KafkaTuning.CLIENT_LISTENER));
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        broker.shutdown(STOP_TIMEOUT);
        controller.shutdown();
    }

    private static String rootMessage(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getClass().getSimpleName() + ": " + cause.getMessage();
    }

    /** Faults are logged; whether the process ends is for whoever embeds the broker to decide. */
    private static final class NonExiting implements FaultHandlerFactory {
        @Override
        public FaultHandler build(String name, boolean fatal, Runnable action) {
            return new LoggingFaultHandler(name, action);
        }
    }

    /** Gives the controller its socket; opens all others as Kafka does. */
    private record Prebound(ServerSocketChannel controllerSocket) implements ServerSocketFactory {
        @Override
        public ServerSocketChannel openServerSocket(
                String listenerName, InetSocketAddress address, int backlog, int receiveBufferSize) throws IOException {
            if (listenerName.equals(KafkaTuning.CONTROLLER_LISTENER)) {
                controllerSocket.configureBlocking(false);
                return controllerSocket;
            }
            return ServerSocketFactory.INSTANCE.openServerSocket(listenerName, address, backlog, receiveBufferSize);
        }
    }
}
