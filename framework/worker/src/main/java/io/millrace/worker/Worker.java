package io.millrace.worker;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import io.millrace.plugin.discovery.Plugins;
import io.millrace.worker.client.KafkaClients;
import io.millrace.worker.client.TopicCreator;
import io.millrace.worker.connector.ConnectorSpec;
import io.millrace.worker.connector.ConnectorStatus;
import io.millrace.worker.connector.ConnectorValidation;
import io.millrace.worker.herder.Herder;
import io.millrace.worker.herder.MemoryConfigStore;
import io.millrace.worker.offset.OffsetImport;
import io.millrace.worker.task.TaskServices;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs connectors. Thread-safe. */
public final class Worker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    private static final long CHECK_SECONDS = 30;

    private final WorkerConfig config;
    private final TaskServices services;
    private final Herder herder;
    private boolean closed;

    private Worker(WorkerConfig config, TaskServices services, Herder herder) {
        this.config = config;
        this.services = services;
        this.herder = herder;
    }

    /** {@link #start(WorkerConfig, Plugins, Clock)} by the system's clock. */
    public static Worker start(WorkerConfig config, Plugins plugins) {
        return start(config, plugins, Clock.systemUTC());
    }

    /**
     * A worker without connectors; the offsets topic is made if it is missing.
     *
     * @param plugins stays the caller's to close, after the worker
     * @param clock of record timestamps, commits and restarts
     * @throws ProblemException ENVIRONMENT, {@code worker.broker-unreachable}, {@code worker.offset-topic}
     */
    public static Worker start(WorkerConfig config, Plugins plugins, Clock clock) {
        KafkaClients clients = new KafkaClients(config.bootstrapServers(), config.clientConfig());
        Admin admin = admin(config, clients);
        try {
            TopicCreator.create(admin, offsetTopic(config));
        } catch (ConnectException e) {
            admin.close(Duration.ZERO);
            throw unreachable(config, e);
        }
        try {
            checkCompacted(admin, config);
        } catch (ProblemException e) {
            admin.close(Duration.ZERO);
            throw e;
        }
        TaskServices services = new TaskServices(
                plugins,
                clients,
                admin,
                config.groupId(),
                config.offsetTopic(),
                config.converters(),
                config.offsetFlushInterval(),
                config.restarts(),
                clock,
                new AtomicLong(config.seed()));
        LOG.atInfo().addKeyValue("worker", config.workerId()).log("worker started");
        Herder herder = Herder.start(new MemoryConfigStore(), services, config.workerId(), config.gracefulShutdown());
        return new Worker(config, services, herder);
    }

    private static Admin admin(WorkerConfig config, KafkaClients clients) {
        try {
            return clients.admin(config.groupId() + "-admin");
        } catch (KafkaException e) {
            throw unreachable(config, e);
        }
    }

    private static ProblemException unreachable(WorkerConfig config, KafkaException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        boolean silent =
                cause instanceof TimeoutException || cause instanceof org.apache.kafka.common.errors.TimeoutException;
        return new ProblemException(
                ExitCode.ENVIRONMENT,
                Problem.error(
                        "worker.broker-unreachable",
                        config.bootstrapServers(),
                        "The broker at '" + config.bootstrapServers() + "' "
                                + (silent ? "does not answer." : "cannot be used: " + cause.getMessage() + "."),
                        "Check that it runs and that its address is right."),
                e);
    }

    /** With a retention the offsets of a quiet source would be gone one day, and it would begin anew. */
    private static void checkCompacted(Admin admin, WorkerConfig config) {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, config.offsetTopic());
        String policy;
        try {
            policy = admin.describeConfigs(List.of(topic)).all().get(CHECK_SECONDS, TimeUnit.SECONDS).values().stream()
                    .flatMap(found -> found.entries().stream())
                    .filter(entry -> entry.name().equals(TopicConfig.CLEANUP_POLICY_CONFIG))
                    .map(ConfigEntry::value)
                    .findFirst()
                    .orElse(TopicConfig.CLEANUP_POLICY_COMPACT);
        } catch (ExecutionException | TimeoutException e) {
            // It may be a matter of rights; the topic itself is there.
            LOG.atWarn()
                    .setCause(e)
                    .addKeyValue("topic", config.offsetTopic())
                    .log("its cleanup.policy cannot be read");
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        if (!TopicConfig.CLEANUP_POLICY_COMPACT.equals(policy)) {
            throw new ProblemException(
                    ExitCode.ENVIRONMENT,
                    Problem.error(
                            "worker.offset-topic",
                            config.offsetTopic(),
                            "The topic of source offsets '" + config.offsetTopic() + "' has cleanup.policy '" + policy
                                    + "', so offsets would be lost.",
                            "Set its cleanup.policy to 'compact', or name another topic."));
        }
    }

    private static NewTopic offsetTopic(WorkerConfig config) {
        Optional<Short> replication =
                config.offsetTopicReplication() > 0 ? Optional.of(config.offsetTopicReplication()) : Optional.empty();
        return new NewTopic(config.offsetTopic(), Optional.of(config.offsetTopicPartitions()), replication)
                .configs(Map.of("cleanup.policy", "compact"));
    }

    /**
     * Checks a configuration and starts the connector; does nothing where it runs with this very configuration, replaces it where it runs
     * with another. Returns before the connector's {@code start} has been called: {@link #status()} tells how that went.
     *
     * @param connectorConfig as for Kafka Connect; {@code name} is set from the name
     * @throws ProblemException YOURS, with everything that is wrong with it: {@code worker.connector-config}, {@code plugin.*}
     */
    public synchronized void deploy(String name, Map<String, String> connectorConfig) {
        if (closed) {
            throw new IllegalStateException("the worker is closed");
        }
        ConnectorSpec spec =
                ConnectorValidation.validate(services.plugins(), config.converters(), name, connectorConfig);
        herder.putConnector(name, spec.config(), Optional.empty(), true).join();
    }

    /**
     * Checks a configuration and starts nothing. Runs code of plugins, and so may take as long as they like.
     *
     * @return the configuration as it would be deployed, with {@code name}
     * @throws ProblemException as {@link #deploy}
     */
    public Map<String, String> validate(String name, Map<String, String> connectorConfig) {
        return ConnectorValidation.validate(services.plugins(), config.converters(), name, connectorConfig)
                .config();
    }

    /**
     * Takes over offsets of sources that another worker kept, in Kafka Connect's format; what this one's topic knows already stays.
     *
     * @return how many were new
     * @throws ConnectException if they cannot be written
     */
    public int importOffsets(List<Map.Entry<byte[], byte[]>> entries) {
        if (entries.isEmpty()) {
            return 0;
        }
        OffsetImport offsets = new OffsetImport(
                config.offsetTopic(), connector -> services.offsetReader(connector, "import-" + connector));
        try (Producer<byte[], byte[]> producer = services.clients().plainProducer(config.groupId() + "-import")) {
            return offsets.write(entries, producer);
        }
    }

    /** The plugins that connectors are made of. */
    public Plugins plugins() {
        return services.plugins();
    }

    /**
     * The id of the Kafka cluster.
     *
     * @throws ConnectException if the broker does not answer
     */
    public String clusterId() {
        try {
            return services.admin().describeCluster().clusterId().get(CHECK_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new ConnectException("The broker does not tell the id of its cluster: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException("Interrupted while the broker was asked for the id of its cluster.", e);
        }
    }

    /** Stops a connector for good and forgets it; its offsets stay. */
    public synchronized void undeploy(String name) {
        if (herder.config().connectors().containsKey(name)) {
            herder.removeConnector(name).join();
            herder.awaitStop(name);
        }
    }

    /** What decides what runs here: pauses, stops and restarts, and all else that Kafka Connect's users know. */
    public Herder herder() {
        return herder;
    }

    /** Of all connectors, by name; does not wait for a deployment under way. */
    public List<ConnectorStatus> status() {
        return herder.status();
    }

    /** Stops everything, all connectors at once; takes at most a few times the graceful shutdown time. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        herder.close();
        services.admin().close(Duration.ofSeconds(1));
        LOG.atInfo().addKeyValue("worker", config.workerId()).log("worker stopped");
    }
}
