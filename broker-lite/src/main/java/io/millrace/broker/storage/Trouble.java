package io.millrace.broker.storage;

import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Why a partition's log is not open, and when to try again; says each reason once. Thread-safe. */
final class Trouble {
    private static final Logger LOG = LoggerFactory.getLogger(Trouble.class);
    private static final long RETRY_AFTER_MILLIS = 1_000;

    private final TopicPartition partition;
    private final PartitionParts parts;
    private volatile @Nullable String reason;
    private volatile long retryAt;

    Trouble(TopicPartition partition, PartitionParts parts) {
        this.partition = partition;
        this.parts = parts;
    }

    /** Why the log could not be opened; empty if it could. */
    Optional<String> reason() {
        return Optional.ofNullable(reason);
    }

    /** Whether it is too early to try again. */
    boolean lasts() {
        return parts.time().milliseconds() < retryAt;
    }

    void over() {
        reason = null;
    }

    /** An opening that began at a time has failed. */
    KafkaStorageException opening(Throwable e, long began) {
        String why = e instanceof KafkaStorageException ? String.valueOf(e.getMessage()) : Reason.of(e);
        // an interrupt is the recovery being ended
        boolean told = why.equals(reason) || Thread.currentThread().isInterrupted();
        reason = why;
        long now = parts.time().milliseconds();
        // what takes long to find out is not found out every second
        retryAt = now + Math.max(RETRY_AFTER_MILLIS, 10 * (now - began));
        if (!told) {
            tell(why, "A log cannot be opened; it is tried again when it is used.");
            LOG.atDebug().setCause(e).log("Why the log cannot be opened.");
        }
        return new KafkaStorageException(why, e);
    }

    /** The open log met an error. */
    void disk(Throwable cause) {
        retryAt = parts.time().milliseconds() + RETRY_AFTER_MILLIS;
        tell(Reason.of(cause), "A log met an error of the disk; it is opened anew.");
    }

    private void tell(String why, String message) {
        LOG.atError()
                .addKeyValue("topic", partition.topic())
                .addKeyValue("partition", partition.partition())
                .addKeyValue("folder", parts.folder().of(partition))
                .addKeyValue("error", why)
                .log(message);
    }
}
