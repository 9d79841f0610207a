package io.millrace.broker.storage;

import io.millrace.broker.storage.Checkpoints.Saved;
import java.io.IOException;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.server.common.RequestLocal;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.log.VerificationGuard;

/** Apache's log and how its disk is, as long as it is open. */
record OpenLog(UnifiedLog log, DiskFailure disk) {
    boolean well() {
        return !disk.failed();
    }

    /** Appends and commits, which with one replica is the same. */
    LogAppendInfo append(
            MemoryRecords records,
            int leaderEpoch,
            AppendOrigin origin,
            VerificationGuard guard,
            short version,
            RequestLocal local) {
        try {
            LogAppendInfo info = log.appendAsLeader(records, leaderEpoch, origin, local, guard, version);
            log.maybeIncrementHighWatermark(log.logEndOffsetMetadata());
            return info;
        } catch (KafkaException e) {
            throw e;
        } catch (IOException | InternalError e) {
            // the latter is what touching a memory-mapped file on a full disk is
            disk.fail(e);
            throw new KafkaStorageException(
                    "Error while appending to " + log.topicPartition() + ": " + Reason.of(e), e);
        } catch (RuntimeException | Error e) {
            failIfTorn(e);
            throw e;
        }
    }

    /** After an error that should not be: were records written that the log does not know of, they must not stay. */
    private void failIfTorn(Throwable e) {
        if (log.logEndOffsetMetadata().relativePositionInSegment
                != log.activeSegment().size()) {
            disk.fail(e);
        }
    }

    /** To be called in the order of the epochs: the log forgets those that are not below the one it is given. */
    void lead(int epoch) {
        if (log.latestEpoch().filter(latest -> latest == epoch).isEmpty()) {
            log.assignEpochStartOffset(epoch, log.logEndOffset());
        }
    }

    Saved saved() {
        long first = log.logSegments().iterator().next().baseOffset();
        long start = log.logStartOffset();
        return new Saved(log.recoveryPoint(), start > first ? start : 0, log.highWatermark());
    }

    /**
     * Lets nobody write any more, and who reads go on: after this no segment is rolled under the folder's old name.
     */
    void retire() {
        disk.retire();
        // waits for who holds the log's lock
        log.activeProducersWithLastSequence();
    }

    /**
     * Does the part of closing that only fills and trims files; apart, since touching a new page of an index waits for the fsyncs of other
     * logs.
     */
    void settle() {
        if (!well()) {
            return;
        }
        try {
            log.producerStateManager().takeSnapshot(false);
            log.activeSegment().onBecomeInactiveSegment();
        } catch (IOException | RuntimeException | InternalError e) {
            disk.fail(e);
        }
    }

    /**
     * Writes all to the disk and closes the files. One fsync per log: closing a segment does it for the records; indexes and the state of
     * producers are made again if they were lost with the power.
     *
     * @return what then is to be written down, or nothing if the log needs recovery
     */
    Optional<Saved> close() {
        if (!well()) {
            log.closeHandlers();
            return Optional.empty();
        }
        try {
            log.close();
            Saved saved = saved();
            return Optional.of(new Saved(log.logEndOffset(), saved.logStart(), saved.highWatermark()));
        } catch (RuntimeException | InternalError e) {
            disk.fail(e);
            log.closeHandlers();
            return Optional.empty();
        }
    }
}
