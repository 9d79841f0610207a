package io.millrace.broker.metadata;

import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.common.Endpoint;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.controller.Controller;
import org.apache.kafka.controller.ControllerRequestContext;
import org.apache.kafka.controller.QuorumController;
import org.apache.kafka.controller.QuorumFeatures;
import org.apache.kafka.controller.metrics.QuorumControllerMetrics;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.metadata.BrokerRegistration;
import org.apache.kafka.metadata.KRaftMetadataCache;
import org.apache.kafka.metadata.KafkaConfigSchema;
import org.apache.kafka.metadata.bootstrap.BootstrapMetadata;
import org.apache.kafka.raft.MetadataLogConfig;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.KRaftVersion;
import org.apache.kafka.server.common.MetadataVersion;
import org.apache.kafka.server.common.ShareVersion;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.apache.kafka.server.config.DefaultSupportedConfigChecker;
import org.apache.kafka.server.config.ServerTopicConfigSynonyms;
import org.apache.kafka.server.fault.FaultHandler;
import org.apache.kafka.server.fault.LoggingFaultHandler;
import org.apache.kafka.server.util.Scheduler;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.jspecify.annotations.Nullable;

/**
 * What the node knows of topics, configurations, access lists and credentials, and the controller that changes it. Starts in two steps:
 * {@link #open} reads the log and fences the node's former life, so that no partition has a leader; {@link #serve} lets it lead when all parts
 * follow. Thread-safe.
 */
public final class Metadata implements AutoCloseable {
    private static final long STEP_SECONDS = 30;
    /** Nobody but this process could take the node's place, so its session never ends. */
    private static final long SESSION_NANOS = Long.MAX_VALUE / 4;

    private final NodeIdentity identity;
    private final MetadataLog log;
    private final Images images;
    private final Controller controller;
    private final KRaftMetadataCache cache;
    private final ConfigValidator validator;
    private final Policies policies;
    private volatile long brokerEpoch = -1;

    private Metadata(
            NodeIdentity identity,
            MetadataLog log,
            Images images,
            Controller controller,
            KRaftMetadataCache cache,
            ConfigValidator validator,
            Policies policies) {
        this.identity = identity;
        this.log = log;
        this.images = images;
        this.controller = controller;
        this.cache = cache;
        this.validator = validator;
        this.policies = policies;
    }

    /**
     * Reads the metadata of a data folder and registers the node in it.
     *
     * @param endpoints where clients reach the node
     * @throws IOException if the log cannot be read or written
     */
    public static Metadata open(
            File folder,
            NodeIdentity identity,
            AbstractKafkaConfig config,
            List<Endpoint> endpoints,
            Scheduler scheduler,
            Time time)
            throws IOException {
        FaultHandler faults = new LoggingFaultHandler("metadata", () -> {});
        Policies policies = Policies.configured(config);
        MetadataLog log;
        try {
            log = MetadataLog.open(folder, identity.nodeId(), new MetadataLogConfig(config), scheduler, time);
        } catch (IOException | RuntimeException | Error e) {
            policies.close();
            throw e;
        }
        DefaultSupportedConfigChecker supported = new DefaultSupportedConfigChecker();
        long snapshotBytes = config.getLong(MetadataLogConfig.METADATA_SNAPSHOT_MAX_NEW_RECORD_BYTES_CONFIG);
        Images images = new Images(log, snapshotBytes, supported, faults, time);
        KRaftMetadataCache cache = new KRaftMetadataCache(identity.nodeId(), () -> KRaftVersion.KRAFT_VERSION_0);
        try {
            log.register(images);
            ConfigValidator validator = new ConfigValidator(config);
            Controller controller = controller(identity, config, log, validator, policies, supported, faults, time);
            Metadata metadata = new Metadata(identity, log, images, controller, cache, validator, policies);
            metadata.await(metadata.onThread(() -> {}));
            metadata.brokerEpoch = metadata.register(
                    metadata.incarnation(), endpoints, config.rack().orElse(null));
            metadata.heartbeat(true);
            metadata.follow((delta, image) -> cache.setImage(image));
            return metadata;
        } catch (RuntimeException | Error e) {
            log.close();
            policies.close();
            throw e;
        } catch (Exception e) {
            log.close();
            policies.close();
            throw new IllegalStateException("the controller could not be made", e);
        }
    }

