package io.millrace.worker.task;

import io.millrace.worker.fault.ConnectStage;
import io.millrace.worker.fault.PoisonHunt;
import io.millrace.worker.fault.RecordFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The rounds of a sink task: commit when due, poll, convert, put. Owned by the task thread. */
final class SinkRounds {
    private static final Logger LOG = LoggerFactory.getLogger(SinkRounds.class);

    private final SinkLife life;
    private final SinkConversion conversion;
    private final Duration commitInterval;
    private final boolean setsAside;
    private final SinkBatch batch;
    private final SinkReading reading;
    private final SinkCommits commits;
    private final SinkPartitions partitions;
    private Instant nextCommit;
    private boolean narrowing;

    /** @param setsAside whether a record on which put fails is looked for, to become a dead letter */
    SinkRounds(
            SinkLife life,
            SinkConversion conversion,
            SinkCommitter committer,
            Duration commitInterval,
            boolean setsAside) {
        this.life = life;
        this.conversion = conversion;
        this.commitInterval = commitInterval;
        this.setsAside = setsAside;
        this.batch = life.batch();
        this.reading = new SinkReading(life);
        this.commits = new SinkCommits(life, committer);
        this.partitions = new SinkPartitions(life, reading, commits);
        this.nextCommit = life.clock().instant().plus(commitInterval);
    }

    /** What the consumer is to tell of partitions that come and go. */
    ConsumerRebalanceListener rebalances() {
        return partitions;
    }

    void round() throws InterruptedException {
        commitIfDue();
        commits.commitMovesBack();
        partitions.move();
        reading.holdBack();
        if (!hasPiecesLeft()) {
            poll();
        }
        if (reading.isBeforeRetry()) {
            return;
        }
        if (life.faults().hunt().isOn()) {
            putInPieces();
        } else {
            put(batch.all());
        }
    }

    private void commitIfDue() {
        boolean due = !life.clock().instant().isBefore(nextCommit) || reading.holdsMany();
        if (life.context().takeCommitRequest() || due) {
            commit();
            nextCommit = life.clock().instant().plus(commitInterval);
        }
    }

    /** Answers false when reading has gone back instead. */
    private boolean commit() {
        boolean asked = commits.commit(life.progress().partitions());
        if (!asked) {
            partitions.rewind();
        }
        return asked;
    }

    private void poll() throws InterruptedException {
        ConsumerRecords<byte[], byte[]> polled = life.consumer().poll(reading.pollTime(nextCommit));
        // a task whose open failed is given nothing, and no transform or converter of it is called any more
        partitions.throwIfFailed();
        for (ConsumerRecord<byte[], byte[]> raw : polled) {
            batch.add(new SinkBatch.Item(raw, delivery(raw)));
            life.progress().consumed(new TopicPartition(raw.topic(), raw.partition()), raw.offset() + 1);
        }
    }

    private boolean hasPiecesLeft() {
        return life.faults().hunt().isOn() && !reading.isRetrying() && !batch.isEmpty();
    }

    /** A record that was found to be the one on which put fails is not given to the task again. */
    private Delivery delivery(ConsumerRecord<byte[], byte[]> raw) throws InterruptedException {
        Optional<RecordFailure> verdict = life.faults()
                .hunt()
                .verdict(new PoisonHunt.Place(new TopicPartition(raw.topic(), raw.partition()), raw.offset()));
        return verdict.isPresent() ? conversion.setAside(raw, verdict.get()) : conversion.convert(raw);
    }

    /**
     * Looking for a bad record: each piece is committed before the next, so that a failure takes little back. A dead letter is committed
     * before anything that follows it: a task that keeps its own place in the target would pass over it after a kill.
     */
    private void putInPieces() {
        if (batch.isEmpty()) {
            put(List.of());
            return;
        }
        PoisonHunt hunt = life.faults().hunt();
        Instant end = life.clock().instant().plus(SinkReading.MAX_POLL);
        // The rest waits for the next round, so that a stop is seen soon.
        while (hasPiecesLeft() && life.clock().instant().isBefore(end)) {
            List<SinkBatch.Item> piece = batch.nextPiece(hunt);
            int given = put(piece);
            if (given < 0 || !commit()) {
                return;
            }
            List<PoisonHunt.Place> places =
                    piece.stream().map(SinkBatch.Item::place).toList();
            if (given > 0) {
                hunt.passed(places);
            } else {
                hunt.passedOver(places);
            }
        }
    }

