package io.millrace.worker.task;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions of a sink task: how they come and go, and where they are read from. Owned by the task thread: rebalance callbacks run
 * inside poll, so what fails there is kept until the poll is over.
 */
final class SinkPartitions implements ConsumerRebalanceListener {
    private static final Logger LOG = LoggerFactory.getLogger(SinkPartitions.class);

    private final SinkLife life;
    private final SinkReading reading;
    private final SinkCommits commits;
    private @Nullable RuntimeException failure;

    SinkPartitions(SinkLife life, SinkReading reading, SinkCommits commits) {
        this.life = life;
        this.reading = reading;
        this.commits = commits;
    }

    /** @throws RuntimeException what went wrong in the last rebalance */
    void throwIfFailed() {
        if (failure != null) {
            throw failure;
        }
    }

    /** Applies the positions that the task wished for; those of start() wait for the first partitions. */
    void move() {
        if (life.progress().partitions().isEmpty()) {
            return;
        }
        life.context().takeMoves().forEach((partition, offset) -> {
            if (!life.progress().owns(partition)) {
                life.warn(LOG, "the task moves a partition it has not got", partition.toString());
                return;
            }
            life.consumer().seek(partition, offset);
            life.progress().moved(partition, offset);
            life.batch().forget(List.of(partition));
            life.reports().forget(report -> report.partition().equals(partition) && report.offset() >= offset);
        });
    }

    /** Goes back to what is committed. */
    void rewind() {
        life.progress().rewindToCommitted().forEach(life.consumer()::seek);
        life.batch().forgetAll();
        life.reports().take();
        reading.endRetry();
        reading.resume();
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        if (partitions.isEmpty() || failure != null) {
            return;
        }
        try {
            for (TopicPartition partition : partitions) {
                life.progress().assigned(partition, life.consumer().position(partition));
            }
            reading.assigned(partitions);
            life.task().open(new ArrayList<>(partitions));
            // Positions that the task set in start() or open() count before its first record.
            move();
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        giveUp(partitions, true);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        giveUp(partitions, false);
    }

    /** For another task; those that the end of this life has released come back to the next one. */
    private void giveUp(Collection<TopicPartition> partitions, boolean commit) {
        try {
            List<TopicPartition> owned = owned(partitions);
            release(owned, commit);
            life.faults().hunt().gone(owned);
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    /** Gives all partitions back; after a failure without a commit. */
    void releaseAll(boolean healthy) {
        release(owned(life.progress().partitions()), healthy);
    }

    private List<TopicPartition> owned(Collection<TopicPartition> partitions) {
        return partitions.stream().filter(life.progress()::owns).toList();
    }

    /** flush, preCommit, close, commit, in this order; only close where the partitions may not be committed any more. */
    private void release(List<TopicPartition> owned, boolean commit) {
        if (owned.isEmpty()) {
            return;
        }
        Map<TopicPartition, OffsetAndMetadata> answer = commit ? lastAnswer(owned) : null;
        try {
            life.task().close(new ArrayList<>(owned));
            if (commit) {
                commits.carryOut(answer);
            }
        } finally {
            life.progress().removed(owned);
            life.context().paused().removeAll(owned);
            life.batch().forget(owned);
            life.reports().forget(report -> owned.contains(report.partition()));
        }
    }

    private @Nullable Map<TopicPartition, OffsetAndMetadata> lastAnswer(List<TopicPartition> owned) {
        flush(owned);
        try {
            return commits.ask(owned);
        } catch (RuntimeException e) {
            LOG.atError()
                    .setCause(e)
                    .addKeyValue("connector", life.spec().connector())
                    .addKeyValue("task", life.spec().task())
                    .log("preCommit failed while partitions are given back; they are not committed");
            return null;
        }
    }

    /**
     * A task that answers preCommit itself is not asked to flush elsewhere, and cannot know in preCommit that it is the last: without this,
     * what it gathers would be read again at each stop.
     */
    private void flush(List<TopicPartition> owned) {
        try {
            life.task().flush(life.progress().deliveredOffsets(owned));
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .setCause(e)
                    .addKeyValue("connector", life.spec().connector())
                    .addKeyValue("task", life.spec().task())
                    .log("flush failed while partitions are given back; what is not in the target is read again");
        }
    }
}
