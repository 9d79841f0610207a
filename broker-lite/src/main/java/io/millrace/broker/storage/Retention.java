package io.millrace.broker.storage;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.UnifiedLog;

/**
 * Takes away segments that are too old or too many, and those before a log's start. A log that is not open is opened only when its files
 * say that there is something to take away. Compacted logs are the cleaner's.
 */
final class Retention {
    private final TopicConfigs configs;
    private final Time time;
    private final BiConsumer<TopicPartition, UnifiedLog> moved;

    Retention(TopicConfigs configs, Time time, BiConsumer<TopicPartition, UnifiedLog> moved) {
        this.configs = configs;
        this.time = time;
        this.moved = moved;
    }

    /**
     * Opens the logs whose files say that there is something to take away, and those that are compacted since. May take long.
     *
     * @param wanted whether to go on
     */
    void openDue(Collection<PartitionLog> partitions, BooleanSupplier wanted) {
        for (PartitionLog partition : partitions) {
            if (!wanted.getAsBoolean()) {
                return;
            }
            if (partition.hasUnopenedFolder()) {
                attempt(partition, () -> openIfDue(partition));
            }
        }
    }

    private void openIfDue(PartitionLog partition) throws IOException {
        SegmentFiles.deleteLeftovers(partition.folder());
        LogConfig config = configs.of(partition.name().topic());
        if (config.compact || isDue(partition, config)) {
            partition.log();
        }
    }

    /** Takes away what is due of open logs. */
    void run(Collection<PartitionLog> partitions) {
        for (PartitionLog partition : partitions) {
            Optional<UnifiedLog> log = partition.openLog();
            if (log.isPresent() && !configs.of(partition.name().topic()).compact) {
                attempt(partition, () -> apply(partition, log.get()));
            }
        }
    }

    /** An error of one log must not keep the others from it. */
    private static void attempt(PartitionLog partition, Step step) {
        try {
            step.run();
        } catch (IOException | RuntimeException | InternalError e) {
            Upkeep.warn(partition, e, "Old segments could not be taken away; it is tried again later.");
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    private void apply(PartitionLog partition, UnifiedLog log) throws IOException {
        long start = log.logStartOffset();
        log.deleteOldSegments();
        if (log.logStartOffset() != start) {
            moved.accept(partition.name(), log);
        }
    }

    private boolean isDue(PartitionLog partition, LogConfig config) throws IOException {
        List<SegmentFiles> segments = SegmentFiles.in(partition.folder());
        if (segments.size() > 1
                && partition.saved().logStart() >= segments.get(1).base()) {
            return true;
        }
        if (!config.delete || segments.isEmpty()) {
            return false;
        }
        SegmentFiles oldest = segments.get(0);
        if (config.retentionMs >= 0
                && (segments.size() > 1 || oldest.size() > 0)
                && time.milliseconds() - oldest.newestTimestamp() > config.retentionMs) {
            return true;
        }
        return config.retentionSize >= 0
                && partition.size() - config.retentionSize >= oldest.size()
                && oldest.size() > 0;
    }
}
