package io.millrace.broker.group;

import com.yammer.metrics.core.MetricsRegistry;
import io.millrace.broker.metadata.Metadata;
import io.millrace.broker.metadata.MetadataListener;
import io.millrace.broker.storage.Logs;
import io.millrace.broker.transaction.Verification;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.internals.Plugin;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.common.runtime.CoordinatorLoaderImpl;
import org.apache.kafka.coordinator.group.GroupConfigManager;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.apache.kafka.coordinator.group.GroupCoordinatorService;
import org.apache.kafka.coordinator.group.metrics.GroupCoordinatorMetrics;
import org.apache.kafka.coordinator.group.metrics.GroupCoordinatorRuntimeMetrics;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupConfig;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.TopicDelta;
import org.apache.kafka.server.authorizer.Authorizer;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.apache.kafka.server.share.persister.NoOpStatePersister;
import org.apache.kafka.server.util.timer.SystemTimer;
import org.apache.kafka.server.util.timer.SystemTimerReaper;
import org.apache.kafka.storage.internals.log.UnifiedLog;

/** Kafka's group coordinator on this broker's logs and metadata. */
public final class Groups implements MetadataListener, AutoCloseable {
    private final GroupCoordinator coordinator;
    /** Of its own: Kafka's static one would be shared with other brokers of the JVM. */
    private final MetricsRegistry registry = new MetricsRegistry();

    private final GroupCoordinatorMetrics metrics;
    private final int nodeId;

    /** Makes a coordinator that answers when {@link #start} has been called and its topic has a leader. */
    public Groups(
            AbstractKafkaConfig config,
            Metadata metadata,
            Logs logs,
            Verification verification,
            Optional<Plugin<Authorizer>> authorizer,
            Metrics metrics,
            Time time) {
        GroupCoordinatorConfig settings = new GroupCoordinatorConfig(config);
        ShareGroupConfig shareGroups = new ShareGroupConfig(config);
        this.nodeId = metadata.identity().nodeId();
        this.metrics = new GroupCoordinatorMetrics(registry, metrics);
        this.coordinator = new GroupCoordinatorService.Builder(nodeId, settings)
                .withTime(time)
                .withTimer(new SystemTimerReaper("broker-group-reaper", new SystemTimer("broker-group-timer")))
                .withLoader(new CoordinatorLoaderImpl<>(
                        time,
                        partition -> open(logs, partition),
                        partition -> open(logs, partition).map(UnifiedLog::logEndOffset),
                        new GroupCoordinatorRecordSerde(),
                        settings.offsetsLoadBufferSize(),
                        CoordinatorLoaderImpl.DEFAULT_COMMIT_INTERVAL_OFFSETS))
                .withWriter(new LogWriter(logs, verification))
                .withCoordinatorRuntimeMetrics(new GroupCoordinatorRuntimeMetrics(metrics))
                .withGroupCoordinatorMetrics(this.metrics)
                .withGroupConfigManager(
                        new GroupConfigManager(settings.extractGroupConfigMap(shareGroups), settings, shareGroups))
                .withPersister(new NoOpStatePersister())
                .withAuthorizerPlugin(authorizer)
                .withPartitionMetadataClient(new EndOffsets(logs))
                .build();
    }

    private static Optional<UnifiedLog> open(Logs logs, org.apache.kafka.common.TopicPartition partition) {
        try {
            return Optional.of(logs.log(partition));
        } catch (KafkaStorageException | org.apache.kafka.common.errors.UnknownTopicOrPartitionException e) {
            return Optional.empty();
        }
    }

    /** Kafka's coordinator, which answers requests of groups. */
    public GroupCoordinator coordinator() {
        return coordinator;
    }

    /** Where the coordinator puts its gauges. */
    public MetricsRegistry registry() {
        return registry;
    }

    /** @param partitions of the coordinator's topic, once it exists or by configuration */
    public void start(java.util.function.IntSupplier partitions) {
        coordinator.startup(partitions);
    }

    @Override
    public void onMetadata(MetadataDelta delta, MetadataImage image) {
        if (delta.topicsDelta() != null) {
            elect(delta);
        }
        if (delta.configsDelta() != null) {
            delta.configsDelta().changes().keySet().stream()
                    .filter(resource -> resource.type() == ConfigResource.Type.GROUP)
                    .forEach(resource -> coordinator.updateGroupConfig(
                            resource.name(), image.configs().configProperties(resource)));
        }
        coordinator.onMetadataUpdate(delta, image);
    }

    private void elect(MetadataDelta delta) {
        TopicDelta topic = delta.topicsDelta().changedTopics().values().stream()
                .filter(t -> t.name().equals(Topic.GROUP_METADATA_TOPIC_NAME))
                .findFirst()
                .orElse(null);
        if (topic == null) {
            return;
        }
        topic.partitionChanges().forEach((partition, now) -> {
            if (now.leader == nodeId) {
                coordinator.onElection(partition, now.leaderEpoch);
            } else {
                coordinator.onResignation(partition, java.util.OptionalInt.of(now.leaderEpoch));
            }
        });
    }

    @Override
    public void close() {
        coordinator.shutdown();
        metrics.close();
    }
}
