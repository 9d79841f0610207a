package io.millrace.broker.storage;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.DeleteRecordsRequest;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.server.common.RequestLocal;
import org.apache.kafka.server.util.Scheduler;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogStartOffsetIncrementReason;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.log.VerificationGuard;

/**
 * The logs of one broker under one data folder. Opened, then told the metadata of earlier runs by {@link #onMetadata}, then {@link #start
 * started}, then told each change.
 */
public final class LogStore implements Logs, AutoCloseable {
    private final DataFolder folder;
    private final DataFolder.Contents found;
    private final boolean stoppedCleanly;
    private final Checkpoints checkpoints;
    private final TopicConfigs configs;
    private final Compaction compaction;
    private final LogOpener opener;
    private final FreeSpace space;
    private final Deletions deletions;
    private final Leaving leaving;
    private final Time time;
    private final Recovery recovery;
    private final KnownPartitions partitions;
    private final Upkeep upkeep;
    private final List<Moved> listeners = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    private LogStore(StorageConfig config, DataFolder folder, FreeSpace space, Scheduler scheduler, Time time) {
        this.folder = folder;
        this.space = space;
        this.found = folder.contents();
        this.stoppedCleanly = folder.takeCleanMarker();
        this.checkpoints = new Checkpoints(folder.path());
        this.configs = new TopicConfigs(config.defaults());
        this.compaction = new Compaction(config, time);
        this.opener = new LogOpener(folder, config, new LogScheduler(scheduler), time);
        this.time = time;
        this.deletions = new Deletions(scheduler, time);
        this.leaving = new Leaving(deletions, configs, compaction);
        this.recovery = new Recovery(config.recoveryThreads(), configs, compaction);
        this.partitions = new KnownPartitions(
                found, stoppedCleanly, checkpoints, folder, opener, configs, compaction, leaving, time);
        Retention retention = new Retention(configs, time, this::tellMoved);
        this.upkeep =
                new Upkeep(config, scheduler, time, partitions.all(), checkpoints, retention, compaction, leaving);
    }

