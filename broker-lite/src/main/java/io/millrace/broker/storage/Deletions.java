package io.millrace.broker.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.util.Scheduler;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes the files of deleted partitions, some time after, so that who reads them can finish. */
final class Deletions implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Deletions.class);

    private final Scheduler scheduler;
    private final Time time;
    private final Queue<Due> queue = new ConcurrentLinkedQueue<>();

    Deletions(Scheduler scheduler, Time time) {
        this.scheduler = scheduler;
        this.time = time;
    }

    void later(List<Doomed> doomed, long delayMillis) {
        long at = time.milliseconds() + delayMillis;
        doomed.forEach(one -> queue.add(new Due(at, one)));
        scheduler.scheduleOnce("millrace-delete-partitions", this::run, delayMillis);
    }

    private void run() {
        long now = time.milliseconds();
        for (Due due : queue) {
            if (due.at() <= now && queue.remove(due)) {
                closeFiles(due.doomed());
                deleteFolder(due.doomed().folder());
            }
        }
    }

    private static void closeFiles(Doomed doomed) {
        UnifiedLog log = doomed.log();
        if (log != null) {
            log.closeHandlers();
        }
    }

    static void deleteFolder(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | java.io.UncheckedIOException e) {
            LOG.atWarn()
                    .addKeyValue("folder", folder)
                    .addKeyValue("error", Reason.of(e))
                    .log("A deleted partition's files could not be removed; the next start tries again.");
        }
    }

    /** Closes the files; the next start deletes them. */
    @Override
    public void close() {
        for (Due due = queue.poll(); due != null; due = queue.poll()) {
            try {
                closeFiles(due.doomed());
            } catch (KafkaStorageException e) {
                LOG.atDebug().setCause(e).log("A deleted partition's files were closed already.");
            }
        }
    }

    /**
     * A deleted partition's remains.
     *
     * @param log still holds files open, if it was open
     */
    record Doomed(Path folder, @Nullable UnifiedLog log) {}

    private record Due(long at, Doomed doomed) {}
}
