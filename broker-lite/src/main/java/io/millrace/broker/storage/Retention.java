package io.millrace.broker.storage;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes away segments that are too old or too many, and those before a log's start. A log that is not open is opened only when its files
 * say that there is something to take away. Compacted logs are the cleaner's.
 */
final class Retention {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private final TopicConfigs configs;
    private final Time time;
    private final BiConsumer<TopicPartition, UnifiedLog> moved;

    Retention(TopicConfigs configs, Time time, BiConsumer<TopicPartition, UnifiedLog> moved) {
        this.configs = configs;
        this.time = time;
        this.moved = moved;
    }

    void run(Collection<PartitionLog> partitions) {
        for (PartitionLog partition : partitions) {
            LogConfig config = configs.of(partition.name().topic());
            if (config.compact) {
                continue;
            }
            try {
                if (partition.ready() || partition.hasUnopenedFolder() && isDue(partition, config)) {
                    apply(partition);
                }
            } catch (IOException | ApiException e) {
                LOG.atWarn()
                        .addKeyValue("topic", partition.name().topic())
                        .addKeyValue("partition", partition.name().partition())
                        .addKeyValue("error", Reason.of(e))
                        .log("Old segments could not be taken away; it is tried again later.");
            }
        }
    }

    private void apply(PartitionLog partition) throws IOException {
        UnifiedLog log = partition.log();
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
