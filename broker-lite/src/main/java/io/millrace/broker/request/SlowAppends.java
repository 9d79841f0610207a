package io.millrace.broker.request;

import io.millrace.broker.storage.Logs;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which appends may take so long that other connections of the thread must not wait for them: those that wait for the disk, and those whose
 * records grow to more than some MiB when they are looked at, or are compressed anew.
 */
final class SlowAppends {
    private static final Logger LOG = LoggerFactory.getLogger(SlowAppends.class);
    private static final long MOST_UNPACKED_BYTES = 32L << 20;
    private static final int MOST_PACKED_BYTES = 16 << 10;
    private static final int SMALLEST_BYTES = 1 << 10;

    private final Logs logs;

    SlowAppends(Logs logs) {
        this.logs = logs;
    }

    /** Whether an append to the partition may wait for the disk: its log must be opened or made, or flushes as it is written to. */
    boolean waits(TopicPartition partition) {
        return logs.openLog(partition).map(log -> flushes(log.config())).orElse(true);
    }

    /** Whether an append of these records may wait for the disk, or take long. Records that were not looked at yet may say what they like. */
    boolean slow(TopicPartition partition, MemoryRecords records) {
        Optional<UnifiedLog> log = logs.openLog(partition);
        if (log.isEmpty()) {
            return true;
        }
        LogConfig config = log.get().config();
        return flushes(config) || grows(config, records);
    }

    private static boolean flushes(LogConfig config) {
        return config.flushInterval != Long.MAX_VALUE;
    }

    private static boolean grows(LogConfig config, MemoryRecords records) {
        int bytes = records.sizeInBytes();
        if (bytes < SMALLEST_BYTES) {
            return false;
        }
        CompressionType type;
        try {
            RecordBatch first = records.firstBatch();
            type = first == null ? CompressionType.NONE : first.compressionType();
        } catch (RuntimeException e) {
            // what cannot be understood is refused by the append, which says why, and refuses no other partition
            LOG.atDebug().setCause(e).log("A batch of no known compression");
            return true;
        }
        return bytes * factor(type) > MOST_UNPACKED_BYTES
                || bytes > MOST_PACKED_BYTES
                        && config.compression.isPresent()
                        && config.compression.get().type() != type;
    }

    /** How many bytes one byte can become at most; of Zstandard, what is sent to do harm. */
    private static long factor(CompressionType type) {
        return switch (type) {
            case NONE -> 1;
            case SNAPPY -> 22;
            case LZ4 -> 255;
            case GZIP -> 1_032;
            case ZSTD -> 32_768;
        };
    }
}
