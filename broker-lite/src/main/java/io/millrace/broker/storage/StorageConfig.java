package io.millrace.broker.storage;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.storage.internals.log.CleanerConfig;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;

/**
 * How a log store runs.
 *
 * @param folder where it keeps its data; made if it is missing
 * @param defaults what topics without a setting of their own get
 * @param recoveryThreads how many logs are recovered at once after a stop that was not clean
 * @param flushEvery how often logs are looked at for {@code flush.ms}
 * @param retentionEvery how often logs are looked at for retention
 * @param checkpointEvery how often recovery points and log starts are written down
 * @param cleaner of compacted topics
 * @param maxTransactionTimeout the longest that a producer may ask for
 * @param producerState when producers without records are forgotten, and whether transactions are verified
 * @param producerExpirationEvery how often producers are looked at for that
 * @param reserveBytes free space below which nothing is appended any more, so that indexes in memory-mapped files never hit a full disk
 */
public record StorageConfig(
        Path folder,
        LogConfig defaults,
        int recoveryThreads,
        Duration flushEvery,
        Duration retentionEvery,
        Duration checkpointEvery,
        CleanerConfig cleaner,
        Duration maxTransactionTimeout,
        ProducerStateManagerConfig producerState,
        Duration producerExpirationEvery,
        long reserveBytes) {
    private static final long RESERVE_BYTES = 16L << 20;
    private static final int MAX_MESSAGE_BYTES = 1_048_588;
    private static final int PRODUCER_EXPIRATION_MILLIS = 86_400_000;

    public StorageConfig {
        folder = folder.toAbsolutePath().normalize();
        if (recoveryThreads < 1) {
            throw new IllegalArgumentException("recoveryThreads '" + recoveryThreads + "' is not 1 or more");
        }
    }

    /** Kafka's defaults, with a small cleaner. */
    public static StorageConfig in(Path folder) {
        return new StorageConfig(
                folder,
                new LogConfig(Map.of()),
                2,
                Duration.ofSeconds(1),
                Duration.ofMinutes(5),
                Duration.ofMinutes(1),
                new CleanerConfig(1, 4 << 20, 0.9, 256 << 10, MAX_MESSAGE_BYTES, Double.MAX_VALUE, 15_000, true),
                Duration.ofMinutes(15),
                new ProducerStateManagerConfig(PRODUCER_EXPIRATION_MILLIS, true),
                Duration.ofMinutes(10),
                RESERVE_BYTES);
    }

    /** The same with other defaults of topics. */
    public StorageConfig withDefaults(LogConfig newDefaults) {
        return new StorageConfig(
                folder,
                newDefaults,
                recoveryThreads,
                flushEvery,
                retentionEvery,
                checkpointEvery,
                cleaner,
                maxTransactionTimeout,
                producerState,
                producerExpirationEvery,
                reserveBytes);
    }

    /** The same with another cleaner. */
    public StorageConfig withCleaner(CleanerConfig newCleaner) {
        return new StorageConfig(
                folder,
                defaults,
                recoveryThreads,
                flushEvery,
                retentionEvery,
                checkpointEvery,
                newCleaner,
                maxTransactionTimeout,
                producerState,
                producerExpirationEvery,
                reserveBytes);
    }

    /** The same with another reserve of free space; 0 for none. */
    public StorageConfig withReserve(long bytes) {
        return new StorageConfig(
                folder,
                defaults,
                recoveryThreads,
                flushEvery,
                retentionEvery,
                checkpointEvery,
                cleaner,
                maxTransactionTimeout,
                producerState,
                producerExpirationEvery,
                bytes);
    }
}
