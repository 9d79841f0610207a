package io.millrace.broker.storage;

import io.millrace.broker.storage.Deletions.Doomed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.utils.Time;

/**
 * Deleted partitions whose folder still has its name, because their log was just being opened, or because the folder could not be renamed.
 * Nearly always there are none: a partition leaves while it is added. Thread-safe.
 */
final class Leaving {
    /** How long a new partition waits for the former one of its name, whose opening was interrupted. */
    private static final long NAMESAKE_MILLIS = 5_000;

    private static final long CLOSE_MILLIS = 1_000;

    private final Deletions deletions;
    private final TopicConfigs configs;
    private final Compaction compaction;
    private final Queue<PartitionLog> partitions = new ConcurrentLinkedQueue<>();
    private final Set<PartitionLog> told = ConcurrentHashMap.newKeySet();

    Leaving(Deletions deletions, TopicConfigs configs, Compaction compaction) {
        this.deletions = deletions;
        this.configs = configs;
        this.compaction = compaction;
    }

    /** Ends partitions. Waits for none that is being opened. */
    void add(List<PartitionLog> deleted) {
        deleted.forEach(PartitionLog::abolish);
        partitions.addAll(deleted);
        retry();
    }

    /** Tries again what could not be done before, without waiting. */
    void retry() {
        List<Doomed> doomed = new ArrayList<>();
        for (PartitionLog partition : partitions) {
            tryEnd(partition, 0, doomed);
        }
        delete(doomed);
    }

    private boolean tryEnd(PartitionLog partition, long patienceMillis, List<Doomed> doomed) {
        try {
            return end(partition, patienceMillis, doomed);
        } catch (IOException | RuntimeException e) {
            if (told.add(partition)) {
                Upkeep.warn(partition, e, "A deleted partition's folder could not be renamed; it is tried again.");
            }
            return false;
        }
    }

    private boolean end(PartitionLog partition, long patienceMillis, List<Doomed> doomed) throws IOException {
        if (!partition.delete(patienceMillis, doomed::add)) {
            return false;
        }
        partitions.remove(partition);
        told.remove(partition);
        return true;
    }

    private void delete(List<Doomed> doomed) {
        if (!doomed.isEmpty()) {
            compaction.forgetDeleted();
            deletions.later(doomed, configs.defaults().fileDeleteDelayMs);
        }
    }

    /**
     * Waits until former partitions of a name, those of other topics, have given up the folder.
     *
     * @throws IOException or KafkaStorageException if one has not
     */
    void await(TopicPartition name, Uuid topicId) throws IOException {
        List<Doomed> doomed = new ArrayList<>();
        try {
            for (PartitionLog former : partitions) {
                boolean namesake =
                        former.name().equals(name) && !former.topicId().equals(topicId);
                if (namesake && !end(former, NAMESAKE_MILLIS, doomed)) {
                    throw new KafkaStorageException(
                            "The deleted topic of the same name has not given up the folder of " + name + " yet.");
                }
            }
        } finally {
            delete(doomed);
        }
    }

    /** Gives those that are left a moment. */
    void close(Time time) {
        List<Doomed> doomed = new ArrayList<>();
        long until = time.nanoseconds() + TimeUnit.MILLISECONDS.toNanos(CLOSE_MILLIS);
        for (PartitionLog partition : partitions) {
            long left = TimeUnit.NANOSECONDS.toMillis(until - time.nanoseconds());
            if (!tryEnd(partition, Math.max(0, left), doomed)) {
                Upkeep.warn(partition, "A deleted partition's folder keeps its name; the next start sets it aside.");
            }
        }
        delete(doomed);
    }
}
