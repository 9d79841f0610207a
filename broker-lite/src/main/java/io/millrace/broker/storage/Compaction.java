package io.millrace.broker.storage;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.log.LogCleaner;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Apache's log cleaner over the open logs whose topics are compacted. It starts with the first of them, but not before {@link #allow}: it
 * forgets how far it has cleaned the logs it does not know.
 */
final class Compaction {
    private static final Logger LOG = LoggerFactory.getLogger(Compaction.class);

    private final StorageConfig config;
    private final Time time;
    private final ConcurrentMap<TopicPartition, UnifiedLog> logs = new ConcurrentHashMap<>();
    private volatile @Nullable LogCleaner cleaner;
    private boolean allowed;

    Compaction(StorageConfig config, Time time) {
        this.config = config;
        this.time = time;
    }

    /** Called when all compacted logs of earlier runs are open. */
    synchronized void allow() {
        allowed = true;
        startIfWanted();
    }

    void opened(UnifiedLog log) {
        if (log.config().compact) {
            logs.put(log.topicPartition(), log);
            startIfWanted();
        }
    }

    /** Called after a log has got other settings. */
    void configured(UnifiedLog log) {
        if (log.config().compact) {
            opened(log);
        } else {
            closed(log.topicPartition());
        }
    }

    /** Lets go of a log, when the cleaner has. */
    void closed(TopicPartition partition) {
        LogCleaner running = cleaner;
        if (logs.remove(partition) != null && running != null) {
            running.abortCleaning(partition);
        }
    }

    /** Forgets how far deleted partitions were cleaned. */
    void forgetDeleted() {
        LogCleaner running = cleaner;
        if (running != null) {
            running.updateCheckpoints(config.folder().toFile(), Optional.empty());
        }
    }

    private synchronized void startIfWanted() {
        if (!allowed || cleaner != null || logs.isEmpty() || !config.cleaner().enableCleaner) {
            return;
        }
        LogCleaner fresh = new LogCleaner(
                config.cleaner(), List.of(config.folder().toFile()), logs, new DiskFailureOfCleaner(), time);
        fresh.startup();
        cleaner = fresh;
    }

    synchronized void close() {
        allowed = false;
        LogCleaner running = cleaner;
        if (running != null) {
            running.shutdown();
        }
        logs.clear();
    }

    /** The cleaner's own errors end one cleaning; it tries again later. */
    private static final class DiskFailureOfCleaner extends org.apache.kafka.storage.internals.log.LogDirFailureChannel {
        DiskFailureOfCleaner() {
            super(1);
        }

        @Override
        public boolean hasOfflineLogDir(String folder) {
            return false;
        }

        @Override
        public void maybeAddOfflineLogDir(String folder, String message, java.io.IOException e) {
            LOG.atWarn()
                    .addKeyValue("error", Reason.of(e))
                    .addKeyValue("doing", message)
                    .log("Compaction met an error of the disk; it tries again later.");
        }
    }
}