    /** Answers how many records the task took; -1 when it is to be given the same again. */
    private int put(List<SinkBatch.Item> items) {
        List<SinkRecord> records = new ArrayList<>(items.size());
        for (SinkBatch.Item item : items) {
            if (item.delivery() instanceof Delivery.Give give) {
                records.add(give.sinkRecord());
            }
        }
        int given = records.size();
        try {
            life.task().put(records);
        } catch (RetriableException e) {
            putAgain(e);
            return -1;
        } catch (RuntimeException e) {
            refused(items, e);
            throw e;
        }
        count(items);
        batch.taken(items);
        commits.takeReports();
        life.faults().throwIfOpen();
        if (reading.isRetrying()) {
            reading.endRetry();
            reading.resume();
        }
        return given;
    }

    private void count(List<SinkBatch.Item> items) {
        TallyBuilder tally = new TallyBuilder();
        long failures = 0;
        for (SinkBatch.Item item : items) {
            long offset = item.raw().offset();
            item.delivery().count(tally);
            life.progress().delivered(item.partition(), offset + 1);
            if (item.delivery() instanceof Delivery.SetAside aside) {
                life.progress().hold(item.partition(), offset, aside.letter(), aside.bytes());
                life.faults().breaker().ifPresent(breaker -> breaker.died(aside.fingerprint()));
            } else if (item.delivery() instanceof Delivery.Drop drop && DropRules.isFailure(drop.rule())) {
                failures++;
                life.faults().breaker().ifPresent(breaker -> breaker.died(""));
            } else if (item.isGiven()) {
                life.progress().given(item.partition(), offset);
            }
        }
        Tally counted = tally.build();
        life.monitor().count(counted);
        long passed = counted.in() - counted.deadLetters() - failures;
        life.faults().breaker().ifPresent(breaker -> breaker.passed(passed));
    }

    /** Put failed for good: the task's life ends here, and the next one may know more of why. */
    private void refused(List<SinkBatch.Item> items, RuntimeException error) {
        List<PoisonHunt.Place> given = items.stream()
                .filter(SinkBatch.Item::isGiven)
                .map(SinkBatch.Item::place)
                .toList();
        if (!setsAside || given.isEmpty()) {
            return;
        }
        PoisonHunt hunt = life.faults().hunt();
        PoisonHunt.Verdict verdict =
                hunt.failed(given, new RecordFailure(ConnectStage.TASK_PUT, SinkReports.TASK, "task_put", error, 1));
        narrowing = verdict != PoisonHunt.Verdict.UNKNOWN;
        LOG.atWarn()
                .addKeyValue("connector", life.spec().connector())
                .addKeyValue("task", life.spec().task())
                .addKeyValue("records", given.size())
                .addKeyValue("first", given.get(0))
                .addKeyValue("verdict", verdict)
                .addKeyValue("note", hunt.told())
                .log("put failed, the record that it fails on is looked for");
    }

    /** Whether the failure of this life has told more of which record it is. */
    boolean isNarrowing() {
        return narrowing;
    }

    /** The same batch goes to the task again later; until then nothing more is read, but the group is kept. */
    private void putAgain(RetriableException failure) {
        Duration wait = life.context().takeTimeout().orElse(SinkReading.MAX_POLL);
        LOG.atWarn()
                .addKeyValue("connector", life.spec().connector())
                .addKeyValue("task", life.spec().task())
                .addKeyValue("error", failure.toString())
                .addKeyValue("retryIn", wait)
                .log("put failed and is tried again");
        reading.retryAfter(wait);
        life.monitor().retrying(failure);
        life.reports().forget(report -> !life.progress().isDelivered(report.partition(), report.offset()));
    }

    /** Nothing more is read; what the task has taken is committed in the next round. */
    void pause() {
        reading.rest();
        life.context().requestCommit();
    }

    /** One round while it rests: asked to put nothing as often as offsets are committed, as Kafka Connect does. */
    void rest() throws InterruptedException {
        if (!batch.isEmpty()) {
            round();
            return;
        }
        Instant due = nextCommit;
        commitIfDue();
        commits.commitMovesBack();
        partitions.move();
        poll();
        partitions.throwIfFailed();
        if (!nextCommit.equals(due)) {
            put(List.of());
        }
    }

    void resume() {
        reading.endRest();
    }

    /** Gives all partitions back; after a failure without a commit. */
    void end(boolean healthy) {
        partitions.releaseAll(healthy);
    }
}
