package io.millrace.broker.storage;

import java.util.Optional;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.server.common.RequestLocal;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.log.VerificationGuard;

/**
 * The partition logs of one broker, as request handlers and coordinators see them. A log exists as soon as the metadata knows its partition;
 * its files are made with the first append and opened with the first use. There is one replica, so what is appended is committed: the high
 * watermark is the end of the log. Thread-safe.
 */
public interface Logs {
    /**
     * The open log of a partition, opened, recovered or made now if need be, which may take long for a large log that was not closed cleanly.
     *
     * @throws org.apache.kafka.common.errors.UnknownTopicOrPartitionException if the metadata does not know the partition
     * @throws org.apache.kafka.common.errors.KafkaStorageException if the log cannot be opened, or was closed by an error of the disk
     */
    UnifiedLog log(TopicPartition partition);

    /** The log of a partition if it is open and well; opens nothing, so that any thread may ask. */
    Optional<UnifiedLog> openLog(TopicPartition partition);

    /**
     * Whether {@link #log} would first have to recover the log, which is done on the calling thread or waited for there, and may take minutes.
     */
    boolean recovers(TopicPartition partition);

    /** Whether {@link #log} and {@link #append} would answer without opening files, so that a network thread may call them. */
    boolean ready(TopicPartition partition);

    /**
     * Whether nothing was ever written to the partition: it has neither an open log nor a folder, so its earliest and latest offsets are 0.
     * False for a partition that the metadata does not know.
     */
    boolean untouched(TopicPartition partition);

    /**
     * Appends as the partition's leader and moves the high watermark; then tells the {@link #listen listeners}. The records are in the
     * operating system's cache when this returns: a kill of the process does not lose them, a loss of power may, unless the topic's
     * {@code flush.messages} or {@code flush.ms} says otherwise.
     *
     * @param partition with the id of the topic that is meant, or {@code Uuid.ZERO_UUID} for whichever has the name
     * @param transactionVersion the transaction version of the batches, {@code TransactionVersion.TV_UNKNOWN} for others
     * @throws org.apache.kafka.common.errors.ApiException what Kafka answers to the client: a batch that is corrupt, out of sequence, too
     *     large, fenced, or KafkaStorageException for an error of the disk; UnknownTopicIdException if the name is another topic's now
     */
    LogAppendInfo append(
            TopicIdPartition partition,
            MemoryRecords records,
            AppendOrigin origin,
            VerificationGuard guard,
            short transactionVersion,
            RequestLocal local);

    /** The same for whichever topic has the name. */
    default LogAppendInfo append(
            TopicPartition partition,
            MemoryRecords records,
            AppendOrigin origin,
            VerificationGuard guard,
            short transactionVersion,
            RequestLocal local) {
        return append(
                new TopicIdPartition(Uuid.ZERO_UUID, partition), records, origin, guard, transactionVersion, local);
    }

    /** Calls the listener, on the appending thread, each time a high watermark, last stable offset or log start has moved. */
    void listen(Moved listener);

    /** Told that a partition's log moved. Must not block nor throw. */
    interface Moved {
        void moved(TopicPartition partition, UnifiedLog log);
    }
}