    /**
     * Locks the folder and looks what is in it.
     *
     * @param scheduler started; stopped by the caller after the store is closed
     * @throws ProblemException {@code broker.folder-in-use} or {@code broker.folder-unwritable}
     */
    public static LogStore open(StorageConfig config, Scheduler scheduler, Time time) {
        DataFolder folder = DataFolder.open(config.folder());
        try {
            return new LogStore(config, folder, new FreeSpace(config.folder(), config.reserveBytes()), scheduler, time);
        } catch (IOException e) {
            folder.close();
            throw new ProblemException(
                    ExitCode.ENVIRONMENT,
                    Problem.error(
                            "broker.folder-unwritable",
                            config.folder().toString(),
                            "The free space of '" + config.folder() + "' cannot be read: " + Reason.of(e) + ".",
                            "Choose another folder (--data-dir)."),
                    e);
        } catch (RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    /** Takes over a change of the metadata; before {@link #start} that of earlier runs, in any number of steps. */
    public void onMetadata(MetadataDelta delta, MetadataImage image) {
        partitions.onMetadata(delta, image);
    }

    /** Other settings for all topics that have none of their own. */
    public void setDefaults(LogConfig defaults) {
        configs.setDefaults(defaults);
        partitions.all().forEach(PartitionLog::configure);
    }

    /**
     * Begins to work: the metadata of earlier runs is complete. Folders of partitions that it does not know are set aside; logs that were
     * not closed are recovered in the background.
     */
    public void start() {
        partitions.start();
        recovery.start(partitions.all(), found.deleted());
        upkeep.start();
    }

    private PartitionLog known(TopicPartition partition) {
        PartitionLog known = partitions.get(partition);
        if (known == null) {
            throw new UnknownTopicOrPartitionException("There is no partition " + partition + ".");
        }
        if (closed) {
            throw new KafkaStorageException("The broker is stopping.");
        }
        return known;
    }

    @Override
    public UnifiedLog log(TopicPartition partition) {
        return known(partition).log();
    }

    @Override
    public Optional<UnifiedLog> openLog(TopicPartition partition) {
        PartitionLog known = partitions.get(partition);
        return known == null ? Optional.empty() : known.openLog();
    }

    @Override
    public boolean recovers(TopicPartition partition) {
        PartitionLog known = partitions.get(partition);
        return known != null && known.recovers();
    }

    @Override
    public boolean ready(TopicPartition partition) {
        PartitionLog known = partitions.get(partition);
        return known != null && known.ready();
    }

    @Override
    public boolean untouched(TopicPartition partition) {
        PartitionLog known = partitions.get(partition);
        return known != null && known.untouched();
    }

    @Override
    public LogAppendInfo append(
            TopicIdPartition id,
            MemoryRecords records,
            AppendOrigin origin,
            VerificationGuard guard,
            short transactionVersion,
            RequestLocal local) {
        TopicPartition partition = id.topicPartition();
        PartitionLog known = known(partition);
        if (!id.topicId().equals(Uuid.ZERO_UUID) && !id.topicId().equals(known.topicId())) {
            throw new UnknownTopicIdException(
                    "The topic id of " + partition + " is '" + known.topicId() + "', not '" + id.topicId() + "'.");
        }
        space.claim(records.sizeInBytes());
        LogAppendInfo info = known.append(records, origin, guard, transactionVersion, local);
        known.openLog().ifPresent(log -> tellMoved(partition, log));
        return info;
    }

    @Override
    public void listen(Moved listener) {
        listeners.add(listener);
    }

    private void tellMoved(TopicPartition partition, UnifiedLog log) {
        for (Moved listener : listeners) {
            listener.moved(partition, log);
        }
    }

    /**
     * Lets a log start later, as a client asks.
     *
     * @param offset the new first offset, or {@link DeleteRecordsRequest#HIGH_WATERMARK}
     * @return the log's start
     * @throws PolicyViolationException if the topic is only compacted
     * @throws OffsetOutOfRangeException if the offset is beyond the end, or negative
     */
    public long deleteRecords(TopicPartition partition, long offset) {
        UnifiedLog log = log(partition);
        if (log.config().compact && !log.config().delete) {
            throw new PolicyViolationException(
                    "Records of partition " + partition + " can not be deleted due to the configured policy");
        }
        long start = offset == DeleteRecordsRequest.HIGH_WATERMARK ? log.highWatermark() : offset;
        if (start < 0) {
            throw new OffsetOutOfRangeException(
                    "The offset " + start + " for partition " + partition + " is not valid");
        }
        if (log.maybeIncrementLogStartOffset(start, LogStartOffsetIncrementReason.ClientRecordDeletion)) {
            tellMoved(partition, log);
        }
        return log.logStartOffset();
    }

    /** Does something with each log that is open, without opening others; for metrics and for loading coordinators. */
    public void forEachOpen(Consumer<UnifiedLog> action) {
        partitions.all().forEach(partition -> partition.openLog().ifPresent(action));
    }

    /** Bytes of the segments of each partition that has any, open or not. */
    public Map<TopicPartition, Long> sizes() {
        Map<TopicPartition, Long> sizes = new ConcurrentHashMap<>();
        for (PartitionLog partition : partitions.all()) {
            try {
                sizes.put(partition.name(), partition.size());
            } catch (IOException | KafkaStorageException e) {
                Upkeep.warn(partition, e, "The size of a log cannot be told.");
            }
        }
        return Map.copyOf(sizes);
    }

    /** How the disk is. */
    public StorageHealth health() {
        Map<TopicPartition, String> failed = new ConcurrentHashMap<>();
        for (PartitionLog partition : partitions.all()) {
            partition.failure().ifPresent(reason -> failed.put(partition.name(), reason));
        }
        return new StorageHealth(space.low(), recovery.done(), Map.copyOf(failed));
    }

    /** Flushes and closes all logs, so that the next start has nothing to recover. What cannot be closed cleanly is recovered then. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        partitions.all().forEach(PartitionLog::stop);
        upkeep.close();
        recovery.close();
        leaving.close(time);
        compaction.close();
        boolean clean = ClosingLogs.closeAll(partitions.all());
        deletions.close();
        if (partitions.started()) {
            checkpoints.write(partitions.all());
        }
        if (clean && (partitions.started() || stoppedCleanly)) {
            folder.writeCleanMarker();
        }
        opener.close();
        folder.close();
    }
}
