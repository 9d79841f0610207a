package io.millrace.worker.task;

import io.millrace.worker.offset.CommitPlan;
import java.util.Collection;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a sink task what may be committed, and commits it together with the dead letters below it. Owned by the task thread. */
final class SinkCommits {
    private static final Logger LOG = LoggerFactory.getLogger(SinkCommits.class);

    private final SinkLife life;
    private final SinkCommitter committer;

    SinkCommits(SinkLife life, SinkCommitter committer) {
        this.life = life;
        this.committer = committer;
    }

    /** Commits what the task allows of these partitions. Answers false where preCommit failed: reading has to go back then. */
    boolean commit(Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> answer;
        try {
            answer = ask(partitions);
        } catch (RuntimeException e) {
            LOG.atError()
                    .setCause(e)
                    .addKeyValue("connector", life.spec().connector())
                    .addKeyValue("task", life.spec().task())
                    .log("preCommit failed; reading goes back to the last commit");
            return false;
        }
        carryOut(answer);
        return true;
    }

    /** What the task answers to what it was given of these partitions. */
    @Nullable
    Map<TopicPartition, OffsetAndMetadata> ask(Collection<TopicPartition> partitions) {
        return life.task().preCommit(life.progress().deliveredOffsets(partitions));
    }

    void carryOut(@Nullable Map<TopicPartition, OffsetAndMetadata> answer) {
        takeReports();
        // Invariant: a stage that stops commits nothing of what made it stop.
        life.faults().throwIfOpen();
        CommitPlan<ProducerRecord<byte[], byte[]>> plan = life.progress().plan(answer == null ? Map.of() : answer);
        plan.ignored().forEach(what -> life.warn(LOG, "an offset of preCommit is ignored", what));
        if (!plan.isEmpty() && committer.commit(plan)) {
            life.progress().committed(plan);
            life.progress().committedOffsets().forEach(life.faults().hunt()::committed);
            life.monitor().committed();
        }
    }

    /**
     * A task that goes back may remove what it wrote past that place, to write it anew. After a kill in between, a later offset that is still
     * committed would skip those records, so the place is committed first.
     */
    void commitMovesBack() {
        CommitPlan<ProducerRecord<byte[], byte[]>> plan =
                life.progress().planOfMoves(life.context().moves());
        if (plan.offsets().isEmpty()) {
            return;
        }
        if (!committer.commit(plan)) {
            throw new ConnectException("Sink task " + life.spec().place() + " could not commit that it goes back to "
                    + plan.offsets() + "; it starts again from what is committed.");
        }
        life.progress().committed(plan);
    }

    /** What the task has reported since: counted, and held for the commit of an offset past it. */
    void takeReports() {
        for (SinkReports.Report report : life.reports().take()) {
            if (report.delivery() instanceof Delivery.SetAside aside) {
                life.progress().hold(report.partition(), report.offset(), aside.letter(), aside.bytes());
                life.monitor().count(new Tally(0, -1, 1, Map.of()));
                life.faults().breaker().ifPresent(breaker -> breaker.diedAfterAll(aside.fingerprint()));
            } else if (report.delivery() instanceof Delivery.Drop drop) {
                life.monitor().count(new Tally(0, -1, 0, Map.of(drop.rule(), 1L)));
                life.faults().breaker().ifPresent(breaker -> breaker.diedAfterAll(""));
            }
        }
    }
}
