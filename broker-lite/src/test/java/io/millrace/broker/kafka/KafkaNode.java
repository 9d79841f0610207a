package io.millrace.broker.kafka;

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
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.FaultHandlerFactory;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.SharedServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.utils.Time;
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
 * Apache Kafka's own broker and controller in this JVM, one node in KRaft mode: what broker-lite is compared with. The only class that knows
 * its internals (Kafka's {@code KafkaRaftServer} wires the same parts, but exits the JVM on a fault and hides the port that was bound).
 */
public final class KafkaNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaNode.class);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);

    private final ControllerServer controller;
    private final BrokerServer broker;
    private boolean closed;

    private KafkaNode(ControllerServer controller, BrokerServer broker) {
        this.controller = controller;
        this.broker = broker;
    }

    /**
     * Starts a node and waits until it serves. A new folder is formatted.
     *
     * @param port of the clients' listener on 127.0.0.1, 0 for any
     * @param properties stand above those that make a node small and alone
     */
    public static KafkaNode start(Path folder, int port, Map<String, String> properties) throws Exception {
        Files.createDirectories(folder);
        // Bound here and handed to the controller, so that its port is known before anything starts and nobody can take
        // it.
        ServerSocketChannel controllerSocket = ServerSocketChannel.open();
        try {
            controllerSocket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            return boot(folder, port, properties, controllerSocket);
        } catch (Throwable e) {
            controllerSocket.close();
            throw e;
        }
    }

    private static KafkaNode boot(
            Path folder, int port, Map<String, String> properties, ServerSocketChannel controllerSocket)
            throws Exception {
        int controllerPort = controllerSocket.socket().getLocalPort();
        Properties all = new Properties();
        all.putAll(NodeProperties.of(folder, port, controllerPort));
        all.putAll(properties);
        KafkaConfig kafka = KafkaConfig.fromProps(all, false);
        if (!Files.exists(folder.resolve("meta.properties"))) {
            format(folder);
        }
        Tuple2<MetaPropertiesEnsemble, BootstrapMetadata> dirs =
                KafkaRaftServer.initializeLogDirs(kafka, LOG, "[kafka] ");
        SharedServer shared = new SharedServer(
                kafka,
                dirs._1(),
                Time.SYSTEM,
                new Metrics(),
                CompletableFuture.completedFuture(
                        Map.of(NodeProperties.NODE_ID, new InetSocketAddress("127.0.0.1", controllerPort))),
                List.of(),
                new NonExiting(),
                new Prebound(controllerSocket));
        ControllerServer controller = new ControllerServer(shared, KafkaRaftServer.configSchema(), dirs._2());
        KafkaNode node = new KafkaNode(controller, new BrokerServer(shared));
        try {
            node.controller.startup();
            node.broker.startup();
        } catch (Throwable e) {
            node.close();
            throw e;
        }
        return node;
    }

    /** Makes a new folder Kafka's. */
    private static void format(Path folder) throws Exception {
        new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setClusterId(Uuid.randomUuid().toString())
                .setNodeId(NodeProperties.NODE_ID)
                .addDirectory(folder.toString())
                .setMetadataLogDirectory(folder.toString())
                .setControllerListenerName(NodeProperties.CONTROLLER_LISTENER)
                .setReleaseVersion(MetadataVersion.latestProduction())
                .setIgnoreFormatted(true)
                .run();
    }

    /** {@code host:port}, for a client's {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return "127.0.0.1:" + broker.boundPort(new ListenerName(NodeProperties.CLIENT_LISTENER));
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

    /** Faults are logged; the process that runs the tests goes on. */
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
            if (listenerName.equals(NodeProperties.CONTROLLER_LISTENER)) {
                controllerSocket.configureBlocking(false);
                return controllerSocket;
            }
            return ServerSocketFactory.INSTANCE.openServerSocket(listenerName, address, backlog, receiveBufferSize);
        }
    }
}
