package io.millrace.broker.storage;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.TopicDelta;
import org.apache.kafka.image.TopicImage;
import org.apache.kafka.image.TopicsDelta;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions that the metadata knows. Changed by the metadata's thread, read by any.
 *
 * <p>Until {@link #start} the metadata is history: a partition that is deleted in it may have been made again since, so no folder is touched.
 */
final class KnownPartitions {
    private static final Logger LOG = LoggerFactory.getLogger(KnownPartitions.class);

    private final ConcurrentMap<TopicPartition, PartitionLog> partitions = new ConcurrentHashMap<>();
    private final DataFolder.Contents found;
    private final boolean stoppedCleanly;
    private final Checkpoints checkpoints;
    private final PartitionParts parts;
    private volatile boolean started;

    KnownPartitions(
            DataFolder.Contents found,
            boolean stoppedCleanly,
            Checkpoints checkpoints,
            DataFolder folder,
            LogOpener opener,
            TopicConfigs configs,
            Compaction compaction,
            Leaving leaving,
            Time time) {
        this.found = found;
        this.stoppedCleanly = stoppedCleanly;
        this.checkpoints = checkpoints;
        this.parts = new PartitionParts(folder, opener, configs, compaction, leaving, this::forgetNamesake, time);
    }

    @Nullable
    PartitionLog get(TopicPartition partition) {
        return partitions.get(partition);
    }

    Collection<PartitionLog> all() {
        return partitions.values();
    }

    boolean started() {
        return started;
    }

    void onMetadata(MetadataDelta delta, MetadataImage image) {
        if (delta.configsDelta() != null) {
            takeSettings(delta.configsDelta().changes().keySet(), image);
        }
        TopicsDelta topics = delta.topicsDelta();
        if (topics != null) {
            delete(topics);
            topics.changedTopics().values().forEach(this::change);
        }
    }

    private void takeSettings(Set<ConfigResource> changed, MetadataImage image) {
        for (ConfigResource resource : changed) {
            if (resource.type() == ConfigResource.Type.TOPIC) {
                takeSettings(resource, image);
            }
        }
        for (PartitionLog partition : partitions.values()) {
            if (changed.contains(new ConfigResource(
                    ConfigResource.Type.TOPIC, partition.name().topic()))) {
                attempt(partition, "A log could not take over its topic's settings.", partition::configure);
            }
        }
    }

    private void takeSettings(ConfigResource topic, MetadataImage image) {
        try {
            parts.configs().set(topic.name(), image.configs().configProperties(topic));
        } catch (RuntimeException e) {
            LOG.atError()
                    .setCause(e)
                    .addKeyValue("topic", topic.name())
                    .log("The settings of a topic cannot be used; it keeps those it had.");
        }
    }

    /** Does something with one partition, whose error must not keep the change from the others. */
    private static void attempt(PartitionLog partition, String failure, Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            LOG.atError()
                    .setCause(e)
                    .addKeyValue("topic", partition.name().topic())
                    .addKeyValue("partition", partition.name().partition())
                    .log(failure);
        }
    }

    private void delete(TopicsDelta topics) {
        List<PartitionLog> deleted = new ArrayList<>();
        for (Uuid id : topics.deletedTopicIds()) {
            TopicImage topic = topics.image().getTopic(id);
            if (topic != null) {
                topic.partitions().keySet().forEach(number -> take(new TopicPartition(topic.name(), number), deleted));
                parts.opener().forget(topic.name());
            }
        }
        if (started) {
            parts.leaving().add(deleted);
        }
    }

    private void take(TopicPartition name, List<PartitionLog> deleted) {
        PartitionLog partition = partitions.remove(name);
        if (partition != null) {
            deleted.add(partition);
        }
    }

    private void change(TopicDelta topic) {
        topic.partitionChanges().forEach((number, registration) -> {
            TopicPartition name = new TopicPartition(topic.name(), number);
            PartitionLog known = partitions.get(name);
            if (known != null && known.topicId().equals(topic.id())) {
                attempt(
                        known,
                        "A log could not write down its leader's epoch.",
                        () -> known.lead(registration.leaderEpoch));
            } else {
                partitions.put(name, make(name, topic.id(), registration.leaderEpoch));
            }
        });
    }

    private PartitionLog make(TopicPartition name, Uuid topicId, int leaderEpoch) {
        boolean exists = !started && found.partitions().contains(name);
        FilesAtRest files = new FilesAtRest(
                name,
                topicId,
                exists,
                exists && stoppedCleanly,
                exists ? checkpoints.of(name) : Checkpoints.Saved.NOTHING,
                parts);
        return new PartitionLog(files, leaderEpoch, parts);
    }

    /** The metadata of earlier runs is complete: folders that it does not know are set aside. */
    void start() {
        started = true;
        for (TopicPartition name : found.partitions()) {
            if (!partitions.containsKey(name)) {
                setAside(name);
            }
        }
    }

    private void setAside(TopicPartition name) {
        DataFolder folder = parts.folder();
        try {
            folder.setAside(folder.of(name), name, "the metadata does not know the partition");
        } catch (IOException e) {
            throw new ProblemException(
                    ExitCode.ENVIRONMENT,
                    Problem.error(
                            "broker.folder-unwritable",
                            folder.of(name).toString(),
                            "The folder of a partition that is not in the metadata cannot be renamed: " + Reason.of(e)
                                    + ".",
                            "Move it away."),
                    e);
        }
    }

    /** Before a folder is made: what was written down of a deleted partition of this name must not be taken for this one's. */
    private void forgetNamesake(TopicPartition name) throws IOException {
        if (started) {
            checkpoints.forget(name, partitions.values());
        }
    }
}
