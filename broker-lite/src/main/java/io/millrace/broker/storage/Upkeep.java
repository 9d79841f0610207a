package io.millrace.broker.storage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.util.Scheduler;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done for all logs from time to time: one task each for the whole store. */
final class Upkeep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
    private static final Duration HEAL = Duration.ofSeconds(1);
    private static final Duration FIRST_RETENTION = Duration.ofSeconds(30);

    private final StorageConfig config;
    private final Scheduler scheduler;
    private final Time time;
    private final Collection<PartitionLog> partitions;
    private final Checkpoints checkpoints;
    private final Retention retention;
    private final Compaction compaction;
    private final List<ScheduledFuture<?>> tasks = new ArrayList<>();
    private boolean closed;

    Upkeep(
            StorageConfig config,
            Scheduler scheduler,
            Time time,
            Collection<PartitionLog> partitions,
            Checkpoints checkpoints,
            Retention retention,
            Compaction compaction) {
        this.config = config;
        this.scheduler = scheduler;
        this.time = time;
        this.partitions = partitions;
        this.checkpoints = checkpoints;
        this.retention = retention;
        this.compaction = compaction;
    }

    void start() {
        every("flush-logs", config.flushEvery(), config.flushEvery(), this::flushDue);
        every(
                "checkpoint-logs",
                config.checkpointEvery(),
                config.checkpointEvery(),
                () -> checkpoints.write(partitions));
        every("retain-logs", FIRST_RETENTION, config.retentionEvery(), this::retain);
        every("heal-logs", HEAL, HEAL, () -> partitions.forEach(PartitionLog::heal));
        every("expire-producers", config.producerExpirationEvery(), config.producerExpirationEvery(), this::expire);
    }

    private void every(String name, Duration first, Duration period, Runnable task) {
        tasks.add(scheduler.schedule("millrace-" + name, () -> run(task), first.toMillis(), period.toMillis()));
    }

    /** One at a time, and none after the store began to close. */
    private synchronized void run(Runnable task) {
        if (!closed) {
            task.run();
        }
    }

    private void retain() {
        retention.run(partitions);
        compaction.revive();
    }

    private void flushDue() {
        long now = time.milliseconds();
        for (PartitionLog partition : partitions) {
            partition.openLog().ifPresent(log -> flushIfDue(partition, log, now));
        }
    }

    private static void flushIfDue(PartitionLog partition, UnifiedLog log, long now) {
        try {
            if (log.recoveryPoint() < log.logEndOffset() && now - log.lastFlushTime() >= log.config().flushMs) {
                log.flush(false);
            }
        } catch (KafkaStorageException e) {
            warn(partition, e, "A log could not be flushed.");
        }
    }

    private void expire() {
        long now = time.milliseconds();
        for (PartitionLog partition : partitions) {
            partition.openLog().ifPresent(log -> log.removeExpiredProducers(now));
        }
    }

    static void warn(PartitionLog partition, Exception e, String message) {
        LOG.atWarn()
                .addKeyValue("topic", partition.name().topic())
                .addKeyValue("partition", partition.name().partition())
                .addKeyValue("error", Reason.of(e))
                .log(message);
    }

    @Override
    public void close() {
        tasks.forEach(task -> task.cancel(false));
        synchronized (this) {
            closed = true;
        }
    }
}
