package io.millrace.broker.storage;

import io.millrace.broker.storage.PartitionLog.Doomed;
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

/**
 * The partitions that the metadata knows. Changed by the metadata's thread, read by any.
 *
 * <p>Until {@link #start} the metadata is history: a partition that is deleted in it may have been made again since, so no folder is touched.
 */
final class KnownPartitions {
    private final ConcurrentMap<TopicPartition, PartitionLog> partitions = new ConcurrentHashMap<>();
    private final DataFolder.Contents found;
    private final boolean stoppedCleanly;
    private final Checkpoints checkpoints;
    private final Deletions deletions;
    private final PartitionLog.Parts parts;
    private volatile boolean started;

    KnownPartitions(
            DataFolder.Contents found,
            boolean stoppedCleanly,
            Checkpoints checkpoints,
            Deletions deletions,
            DataFolder folder,
            LogOpener opener,
            TopicConfigs configs,
            Compaction compaction,
            Time time) {
        this.found = found;
        this.stoppedCleanly = stoppedCleanly;
        this.checkpoints = checkpoints;
        this.deletions = deletions;
        this.parts = new PartitionLog.Parts(folder, opener, configs, compaction, this::forgetNamesake, time);
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
                parts.configs().set(resource.name(), image.configs().configProperties(resource));
            }
        }
        for (PartitionLog partition : partitions.values()) {
            if (changed.contains(new ConfigResource(
                    ConfigResource.Type.TOPIC, partition.name().topic()))) {
                partition.configure();
            }
        }
    }

    private void delete(TopicsDelta topics) {
        List<Doomed> doomed = new ArrayList<>();
        for (Uuid id : topics.deletedTopicIds()) {
            TopicImage topic = topics.image().getTopic(id);
            if (topic != null) {
                topic.partitions().keySet().forEach(number -> delete(new TopicPartition(topic.name(), number), doomed));
                parts.opener().forget(topic.name());
            }
        }
        if (!doomed.isEmpty()) {
            parts.compaction().forgetDeleted();
            deletions.later(doomed, parts.configs().defaults().fileDeleteDelayMs);
        }
    }

    private void delete(TopicPartition name, List<Doomed> doomed) {
        PartitionLog partition = partitions.remove(name);
        if (partition == null || !started) {
            return;
        }
        try {
            partition.delete().ifPresent(doomed::add);
        } catch (IOException e) {
            Upkeep.warn(
                    partition, e, "A deleted partition's folder could not be renamed; the next start sets it aside.");
        }
    }

    private void change(TopicDelta topic) {
        topic.partitionChanges().forEach((number, registration) -> {
            TopicPartition name = new TopicPartition(topic.name(), number);
            PartitionLog known = partitions.get(name);
            if (known != null && known.topicId().equals(topic.id())) {
                known.lead(registration.leaderEpoch);
            } else {
                partitions.put(name, make(name, topic.id(), registration.leaderEpoch));
            }
        });
    }

    private PartitionLog make(TopicPartition name, Uuid topicId, int leaderEpoch) {
        boolean exists = !started && found.partitions().contains(name);
        return new PartitionLog(
                name,
                topicId,
                leaderEpoch,
                exists,
                exists && stoppedCleanly,
                exists ? checkpoints.of(name) : new Checkpoints.Saved(0, 0, 0),
                parts);
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
    private void forgetNamesake(PartitionLog partition) {
        if (started && checkpoints.mentions(partition.name())) {
            checkpoints.write(partitions.values());
        }
    }
}
