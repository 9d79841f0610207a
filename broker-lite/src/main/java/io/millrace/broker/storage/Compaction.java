package io.millrace.broker.storage;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.log.LogCleaner;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
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

    /** Does not begin to clean a log any more; for one that failed, on any thread. */
    void failed(TopicPartition partition) {
        logs.remove(partition);
    }

    /** Lets go of a log, when the cleaner has. Not for the cleaner's own thread. */
    void closed(TopicPartition partition) {
        logs.remove(partition);
        LogCleaner running = cleaner;
        if (running != null) {
            running.abortCleaning(partition);
        }
    }

    /** Starts a new cleaner where an error ended the thread of the last. */
    synchronized void revive() {
        LogCleaner running = cleaner;
        if (allowed && running != null && running.deadThreadCount() > 0) {
            running.shutdown();
            cleaner = null;
            startIfWanted();
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
                config.cleaner(), List.of(config.folder().toFile()), logs, new CleanerFailure(time), time);
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

    /** The cleaner's own errors end one cleaning; it tries again, but not at once. */
    private static final class CleanerFailure extends LogDirFailureChannel {
        private static final long PAUSE_MILLIS = 1_000;
        private final Time time;

        CleanerFailure(Time time) {
            super(1);
            this.time = time;
        }

        @Override
        public boolean hasOfflineLogDir(String folder) {
            return false;
        }

        @Override
        public void maybeAddOfflineLogDir(String folder, String message, IOException e) {
            LOG.atWarn()
                    .addKeyValue("error", Reason.of(e))
                    .addKeyValue("doing", message)
                    .log("Compaction met an error of the disk; it tries again later.");
            time.sleep(PAUSE_MILLIS);
        }
    }
}
