package io.millrace.broker.group;

import com.yammer.metrics.core.MetricsRegistry;
import io.millrace.broker.metadata.Metadata;
import io.millrace.broker.metadata.MetadataListener;
import io.millrace.broker.storage.Logs;
import io.millrace.broker.transaction.Verification;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.internals.Plugin;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.common.runtime.CoordinatorLoader;
import org.apache.kafka.coordinator.common.runtime.CoordinatorLoaderImpl;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
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
import org.apache.kafka.image.TopicsDelta;
import org.apache.kafka.server.authorizer.Authorizer;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.apache.kafka.server.share.persister.NoOpStatePersister;
import org.apache.kafka.server.util.timer.SystemTimer;
import org.apache.kafka.server.util.timer.SystemTimerReaper;
import org.apache.kafka.server.util.timer.Timer;
import org.apache.kafka.storage.internals.log.UnifiedLog;

/** Kafka's group coordinator on this broker's logs and metadata. */
public final class Groups implements MetadataListener, AutoCloseable {
    private final GroupCoordinator coordinator;
    /** Of its own: Kafka's static one would be shared with other brokers of the JVM. */
    private final MetricsRegistry registry = new MetricsRegistry();

    private final GroupCoordinatorMetrics metrics;
    private final int nodeId;
    /** The leader epochs of the partitions that are served. */
    private final Map<Integer, Integer> elected = new HashMap<>();

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
        Timer timer = new SystemTimerReaper("broker-group-reaper", new SystemTimer("broker-group-timer"));
        CoordinatorLoader<CoordinatorRecord> reader = new CoordinatorLoaderImpl<>(
                time,
                partition -> open(logs, partition),
                partition -> open(logs, partition).map(UnifiedLog::logEndOffset),
                new GroupCoordinatorRecordSerde(),
                settings.offsetsLoadBufferSize(),
                CoordinatorLoaderImpl.DEFAULT_COMMIT_INTERVAL_OFFSETS);
        this.coordinator = new GroupCoordinatorService.Builder(nodeId, settings)
                .withTime(time)
                .withTimer(timer)
                .withLoader(new PatientLoader<>(reader, logs, timer, time, this::electAgain))
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

    private static Optional<UnifiedLog> open(Logs logs, TopicPartition partition) {
        try {
            return Optional.of(logs.log(partition));
        } catch (UnknownTopicOrPartitionException e) {
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
            resignDeleted(delta.topicsDelta());
            elect(delta.topicsDelta());
        }
        if (delta.configsDelta() != null) {
            delta.configsDelta().changes().keySet().stream()
                    .filter(resource -> resource.type() == ConfigResource.Type.GROUP)
                    .forEach(resource -> coordinator.updateGroupConfig(
                            resource.name(), image.configs().configProperties(resource)));
        }
        coordinator.onMetadataUpdate(delta, image);
    }

    /** A topic made again begins with a new log and lower epochs, so nothing of the former may stay. */
    private synchronized void resignDeleted(TopicsDelta topics) {
        if (topics.topicWasDeleted(Topic.GROUP_METADATA_TOPIC_NAME)) {
            topics.image()
                    .getTopic(Topic.GROUP_METADATA_TOPIC_NAME)
                    .partitions()
                    .keySet()
                    .forEach(partition -> {
                        elected.remove(partition);
                        coordinator.onResignation(partition, OptionalInt.empty());
                    });
        }
    }

    private synchronized void elect(TopicsDelta topics) {
        TopicDelta topic = topics.changedTopics().values().stream()
                .filter(t -> t.name().equals(Topic.GROUP_METADATA_TOPIC_NAME))
                .findFirst()
                .orElse(null);
        if (topic == null) {
            return;
        }
        topic.partitionChanges().forEach((partition, now) -> {
            if (now.leader == nodeId) {
                elected.put(partition, now.leaderEpoch);
                coordinator.onElection(partition, now.leaderEpoch);
            } else {
                elected.remove(partition);
                coordinator.onResignation(partition, OptionalInt.of(now.leaderEpoch));
            }
        });
    }

    /** Loads a partition from the start again, which Kafka's coordinator does only with a new epoch, or after it was let go. */
    private synchronized void electAgain(TopicPartition partition) {
        Integer epoch = elected.get(partition.partition());
        if (epoch != null) {
            coordinator.onResignation(partition.partition(), OptionalInt.empty());
            coordinator.onElection(partition.partition(), epoch);
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            elected.clear();
        }
        coordinator.shutdown();
        metrics.close();
    }
}
