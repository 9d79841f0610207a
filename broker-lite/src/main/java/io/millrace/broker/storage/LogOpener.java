package io.millrace.broker.storage;

import io.millrace.foundation.error.Problem;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.checkpoint.LeaderEpochCheckpointFile;
import org.apache.kafka.storage.internals.checkpoint.PartitionMetadata;
import org.apache.kafka.storage.internals.checkpoint.PartitionMetadataFile;
import org.apache.kafka.storage.internals.epoch.LeaderEpochFileCache;
import org.apache.kafka.storage.internals.log.LoadedLogOffsets;
import org.apache.kafka.storage.internals.log.LocalLog;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogLoader;
import org.apache.kafka.storage.internals.log.LogOffsetsListener;
import org.apache.kafka.storage.internals.log.LogSegments;
import org.apache.kafka.storage.internals.log.ProducerStateManager;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes and opens Apache's logs. The only class that knows how they are put together. */
final class LogOpener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogOpener.class);

    private final DataFolder folder;
    private final StorageConfig config;
    private final LogScheduler scheduler;
    private final Time time;
    private final BrokerTopicStats stats = new BrokerTopicStats();

    LogOpener(DataFolder folder, StorageConfig config, LogScheduler scheduler, Time time) {
        this.folder = folder;
        this.config = config;
        this.scheduler = scheduler;
        this.time = time;
        // out of the registry that all brokers of a JVM share; the logs count only their rare errors in it
        stats.close();
    }

    /**
     * Looks at the folder of a log that may not have been closed.
     *
     * @return whether it was
     */
    boolean wasClosed(TopicPartition partition, long recoveryPoint) throws IOException {
        return new LogCheck(folder.of(partition)).wasClosed(recoveryPoint);
    }

    /** Called before a partition's folder is made; what it throws ends the opening. */
    interface Making {
        void before() throws IOException;
    }

    /** Opens the log of a partition, making it where there is none or where there is one of another topic of this name. */
    UnifiedLog open(Opening what, int leaderEpoch, DiskFailure disk, Making making) throws IOException {
        Path path = folder.of(what.partition());
        boolean made = !isOurs(path, what);
        if (made) {
            making.before();
            Files.createDirectory(path);
        }
        identify(path, what.topicId());
        LogCheck check = new LogCheck(path);
        if (what.closed()) {
            check.prepareClosed();
        } else if (!made) {
            check.prepareUnclosed(what.saved().recoveryPoint());
        }
        LogSegments segments = new LogSegments(what.partition());
        boolean opened = false;
        try {
            long start = made ? 0 : start(what, check);
            UnifiedLog log = load(path.toFile(), what, made, start, disk, segments);
            log.removeLogMetrics();
            log.updateHighWatermark(log.logEndOffsetMetadata());
            log.assignEpochStartOffset(leaderEpoch, log.logEndOffset());
            opened = true;
            return log;
        } finally {
            if (!opened) {
                segments.closeHandlers();
            }
        }
    }

    private boolean isOurs(Path path, Opening what) throws IOException {
        if (!Files.isDirectory(path)) {
            return false;
        }
        Uuid topicId = topicId(path);
        if (topicId == null || topicId.equals(what.topicId())) {
            return true;
        }
        folder.setAside(
                path, what.partition(), "it is of topic id '" + topicId + "', the topic's is '" + what.topicId() + "'");
        return false;
    }

    /** Of the partition's folder; null if it says none, as one of a former Kafka, or one that lost power while it was made. */
    private static @Nullable Uuid topicId(Path path) throws IOException {
        File file = PartitionMetadataFile.newFile(path.toFile());
        if (file.length() == 0) {
            return null;
        }
        try {
            return new PartitionMetadataFile(file, new DiskFailure(e -> {}))
                    .read()
                    .topicId();
        } catch (KafkaStorageException | IllegalArgumentException e) {
            throw new KafkaStorageException(
                    Problem.error(
                                    "broker.folder-unknown",
                                    file.toString(),
                                    "The file does not say which topic the folder is of: " + Reason.of(e) + ".",
                                    "Put back a copy of it, or delete it to let the present topic have the folder's"
                                            + " records. Nothing was deleted.")
                            .text(),
                    e);
        }
    }

    /** As Kafka does, but without its two fsyncs. */
    private static void identify(Path path, Uuid topicId) throws IOException {
        File file = PartitionMetadataFile.newFile(path.toFile());
        if (file.length() == 0) {
            Files.writeString(file.toPath(), new PartitionMetadata(0, topicId).encode());
        }
    }

    /** Where the log starts as it is written down, unless that is beyond its end: given such a start the loader deletes all segments. */
    private static long start(Opening what, LogCheck check) throws IOException {
        long start = what.saved().logStart();
        if (start == 0 || !check.endsBefore(start)) {
            return start;
        }
        LOG.atWarn()
                .addKeyValue("topic", what.partition().topic())
                .addKeyValue("partition", what.partition().partition())
                .addKeyValue("offset", start)
                .log("The start that is written down of a log is beyond its end and is not used; records that were"
                        + " deleted by a client may show again.");
        return 0;
    }

    private UnifiedLog load(File path, Opening what, boolean made, long start, DiskFailure disk, LogSegments segments)
            throws IOException {
        TopicPartition partition = what.partition();
        LeaderEpochFileCache epochs = new LeaderEpochFileCache(
                partition, new EpochFile(LeaderEpochCheckpointFile.newFile(path), disk), scheduler);
        ProducerStateManager producers = new ProducerStateManager(
                partition,
                path,
                Math.toIntExact(config.maxTransactionTimeout().toMillis()),
                config.producerState(),
                time);
        // Invariant: always as if closed cleanly; LogCheck has seen to what was not, without the loader's deletions
        LoadedLogOffsets offsets = new LogLoader(
                        path,
                        partition,
                        what.config(),
                        scheduler,
                        time,
                        disk,
                        true,
                        segments,
                        start,
                        0,
                        epochs,
                        producers,
                        new ConcurrentHashMap<>(),
                        false)
                .load();
        long end = offsets.nextOffsetMetadata().messageOffset;
        long onDisk = made || what.closed() ? end : Math.min(what.saved().recoveryPoint(), end);
        LocalLog local = new LocalLog(
                path, what.config(), segments, onDisk, offsets.nextOffsetMetadata(), scheduler, time, partition, disk);
        return new UnifiedLog(
                offsets.logStartOffset(),
                local,
                stats,
                Math.toIntExact(config.producerExpirationEvery().toMillis()),
                epochs,
                producers,
                Optional.of(what.topicId()),
                false,
                LogOffsetsListener.NO_OP_OFFSETS_LISTENER);
    }

    void forget(String topic) {
        stats.removeMetrics(topic);
    }

    @Override
    public void close() {
        stats.close();
    }

    /**
     * What is known of a log before it is opened.
     *
     * @param closed whether it was closed, and is on the disk whole
     */
    record Opening(TopicPartition partition, Uuid topicId, LogConfig config, Checkpoints.Saved saved, boolean closed) {}
}
