package io.millrace.broker.storage;

import io.millrace.broker.storage.Checkpoints.Saved;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.common.RequestLocal;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One partition that the metadata knows: a name at first, a folder after its first append, an open log after its first use, a failed one
 * after an error of the disk, until a later use opens it again. Thread-safe; opening, deleting and closing exclude each other.
 */
final class PartitionLog {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionLog.class);
    private static final long RETRY_AFTER_MILLIS = 1_000;

    private final TopicPartition name;
    private final Uuid topicId;
    private final Parts parts;
    private volatile int leaderEpoch;
    private volatile boolean folder;
    private volatile boolean closed;
    private volatile boolean gone;
    private volatile Saved saved;
    private volatile @Nullable Open open;
    private volatile @Nullable String failure;
    private volatile long retryAt;

    /**
     * @param folder whether it has one
     * @param closed whether its log was closed cleanly, if it has one
     */
    PartitionLog(
            TopicPartition name, Uuid topicId, int leaderEpoch, boolean folder, boolean closed, Saved saved, Parts parts) {
        this.name = name;
        this.topicId = topicId;
        this.leaderEpoch = leaderEpoch;
        this.folder = folder;
        this.closed = closed;
        this.saved = saved;
        this.parts = parts;
    }

    TopicPartition name() {
        return name;
    }

    Uuid topicId() {
        return topicId;
    }

    boolean ready() {
        Open now = open;
        return now != null && !now.disk().failed();
    }

    boolean untouched() {
        return !folder && open == null;
    }

    /** Why it answers nothing at present; empty if it does, or was not asked yet. */
    Optional<String> failure() {
        Open now = open;
        if (now != null && now.disk().failed()) {
            return Optional.of(Reason.of(java.util.Objects.requireNonNull(now.disk().cause())));
        }
        return Optional.ofNullable(failure);
    }

    /** The log if it is open and well, without opening it. */
    Optional<UnifiedLog> openLog() {
        Open now = open;
        return now != null && !now.disk().failed() ? Optional.of(now.log()) : Optional.empty();
    }

    /** The log, opened or made if need be. */
    UnifiedLog log() {
        return opened().log();
    }

    private Open opened() {
        Open now = open;
        return now != null && !now.disk().failed() ? now : openNow();
    }

    private synchronized Open openNow() {
        Open now = open;
        if (gone) {
            throw new UnknownTopicOrPartitionException("The partition " + name + " was deleted.");
        }
        if (now != null && !now.disk().failed()) {
            return now;
        }
        if (parts.time().milliseconds() < retryAt) {
            throw new KafkaStorageException(failure().orElse("The log of " + name + " is not open."));
        }
        if (now != null) {
            abandon(now);
        }
        try {
            Open fresh = openFiles();
            failure = null;
            return fresh;
        } catch (IOException | RuntimeException | InternalError e) {
            throw failed(e);
        }
    }

    private Open openFiles() throws IOException {
        parts.beforeMaking(this);
        DiskFailure disk = new DiskFailure(this::onDiskFailure);
        LogOpener.Opening what =
                new LogOpener.Opening(name, topicId, parts.configs().of(name.topic()), saved, closed || !folder);
        UnifiedLog log = parts.opener().open(what, disk);
        Open fresh = new Open(log, disk);
        log.assignEpochStartOffset(leaderEpoch, log.logEndOffset());
        open = fresh;
        folder = true;
        closed = false;
        // both may have changed while the log was opened
        configure();
        lead(leaderEpoch);
        parts.compaction().opened(log);
        return fresh;
    }

    private KafkaStorageException failed(Throwable e) {
        String reason = e instanceof KafkaStorageException ? String.valueOf(e.getMessage()) : Reason.of(e);
        boolean told = reason.equals(failure) || Thread.currentThread().isInterrupted();
        failure = reason;
        retryAt = parts.time().milliseconds() + RETRY_AFTER_MILLIS;
        if (!told) {
            LOG.atError()
                    .addKeyValue("topic", name.topic())
                    .addKeyValue("partition", name.partition())
                    .addKeyValue("folder", parts.folder().of(name))
                    .addKeyValue("error", reason)
                    .log("A log cannot be opened; it is tried again when it is used.");
            LOG.atDebug().setCause(e).log("Why the log cannot be opened.");
        }
        return new KafkaStorageException(reason, e);
    }

    private void onDiskFailure(Throwable cause) {
        retryAt = parts.time().milliseconds() + RETRY_AFTER_MILLIS;
        LOG.atError()
                .addKeyValue("topic", name.topic())
                .addKeyValue("partition", name.partition())
                .addKeyValue("folder", parts.folder().of(name))
                .addKeyValue("error", Reason.of(cause))
                .log("A log met an error of the disk; it is opened anew when it is used again.");
    }

    /** Lets go of a log that failed, keeping what only it knew. */
    private void abandon(Open failed) {
        UnifiedLog log = failed.log();
        saved = new Saved(log.recoveryPoint(), log.logStartOffset(), log.highWatermark());
        open = null;
        parts.compaction().closed(name);
        log.closeHandlers();
    }

    /** Appends and commits, which with one replica is the same. */
    LogAppendInfo append(
            MemoryRecords records, AppendOrigin origin, VerificationGuard guard, short version, RequestLocal local) {
        Open now = opened();
        UnifiedLog log = now.log();
        try {
            LogAppendInfo info = log.appendAsLeader(records, leaderEpoch, origin, local, guard, version);
            log.maybeIncrementHighWatermark(log.logEndOffsetMetadata());
            return info;
        } catch (KafkaException e) {
            throw e;
        } catch (IOException | InternalError e) {
            now.disk().fail(e);
            throw new KafkaStorageException("Error while appending to " + name + ": " + Reason.of(e), e);
        } catch (RuntimeException e) {
            failIfTorn(now, e);
            throw e;
        }
    }

    /** After an error that should not be: were records written that the log does not know of, they must not stay. */
    private static void failIfTorn(Open now, RuntimeException e) {
        UnifiedLog log = now.log();
        if (log.logEndOffsetMetadata().relativePositionInSegment
                != log.activeSegment().size()) {
            now.disk().fail(e);
        }
    }

    void lead(int epoch) {
        leaderEpoch = epoch;
        openLog().ifPresent(log -> {
            if (log.latestEpoch().filter(latest -> latest == epoch).isEmpty()) {
                log.assignEpochStartOffset(epoch, log.logEndOffset());
            }
        });
    }

    /** Gives an open log its topic's present settings. */
    void configure() {
        openLog().ifPresent(log -> {
            var config = parts.configs().of(name.topic());
            if (log.config() != config) {
                log.updateConfig(config);
                parts.compaction().configured(log);
            }
        });
    }

    Saved saved() {
        Open now = open;
        if (now == null) {
            return saved;
        }
        UnifiedLog log = now.log();
        long first = log.logSegments().iterator().next().baseOffset();
        return new Saved(
                log.recoveryPoint(), log.logStartOffset() > first ? log.logStartOffset() : 0, log.highWatermark());
    }

    /** Whether opening would recover nothing; looks at the files of one that was not marked as closed. */
    synchronized boolean findClosed() throws IOException {
        if (open == null && folder && !closed) {
            closed = parts.opener().wasClosed(name, saved.recoveryPoint());
        }
        return closed;
    }

    boolean hasUnopenedFolder() {
        return folder && open == null && !gone;
    }

    Path folder() {
        return parts.folder().of(name);
    }

    /** Bytes of its segments, open or not. */
    long size() throws IOException {
        Open now = open;
        if (now != null) {
            return now.log().size();
        }
        long bytes = 0;
        if (folder && Files.isDirectory(folder())) {
            for (SegmentFiles segment : SegmentFiles.in(folder())) {
                bytes += segment.size();
            }
        }
        return bytes;
    }

    /**
     * Ends the partition. Its folder gets another name, so that a new topic can have this one at once; its files stay readable for who
     * reads them now.
     *
     * @return what is to be deleted later
     */
    synchronized Optional<Doomed> delete() throws IOException {
        gone = true;
        Open now = open;
        open = null;
        if (now != null) {
            parts.compaction().closed(name);
            now.disk().retire();
            // Invariant: after this nobody rolls a segment under the old name; the call waits for the log's lock
            now.log().activeProducersWithLastSequence();
        }
        if (!folder || !Files.isDirectory(folder())) {
            return Optional.empty();
        }
        Path doomed = parts.folder().path().resolve(UnifiedLog.logDeleteDirName(name));
        Files.move(folder(), doomed);
        return Optional.of(new Doomed(doomed, now == null ? null : now.log()));
    }

    /**
     * Closes the log for good.
     *
     * @return whether it was, so that nothing of it needs recovery
     */
    synchronized boolean close() {
        gone = true;
        Open now = open;
        if (now == null) {
            return !folder || closed;
        }
        UnifiedLog log = now.log();
        if (now.disk().failed()) {
            log.closeHandlers();
            return false;
        }
        try {
            if (log.recoveryPoint() < log.logEndOffset()) {
                log.flush(true);
            }
            log.close();
            saved = saved();
            return true;
        } catch (RuntimeException | InternalError e) {
            now.disk().fail(e);
            log.closeHandlers();
            return false;
        }
    }

    private record Open(UnifiedLog log, DiskFailure disk) {}

    /**
     * A deleted partition's remains.
     *
     * @param log still holds files open, if it was open
     */
    record Doomed(Path folder, @Nullable UnifiedLog log) {}

    /** What partitions of one store share. */
    record Parts(
            DataFolder folder,
            LogOpener opener,
            TopicConfigs configs,
            Compaction compaction,
            java.util.function.Consumer<PartitionLog> making,
            Time time) {
        void beforeMaking(PartitionLog partition) {
            if (!partition.folder) {
                making.accept(partition);
            }
        }
    }
}
