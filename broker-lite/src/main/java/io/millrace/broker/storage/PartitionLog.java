package io.millrace.broker.storage;

import io.millrace.broker.storage.Checkpoints.Saved;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.common.RequestLocal;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.LogConfig;
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
    private volatile @Nullable OpenLog open;
    private volatile @Nullable String failure;
    private volatile long retryAt;

    /**
     * @param folder whether it has one
     * @param closed whether its log was closed cleanly, if it has one
     */
    PartitionLog(
            TopicPartition name,
            Uuid topicId,
            int leaderEpoch,
            boolean folder,
            boolean closed,
            Saved saved,
            Parts parts) {
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
        OpenLog now = open;
        return now != null && now.well();
    }

    /** Whether opening it means to recover it. */
    boolean recovers() {
        return open == null && folder && !closed && !gone;
    }

    boolean untouched() {
        return !folder && open == null;
    }

    /** Why it answers nothing at present; empty if it does, or was not asked yet. */
    Optional<String> failure() {
        OpenLog now = open;
        if (now != null && !now.well()) {
            return Optional.of(Reason.of(Objects.requireNonNull(now.disk().cause())));
        }
        return Optional.ofNullable(failure);
    }

    /** The log if it is open and well, without opening it. */
    Optional<UnifiedLog> openLog() {
        OpenLog now = open;
        return now != null && now.well() ? Optional.of(now.log()) : Optional.empty();
    }

    /** The log, opened or made if need be. */
    UnifiedLog log() {
        return opened().log();
    }

    private OpenLog opened() {
        OpenLog now = open;
        return now != null && now.well() ? now : openNow();
    }

    private synchronized OpenLog openNow() {
        OpenLog now = open;
        if (gone) {
            throw new UnknownTopicOrPartitionException("The partition " + name + " was deleted.");
        }
        if (now != null && now.well()) {
            return now;
        }
        if (parts.time().milliseconds() < retryAt) {
            throw new KafkaStorageException(failure().orElse("The log of " + name + " is not open."));
        }
        if (now != null) {
            abandon(now);
        }
        long began = parts.time().milliseconds();
        try {
            OpenLog fresh = openFiles();
            failure = null;
            return fresh;
        } catch (IOException | RuntimeException | InternalError e) {
            throw failed(e, began);
        }
    }

    private OpenLog openFiles() throws IOException {
        parts.beforeMaking(this);
        DiskFailure disk = new DiskFailure(this::onDiskFailure);
        LogOpener.Opening what =
                new LogOpener.Opening(name, topicId, parts.configs().of(name.topic()), saved, closed || !folder);
        UnifiedLog log = parts.opener().open(what, leaderEpoch, disk);
        OpenLog fresh = new OpenLog(log, disk);
        open = fresh;
        folder = true;
        closed = false;
        // both may have changed while the log was opened
        configure();
        lead(leaderEpoch);
        parts.compaction().opened(log);
        return fresh;
    }

    private KafkaStorageException failed(Throwable e, long began) {
        String reason = e instanceof KafkaStorageException ? String.valueOf(e.getMessage()) : Reason.of(e);
        // an interrupt is the store being closed
        boolean told = reason.equals(failure) || Thread.currentThread().isInterrupted();
        failure = reason;
        long now = parts.time().milliseconds();
        // what takes long to find out is not found out every second
        retryAt = now + Math.max(RETRY_AFTER_MILLIS, 10 * (now - began));
        if (!told) {
            tell(reason, "A log cannot be opened; it is tried again when it is used.");
            LOG.atDebug().setCause(e).log("Why the log cannot be opened.");
        }
        return new KafkaStorageException(reason, e);
    }

    private void onDiskFailure(Throwable cause) {
        retryAt = parts.time().milliseconds() + RETRY_AFTER_MILLIS;
        parts.compaction().failed(name);
        tell(Reason.of(cause), "A log met an error of the disk; it is opened anew.");
    }

    private void tell(String reason, String message) {
        LOG.atError()
                .addKeyValue("topic", name.topic())
                .addKeyValue("partition", name.partition())
                .addKeyValue("folder", folder())
                .addKeyValue("error", reason)
                .log(message);
    }

    /** Lets go of a log that failed, keeping what only it knew. */
    private void abandon(OpenLog failed) {
        saved = failed.saved();
        open = null;
        parts.compaction().closed(name);
        failed.log().closeHandlers();
    }

    /** Appends to the log, opened or made if need be. */
    LogAppendInfo append(
            MemoryRecords records, AppendOrigin origin, VerificationGuard guard, short version, RequestLocal local) {
        return opened().append(records, leaderEpoch, origin, guard, version, local);
    }

    void lead(int epoch) {
        leaderEpoch = epoch;
        OpenLog now = open;
        if (now != null && now.well()) {
            now.lead(epoch);
        }
    }

    /** Opens a log anew that failed, if it is time; what then cannot be opened waits for its next use. */
    void heal() {
        OpenLog now = open;
        if (now != null && !now.well() && parts.time().milliseconds() >= retryAt && !gone) {
            try {
                openNow();
            } catch (ApiException e) {
                LOG.atDebug().setCause(e).log("A failed log could not be opened anew.");
            }
        }
    }

    /** Gives an open log its topic's present settings. */
    void configure() {
        openLog().ifPresent(log -> {
            LogConfig config = parts.configs().of(name.topic());
            if (log.config() != config) {
                log.updateConfig(config);
                parts.compaction().configured(log);
            }
        });
    }

    Saved saved() {
        OpenLog now = open;
        return now == null ? saved : now.saved();
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
        OpenLog now = open;
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
        OpenLog now = open;
        open = null;
        if (now != null) {
            parts.compaction().closed(name);
            now.retire();
        }
        if (!folder || !Files.isDirectory(folder())) {
            return Optional.empty();
        }
        Path doomed = parts.folder().path().resolve(UnifiedLog.logDeleteDirName(name));
        Files.move(folder(), doomed);
        return Optional.of(new Doomed(doomed, now == null ? null : now.log()));
    }

    /** Prepares to be closed. */
    synchronized void settle() {
        gone = true;
        OpenLog now = open;
        if (now != null) {
            now.settle();
        }
    }

    /**
     * Closes the log for good, after {@link #settle}.
     *
     * @return whether it was, so that nothing of it needs recovery
     */
    synchronized boolean close() {
        gone = true;
        OpenLog now = open;
        if (now == null) {
            return !folder || closed;
        }
        Optional<Saved> last = now.close();
        saved = last.orElseGet(now::saved);
        open = null;
        return last.isPresent();
    }

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
            Consumer<PartitionLog> making,
            Time time) {
        void beforeMaking(PartitionLog partition) {
            if (!partition.folder) {
                making.accept(partition);
            }
        }
    }
}
