package io.millrace.broker.server;

import io.millrace.broker.metadata.ConfigValidator;
import io.millrace.broker.metadata.Metadata;
import io.millrace.broker.metadata.NodeIdentity;
import io.millrace.broker.network.ConnectionLimits;
import io.millrace.broker.network.Listener;
import io.millrace.broker.network.SocketServer;
import io.millrace.broker.request.BrokerApis;
import io.millrace.broker.request.BrokerSettings;
import io.millrace.broker.request.RecoveredLogs;
import io.millrace.broker.request.Services;
import io.millrace.broker.request.Traffic;
import io.millrace.broker.security.Access;
import io.millrace.broker.security.Audited;
import io.millrace.broker.security.Authorization;
import io.millrace.broker.security.Credentials;
import io.millrace.broker.security.FirstCredentials;
import io.millrace.broker.storage.LogStore;
import io.millrace.broker.storage.StorageConfig;
import io.millrace.broker.transaction.TransactionSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.memory.MemoryPool;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.transaction.TransactionLogConfig;
import org.apache.kafka.metadata.BrokerState;
import org.apache.kafka.server.config.ServerLogConfigs;
import org.apache.kafka.server.util.KafkaScheduler;
import org.apache.kafka.storage.internals.log.CleanerConfig;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A whole broker: one node, no Raft, no Scala. Parts are started bottom-up (folder, metadata, logs, coordinators, sockets) and stopped in the
 * other order, so that no part outlives what it needs. Several may run in one JVM.
 */
