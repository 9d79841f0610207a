package io.millrace.broker.storage;

import io.millrace.broker.storage.Checkpoints.Saved;
import io.millrace.broker.storage.Deletions.Doomed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.record.internal.MemoryRecords;
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
 * after an error of the disk, until a later use opens it again. Thread-safe; opening, deleting and closing exclude each other, and the latter
 * two end an opening that goes on.
 */
final class PartitionLog {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionLog.class);

    private final FilesAtRest files;
    private final PartitionParts parts;
    private final ReentrantLock lock = new ReentrantLock();
    private final Trouble trouble;
    private final Interruption opening = new Interruption();
    /** Held while an epoch is set. */
    private final Object leading = new Object();

    private volatile int leaderEpoch;
    private volatile boolean gone;
    private volatile @Nullable OpenLog open;

    PartitionLog(FilesAtRest files, int leaderEpoch, PartitionParts parts) {
        this.files = files;
        this.leaderEpoch = leaderEpoch;
        this.parts = parts;
        this.trouble = new Trouble(files.name(), parts);
    }

    TopicPartition name() {
        return files.name();
    }

    Uuid topicId() {
        return files.topicId();
    }

    boolean ready() {
        OpenLog now = open;
        return now != null && now.well();
    }

    /** Whether opening it means to recover it. */
    boolean recovers() {
        return open == null && !files.closed() && !gone;
    }

    boolean untouched() {
        return !files.present() && open == null;
    }

    /** Why it answers nothing at present; empty if it does, or was not asked yet. */
    Optional<String> failure() {
        OpenLog now = open;
        if (now != null && !now.well()) {
            return Optional.of(Reason.of(Objects.requireNonNull(now.disk().cause())));
        }
        return trouble.reason();
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

    private OpenLog openNow() {
        lock.lock();
        try {
            OpenLog now = open;
            if (opening.stopped()) {
                throw refusal();
            }
            if (now != null && now.well()) {
                return now;
            }
            if (trouble.lasts()) {
                throw new KafkaStorageException(failure().orElse("The log of " + name() + " is not open."));
            }
            if (now != null) {
                abandon(now);
            }
            return tryOpen();
        } finally {
            lock.unlock();
        }
    }

    private ApiException refusal() {
        return gone
                ? new UnknownTopicOrPartitionException("The partition " + name() + " was deleted.")
                : new KafkaStorageException("The broker is stopping.");
    }

    private OpenLog tryOpen() {
        long began = parts.time().milliseconds();
        try {
            OpenLog fresh = opened(new DiskFailure(this::onDiskFailure));
            trouble.over();
            return fresh;
        } catch (IOException | RuntimeException | InternalError e) {
            throw opening.stopped() ? refusal() : trouble.opening(e, began);
        }
    }

    private OpenLog opened(DiskFailure disk) throws IOException {
        OpenLog fresh = new OpenLog(openFiles(disk), disk);
        open = fresh;
        files.opened();
        // both may have changed while the log was opened
        configure();
        lead(leaderEpoch);
        parts.compaction().opened(fresh.log());
        return fresh;
    }

    private UnifiedLog openFiles(DiskFailure disk) throws IOException {
        if (!opening.begin()) {
            throw refusal();
        }
        try {
            return files.open(leaderEpoch, disk);
        } finally {
            opening.end();
        }
    }

    private void onDiskFailure(Throwable cause) {
        parts.compaction().failed(name());
        if (!opening.stopped()) {
            trouble.disk(cause);
        }
    }

    /** Lets go of a log that failed, keeping what only it knew. */
    private void abandon(OpenLog failed) {
        files.left(failed.saved());
        open = null;
        parts.compaction().closed(name());
        failed.log().closeHandlers();
    }

    /** Appends to the log, opened or made if need be. */
    LogAppendInfo append(
            MemoryRecords records, AppendOrigin origin, VerificationGuard guard, short version, RequestLocal local) {
        return opened().append(records, leaderEpoch, origin, guard, version, local);
    }

    /** Leads in an epoch, unless there was a later one. */
    void lead(int epoch) {
        synchronized (leading) {
            // before anything that may fail: a log that does is opened again in this epoch
            leaderEpoch = Math.max(leaderEpoch, epoch);
            OpenLog now = open;
            if (now != null && now.well()) {
                now.lead(leaderEpoch);
            }
        }
    }

    /** Opens a log anew that failed, if it is time; what then cannot be opened waits for its next use. */
    void heal() {
        OpenLog now = open;
        if (now != null && !now.well() && !trouble.lasts() && !opening.stopped()) {
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
            LogConfig config = parts.configs().of(name().topic());
            if (log.config() != config) {
                log.updateConfig(config);
                parts.compaction().configured(log);
            }
        });
    }

    Saved saved() {
        OpenLog now = open;
        return now == null ? files.saved() : now.saved();
    }

    /** Whether opening would recover nothing; looks at the files of one that was not marked as closed. */
    boolean findClosed() throws IOException {
        lock.lock();
        try {
            return open == null && files.findClosed();
        } finally {
            lock.unlock();
        }
    }

    boolean hasUnopenedFolder() {
        return files.present() && open == null && !opening.stopped();
    }

    Path folder() {
        return files.folder();
    }

    /** Bytes of its segments, open or not. */
    long size() throws IOException {
        OpenLog now = open;
        return now != null ? now.log().size() : files.size();
    }

    /** The topic was deleted: nothing is opened any more, and an opening that goes on is given up. Does not wait. */
    void abolish() {
        gone = true;
        opening.stop();
    }

    /**
     * After {@link #abolish}: the folder gets another name, so that a new topic can have this one at once; its files stay readable for who
     * reads them now. May be repeated until it was done.
     *
     * @param doomed gets what is to be deleted later
     * @return whether it was done; not if an opening did not end in time
     */
    boolean delete(long patienceMillis, Consumer<Doomed> doomed) throws IOException {
        if (!lockWithin(patienceMillis)) {
            return false;
        }
        try {
            OpenLog now = open;
            open = null;
            if (now != null) {
                parts.compaction().closed(name());
                now.retire();
            }
            doom(now).ifPresent(folder -> doomed.accept(new Doomed(folder, now == null ? null : now.log())));
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean lockWithin(long millis) {
        try {
            return lock.tryLock(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Optional<Path> doom(@Nullable OpenLog now) throws IOException {
        try {
            return files.doom();
        } catch (IOException e) {
            if (now != null) {
                now.log().closeHandlers();
            }
            throw e;
        }
    }

    /** The store is being closed: nothing is opened any more, and an opening that goes on is given up. Does not wait. */
    void stop() {
        opening.stop();
    }

    /** Prepares to be closed, after {@link #stop}. */
    void settle() {
        lock.lock();
        try {
            OpenLog now = open;
            if (now != null) {
                now.settle();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Closes the log for good, after {@link #settle}.
     *
     * @return whether it was, so that nothing of it needs recovery
     */
    boolean close() {
        lock.lock();
        try {
            OpenLog now = open;
            if (now == null) {
                return files.closed();
            }
            Optional<Saved> last = now.close();
            files.left(last.orElseGet(now::saved));
            open = null;
            return last.isPresent();
        } finally {
            lock.unlock();
        }
    }
}
