package io.millrace.broker.storage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
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
    private final Leaving leaving;
    private final List<ScheduledFuture<?>> tasks = new ArrayList<>();
    private volatile boolean closed;

    Upkeep(
            StorageConfig config,
            Scheduler scheduler,
            Time time,
            Collection<PartitionLog> partitions,
            Checkpoints checkpoints,
            Retention retention,
            Compaction compaction,
            Leaving leaving) {
        this.config = config;
        this.scheduler = scheduler;
        this.time = time;
        this.partitions = partitions;
        this.checkpoints = checkpoints;
        this.retention = retention;
        this.compaction = compaction;
        this.leaving = leaving;
    }

    void start() {
        every("flush-logs", config.flushEvery(), config.flushEvery(), () -> exclusively(this::flushDue));
        every(
                "checkpoint-logs",
                config.checkpointEvery(),
                config.checkpointEvery(),
                () -> exclusively(() -> checkpoints.write(partitions)));
        every("retain-logs", FIRST_RETENTION, config.retentionEvery(), this::retain);
        every("heal-logs", HEAL, HEAL, this::heal);
        Duration expiry = config.producerExpirationEvery();
        every("expire-producers", expiry, expiry, () -> exclusively(this::expire));
    }

    private void every(String name, Duration first, Duration period, Runnable task) {
        tasks.add(scheduler.schedule("millrace-" + name, task, first.toMillis(), period.toMillis()));
    }

    /** One at a time, and none after the store began to close. Not for what opens logs: it may take long, and ends by itself then. */
    private synchronized void exclusively(Runnable task) {
        if (!closed) {
            task.run();
        }
    }

    private void retain() {
        retention.openDue(partitions, () -> !closed);
        exclusively(() -> {
            try {
                retention.run(partitions);
            } finally {
                compaction.revive();
            }
        });
    }

    private void heal() {
        for (PartitionLog partition : partitions) {
            if (closed) {
                return;
            }
            partition.heal();
        }
        leaving.retry();
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
        } catch (RuntimeException | InternalError e) {
            warn(partition, e, "A log could not be flushed.");
        }
    }

    private void expire() {
        long now = time.milliseconds();
        for (PartitionLog partition : partitions) {
            partition.openLog().ifPresent(log -> log.removeExpiredProducers(now));
        }
    }

    static void warn(PartitionLog partition, Throwable e, String message) {
        LOG.atWarn()
                .addKeyValue("topic", partition.name().topic())
                .addKeyValue("partition", partition.name().partition())
                .addKeyValue("error", Reason.of(e))
                .log(message);
    }

    static void warn(PartitionLog partition, String message) {
        LOG.atWarn()
                .addKeyValue("topic", partition.name().topic())
                .addKeyValue("partition", partition.name().partition())
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