public final class LightBroker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LightBroker.class);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(2);

    /** What was started, latest first. */
    private final Deque<Started> started = new ArrayDeque<>();

    private final BrokerProperties config;
    private final Endpoints endpoints;

    private record Started(String name, AutoCloseable part) {}

    private LightBroker(BrokerProperties config, Endpoints endpoints) {
        this.config = config;
        this.endpoints = endpoints;
    }

    /**
     * Starts a broker and returns when it serves.
     *
     * @param properties as in a server.properties; what a node that is alone does not need is ignored
     * @throws IOException if the folder cannot be read or written, or a listener cannot be bound; nothing is left running then
     */
    public static LightBroker start(Path folder, Map<String, String> properties) throws IOException {
        BrokerProperties config = new BrokerProperties(properties);
        return start(folder, config);
    }

    /** The same with properties that have been read. */
    public static LightBroker start(Path folder, BrokerProperties config) throws IOException {
        LightBroker broker = new LightBroker(config, Endpoints.of(config));
        try {
            broker.open(folder);
            return broker;
        } catch (IOException | RuntimeException | Error e) {
            broker.close();
            throw e;
        }
    }

    private void open(Path folder) throws IOException {
        Time time = Time.SYSTEM;
        Insight insight = started("metrics", Insight.of(config));
        KafkaScheduler scheduler = new KafkaScheduler(config.backgroundThreads(), true, "broker-background-");
        scheduler.startup();
        // Kafka's waits a day for its tasks
        started("scheduler", new BoundedStop("scheduler", scheduler::shutdown, STOP_PATIENCE));
        insight.follow(scheduler);
        LogStore logs = started("logs", LogStore.open(storage(folder), scheduler, time));
        // stopped before the logs, which could not be closed while a client's request recovers one
        IoPool recovering = started("recovery", new IoPool("broker-recovery-", config.numRecoveryThreadsPerDataDir()));
        IoPool io = started("io", new IoPool("broker-io-", config.numIoThreads()));
        NodeIdentity identity = NodeIdentity.of(folder, config.nodeId());
        Optional<Authorization> authorization = Authorization.configured(config, insight.metrics());
        authorization.ifPresent(a -> started("authorizer", a));
        List<Listener> listeners = endpoints.listeners();
        ConnectionLimits limits = Limits.connections(config, listeners);
        SocketServer sockets = SocketServer.bind(listeners, config, insight.metrics(), time, limits);
        started("sockets", sockets);
        Metadata metadata = started(
                "metadata",
                SharedRegistry.made(
                        insight.measures(),
                        SharedRegistry::isOfMetadata,
                        () -> Metadata.open(
                                folder.toFile(), identity, config, endpoints.advertised(sockets), scheduler, time)));
        metadata.follow(logs::onMetadata);
        logs.start();
        Credentials credentials = new Credentials();
        metadata.follow(credentials);
        FirstCredentials.make(config.originals(), metadata);
        authorization.ifPresent(a -> a.start(metadata, endpoints.advertised(sockets)));
        Access access = new Access(authorization.map(Authorization::authorizer));
        Coordinators coordinators = Coordinators.start(
                new Coordinators.Base(config, metadata, logs, scheduler, io, insight, time),
                access.authorizer(),
                (name, part) -> started(name, new BoundedStop(name, part, STOP_PATIENCE)));
        Traffic traffic = new Traffic(
                insight.measures(), topic -> metadata.image().topics().getTopic(topic) != null);
        metadata.follow(traffic);
        RecoveredLogs recovered = new RecoveredLogs(logs, recovering);
        Services services = new Services(config, metadata, logs, access, io, recovered, scheduler, time, traffic);
        BrokerSettings settings =
                new BrokerSettings(metadata, config, BrokerProperties::new, ChangedProperties::follows);
        metadata.checkAgainst(settings::current);
        metadata.follow(new LogDefaults(settings, logs));
        metadata.follow(new ChangedProperties(settings, limits, io, scheduler));
        BrokerApis apis = started(
                "requests",
                SharedRegistry.made(
                        insight.measures(),
                        SharedRegistry::isOfRequests,
                        () -> new BrokerApis(
                                services,
                                logs,
                                settings,
                                coordinators.creation(),
                                coordinators.groups().coordinator(),
                                coordinators.transactions(),
                                coordinators.verification())));
        metadata.serve();
        listen(sockets, apis, credentials, new Vitals(insight, metadata, logs, sockets::isServing), scheduler);
        insight.state(BrokerState.RUNNING);
    }

    private void listen(
            SocketServer sockets, BrokerApis apis, Credentials credentials, Vitals vitals, KafkaScheduler scheduler)
            throws IOException {
        MemoryPool memory = Limits.requests(config, vitals.insight().metrics());
        vitals.add(memory);
        sockets.start(
                new RequestMeasures(
                        new Audited(apis.dispatcher()), vitals.insight().measures()),
                credentials.provider(),
                memory);
        if (sockets.isEncrypted()) {
            long every = config.keyCheckMillis();
            scheduler.schedule("key-files", sockets::reloadKeys, every, every);
        }
        // connections end before anything else does
        started("connections", sockets);
        Optional<InetSocketAddress> http = config.http();
        if (http.isPresent()) {
            started("http", Operation.start(http.get(), vitals::text, vitals::healthy, vitals::ready));
        }
    }

    private StorageConfig storage(Path folder) {
        StorageConfig defaults = StorageConfig.in(folder);
        TransactionLogConfig producers = new TransactionLogConfig(config);
        return new StorageConfig(
                folder,
                new LogConfig(ConfigValidator.logDefaults(config)),
                config.numRecoveryThreadsPerDataDir(),
                Duration.ofSeconds(1),
                Duration.ofMillis(config.getLong(ServerLogConfigs.LOG_CLEANUP_INTERVAL_MS_CONFIG)),
                Duration.ofMillis(config.getInt(ServerLogConfigs.LOG_FLUSH_OFFSET_CHECKPOINT_INTERVAL_MS_CONFIG)),
                new CleanerConfig(config),
                TransactionSettings.of(config).maxTimeout(),
                new ProducerStateManagerConfig(
                        producers.producerIdExpirationMs(), producers.transactionPartitionVerificationEnable()),
                Duration.ofMillis(producers.producerIdExpirationCheckIntervalMs()),
                defaults.reserveBytes());
    }

    private <T extends AutoCloseable> T started(String name, T part) {
        started.push(new Started(name, part));
        return part;
    }

    /** {@code host:port} of the first listener. */
    public String bootstrapServers() {
        return bootstrapServers(endpoints.bound().get(0).listener());
    }

    /** {@code host:port} of a listener. */
    public String bootstrapServers(String listener) {
        return endpoints.bootstrap(sockets(), listener);
    }

    private SocketServer sockets() {
        return part(SocketServer.class);
    }

    /** A part of the running broker. */
    <T> T part(Class<T> type) {
        return parts(type).findFirst().orElseThrow(() -> new IllegalStateException("the broker is closed"));
    }

    private <T> Stream<T> parts(Class<T> type) {
        return started.stream().map(Started::part).filter(type::isInstance).map(type::cast);
    }

    /** Stops cleanly. Bounded in time. */
    @Override
    public synchronized void close() {
        parts(Insight.class).forEach(insight -> insight.state(BrokerState.SHUTTING_DOWN));
        while (!started.isEmpty()) {
            Started part = started.pop();
            try {
                part.part().close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                LOG.atWarn().setCause(e).log("The broker's {} did not stop cleanly", part.name());
            }
        }
    }
}