    private static Controller controller(
            NodeIdentity identity,
            AbstractKafkaConfig config,
            MetadataLog log,
            ConfigValidator validator,
            Policies policies,
            DefaultSupportedConfigChecker supported,
            FaultHandler faults,
            Time time)
            throws Exception {
        KafkaConfigSchema schema = new KafkaConfigSchema(
                Map.of(
                        ConfigResource.Type.BROKER,
                        new ConfigDef(AbstractKafkaConfig.CONFIG_DEF),
                        ConfigResource.Type.TOPIC,
                        LogConfig.configDefCopy()),
                ServerTopicConfigSynonyms.ALL_TOPIC_CONFIG_SYNONYMS);
        return new QuorumController.Builder(identity.nodeId(), identity.clusterId())
                .setTime(time)
                .setThreadNamePrefix("broker-controller-")
                .setConfigSchema(schema)
                .setRaftClient(log)
                .setQuorumFeatures(new QuorumFeatures(
                        identity.nodeId(),
                        QuorumFeatures.defaultSupportedFeatureMap(false),
                        List.of(identity.nodeId())))
                .setDefaultReplicationFactor((short) 1)
                .setDefaultNumPartitions(config.getInt("num.partitions"))
                .setSessionTimeoutNs(SESSION_NANOS)
                .setMetrics(new QuorumControllerMetrics(java.util.Optional.empty(), time, Integer.MAX_VALUE))
                .setCreateTopicPolicy(policies.creation())
                .setAlterConfigPolicy(policies.alteration())
                .setConfigurationValidator(validator)
                .setSupportedConfigChecker(supported)
                .setStaticConfig(config.originals())
                .setBootstrapMetadata(bootstrap())
                .setFatalFaultHandler(faults)
                .setNonFatalFaultHandler(faults)
                .build();
    }

    /** What {@code kafka-storage format} gives a new cluster, without share groups: they are not served. */
    private static BootstrapMetadata bootstrap() {
        MetadataVersion version = MetadataVersion.latestProduction();
        Map<String, Short> features = new java.util.HashMap<>();
        for (Feature feature : Feature.PRODUCTION_FEATURES) {
            if (!feature.featureName().equals(ShareVersion.FEATURE_NAME)) {
                features.put(feature.featureName(), feature.latestProduction());
            }
        }
        return BootstrapMetadata.fromVersions(version, features, "the first start");
    }

    /**
     * Under which incarnation to register. A life that was cut off still has a session, which only itself may go on with; one that Kafka's
     * broker ended in order is fenced and on its way out, and another must take its place.
     */
    private Uuid incarnation() {
        BrokerRegistration former = images.current().cluster().broker(identity.nodeId());
        return former == null || former.fenced() ? Uuid.randomUuid() : former.incarnationId();
    }

    private long register(Uuid incarnation, List<Endpoint> endpoints, @Nullable String rack) {
        BrokerRegistrationRequestData request = new BrokerRegistrationRequestData()
                .setBrokerId(identity.nodeId())
                .setClusterId(identity.clusterId())
                .setIncarnationId(incarnation)
                .setRack(rack)
                .setLogDirs(List.of(identity.directoryId()));
        for (Endpoint endpoint : endpoints) {
            request.listeners()
                    .add(new BrokerRegistrationRequestData.Listener()
                            .setName(endpoint.listener())
                            .setHost(endpoint.host())
                            .setPort(endpoint.port())
                            .setSecurityProtocol(endpoint.securityProtocol().id));
        }
        QuorumFeatures.defaultSupportedFeatureMap(false).forEach((name, range) -> request.features()
                .add(new BrokerRegistrationRequestData.Feature()
                        .setName(name)
                        .setMinSupportedVersion(range.min())
                        .setMaxSupportedVersion(range.max())));
        return await(controller.registerBroker(ownContext(), request)).epoch();
    }

    private void heartbeat(boolean fence) {
        await(controller.processBrokerHeartbeat(
                ownContext(),
                new BrokerHeartbeatRequestData()
                        .setBrokerId(identity.nodeId())
                        .setBrokerEpoch(brokerEpoch)
                        .setCurrentMetadataOffset(log.logEndOffset())
                        .setWantFence(fence)));
    }

    /** Lets the node lead its partitions; each gets a new leader epoch. Returns when all parts have been told. */
    public void serve() {
        heartbeat(false);
    }

    /** Adds a part that follows the metadata, and returns when it has what is known so far. */
    public void follow(MetadataListener listener) {
        await(onThread(() -> images.add(listener)));
    }

    /** Lets changes of configuration be checked against the broker's properties as they are then, not as they were at the start. */
    public void checkAgainst(Supplier<AbstractKafkaConfig> current) {
        validator.follow(current);
    }

    private CompletableFuture<Void> onThread(Runnable task) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        log.onThread(() -> {
            try {
                task.run();
                done.complete(null);
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    private static <T> T await(CompletableFuture<T> step) {
        try {
            return step.get(STEP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the metadata was starting", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the metadata could not be started: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("the metadata did not start within " + STEP_SECONDS + " s", e);
        }
    }

    public Controller controller() {
        return controller;
    }

    /** The metadata as it is now. */
    public MetadataImage image() {
        return images.current();
    }

    /** Questions to the metadata, as Kafka's broker asks them. */
    public KRaftMetadataCache cache() {
        return cache;
    }

    public NodeIdentity identity() {
        return identity;
    }

    /** The epoch of this life of the node, for requests to the controller that only its broker may make. */
    public long brokerEpoch() {
        return brokerEpoch;
    }

    /** For requests that the node makes for itself. */
    public ControllerRequestContext ownContext() {
        return new ControllerRequestContext(new RequestHeaderData(), KafkaPrincipal.ANONYMOUS, OptionalLong.empty());
    }

    @Override
    public void close() {
        controller.beginShutdown();
        try {
            controller.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            log.close();
            policies.close();
        }
    }
}
