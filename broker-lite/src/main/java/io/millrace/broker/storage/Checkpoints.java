package io.millrace.broker.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.storage.internals.checkpoint.OffsetCheckpointFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The three files that say per partition from where on its log may not be on the disk yet, where it starts, and where its high watermark
 * was. Partitions whose log was not opened keep what they had.
 */
final class Checkpoints {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
    private static final String RECOVERY_POINT = "recovery-point-offset-checkpoint";
    private static final String LOG_START = "log-start-offset-checkpoint";
    private static final String HIGH_WATERMARK = "replication-offset-checkpoint";
    private static final Set<String> FILES =
            Set.of(RECOVERY_POINT, LOG_START, HIGH_WATERMARK, "cleaner-offset-checkpoint");

    private final CheckpointFile recoveryPoints;
    private final CheckpointFile logStarts;
    private final CheckpointFile highWatermarks;

    Checkpoints(Path folder) {
        this.recoveryPoints = new CheckpointFile(folder.resolve(RECOVERY_POINT));
        this.logStarts = new CheckpointFile(folder.resolve(LOG_START));
        this.highWatermarks = new CheckpointFile(folder.resolve(HIGH_WATERMARK));
    }

    static boolean isCheckpoint(String fileName) {
        return FILES.contains(fileName.endsWith(".tmp") ? fileName.substring(0, fileName.length() - 4) : fileName);
    }

    Saved of(TopicPartition partition) {
        return new Saved(recoveryPoints.last(partition), logStarts.last(partition), highWatermarks.last(partition));
    }

    /**
     * Before a partition's first file: what a deleted namesake left is no longer in the files when this returns. Waits for a write that began
     * before the namesake was deleted.
     *
     * @throws IOException or KafkaStorageException if it may still be in them
     */
    synchronized void forget(TopicPartition partition, Collection<PartitionLog> present) throws IOException {
        if (recoveryPoints.mayMention(partition) || logStarts.mayMention(partition)) {
            Contents now = contents(present);
            recoveryPoints.write(now.recovery());
            logStarts.write(now.starts());
            highWatermarks.write(now.highs());
        }
    }

    /**
     * Writes all three where they changed. A file that cannot be written keeps its last content: then more is recovered than need be, and
     * records deleted by a client since may show again.
     */
    synchronized void write(Collection<PartitionLog> partitions) {
        Contents now = contents(partitions);
        recoveryPoints.tryWrite(now.recovery());
        logStarts.tryWrite(now.starts());
        highWatermarks.tryWrite(now.highs());
    }

    private static Contents contents(Collection<PartitionLog> partitions) {
        Map<TopicPartition, Long> recovery = new HashMap<>();
        Map<TopicPartition, Long> starts = new HashMap<>();
        Map<TopicPartition, Long> highs = new HashMap<>();
        for (PartitionLog partition : partitions) {
            if (partition.untouched()) {
                continue;
            }
            Saved saved = partition.saved();
            recovery.put(partition.name(), saved.recoveryPoint());
            highs.put(partition.name(), saved.highWatermark());
            if (saved.logStart() > 0) {
                starts.put(partition.name(), saved.logStart());
            }
        }
        return new Contents(recovery, starts, highs);
    }

    private record Contents(
            Map<TopicPartition, Long> recovery, Map<TopicPartition, Long> starts, Map<TopicPartition, Long> highs) {}

    /**
     * What is written down of one partition.
     *
     * @param logStart 0 where the first segment says it
     */
    record Saved(long recoveryPoint, long logStart, long highWatermark) {
        static final Saved NOTHING = new Saved(0, 0, 0);
    }

    /** One of them. */
    private static final class CheckpointFile {
        private final Path path;
        private volatile Map<TopicPartition, Long> last;
        /** Whether the file may say something else than {@link #last}. */
        private boolean unsure;

        CheckpointFile(Path path) {
            this.path = path;
            this.last = read();
        }

        long last(TopicPartition partition) {
            return last.getOrDefault(partition, 0L);
        }

        private Map<TopicPartition, Long> read() {
            try {
                return path.toFile().exists() ? file().read() : Map.of();
            } catch (IOException | RuntimeException e) {
                unsure = true;
                LOG.atWarn()
                        .addKeyValue("file", path)
                        .addKeyValue("error", Reason.of(e))
                        .log("A checkpoint cannot be read; the logs are looked at from their start.");
                return Map.of();
            }
        }

        boolean mayMention(TopicPartition partition) {
            return unsure || last(partition) > 0;
        }

        void write(Map<TopicPartition, Long> offsets) throws IOException {
            if (!unsure && offsets.equals(last)) {
                return;
            }
            unsure = true;
            file().write(offsets);
            last = offsets;
            unsure = false;
        }

        void tryWrite(Map<TopicPartition, Long> offsets) {
            try {
                write(offsets);
            } catch (IOException | KafkaStorageException e) {
                LOG.atWarn()
                        .addKeyValue("file", path)
                        .addKeyValue("error", Reason.of(e))
                        .log("A checkpoint could not be written; its last content stays.");
            }
        }

        private OffsetCheckpointFile file() throws IOException {
            return new OffsetCheckpointFile(path.toFile(), new DiskFailure(e -> {}));
        }
    }
}
