package io.millrace.worker.task;

import io.millrace.worker.fault.ConnectStage;
import io.millrace.worker.fault.PoisonHunt;
import io.millrace.worker.fault.RecordFailure;
import io.millrace.worker.offset.CommitPlan;
import io.millrace.worker.offset.SinkProgress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rounds of a sink task: commit when due, poll, convert, put; and what a rebalance asks of it. All on the task thread: rebalance
 * callbacks run inside poll.
 */
final class SinkRounds implements ConsumerRebalanceListener {
    private static final Logger LOG = LoggerFactory.getLogger(SinkRounds.class);
    /** Longest wait in poll, so that a stop is seen soon. */
    private static final Duration MAX_POLL = Duration.ofMillis(200);
    /** Dead letters kept in memory before a commit is forced, and before reading stops. */
    private static final int MANY_HELD = 500;

    private static final int TOO_MANY_HELD = 5_000;
    private static final long TOO_MANY_BYTES = 64L * 1024 * 1024;

    private record Item(ConsumerRecord<byte[], byte[]> raw, Delivery delivery) {
        TopicPartition partition() {
            return new TopicPartition(raw.topic(), raw.partition());
        }

        PoisonHunt.Place place() {
            return new PoisonHunt.Place(partition(), raw.offset());
        }

        boolean isGiven() {
            return delivery instanceof Delivery.Give;
        }
    }

    private final TaskSpec spec;
    private final SinkTask task;
    private final Consumer<byte[], byte[]> consumer;
    private final SinkContext context;
    private final SinkConversion conversion;
    private final SinkReports reports;
    private final SinkCommitter committer;
    private final Clock clock;
    private final Duration commitInterval;
    private final TaskMonitor monitor;
    private final TaskFaults faults;
    private final boolean setsAside;
    private final SinkProgress<ProducerRecord<byte[], byte[]>> progress = new SinkProgress<>();
    private List<Item> batch = new ArrayList<>();
    private Instant nextCommit;
    private @Nullable Instant retryAt;
    private boolean holdingBack;
    private boolean narrowing;
    private @Nullable RuntimeException rebalanceFailure;

    SinkRounds(
            TaskSpec spec,
            SinkTask task,
            Consumer<byte[], byte[]> consumer,
            SinkContext context,
            SinkConversion conversion,
            SinkReports reports,
            SinkCommitter committer,
            Clock clock,
            Duration commitInterval,
            TaskMonitor monitor,
            TaskFaults faults,
            boolean setsAside) {
        this.spec = spec;
        this.task = task;
        this.consumer = consumer;
        this.context = context;
        this.conversion = conversion;
        this.reports = reports;
        this.committer = committer;
        this.clock = clock;
        this.commitInterval = commitInterval;
        this.monitor = monitor;
        this.faults = faults;
        this.setsAside = setsAside;
        this.nextCommit = clock.instant().plus(commitInterval);
    }

    void round() throws InterruptedException {
        commitIfDue();
        commitMovesBack();
        move();
        holdBack();
        if (!hasPiecesLeft()) {
            poll();
        }
        if (rebalanceFailure != null) {
            throw rebalanceFailure;
        }
        if (retryAt != null && clock.instant().isBefore(retryAt)) {
            return;
        }
        if (faults.hunt().isOn()) {
            putInPieces();
        } else {
            put(batch);
        }
    }

    private void poll() throws InterruptedException {
        for (ConsumerRecord<byte[], byte[]> raw : consumer.poll(pollTime())) {
            batch.add(new Item(raw, delivery(raw)));
            progress.consumed(new TopicPartition(raw.topic(), raw.partition()), raw.offset() + 1);
        }
    }

    private boolean hasPiecesLeft() {
        return faults.hunt().isOn() && retryAt == null && !batch.isEmpty();
    }

    /** A record that was found to be the one on which put fails is not given to the task again. */
    private Delivery delivery(ConsumerRecord<byte[], byte[]> raw) throws InterruptedException {
        Optional<RecordFailure> verdict = faults.hunt()
                .verdict(new PoisonHunt.Place(new TopicPartition(raw.topic(), raw.partition()), raw.offset()));
        return verdict.isPresent() ? conversion.setAside(raw, verdict.get()) : conversion.convert(raw);
    }

    /**
     * Looking for a bad record: each piece is committed before the next, so that a failure takes little back. A dead letter is committed
     * before anything that follows it: a task that keeps its own place in the target would pass over it after a kill.
     */
    private void putInPieces() {
        if (batch.isEmpty()) {
            put(batch);
            return;
        }
        Instant end = clock.instant().plus(MAX_POLL);
        // The rest waits for the next round, so that a stop is seen soon.
        while (hasPiecesLeft() && clock.instant().isBefore(end)) {
            List<Item> piece = nextPiece();
            int given = put(piece);
            if (given < 0 || !commit()) {
                return;
            }
            List<PoisonHunt.Place> places = piece.stream().map(Item::place).toList();
            if (given > 0) {
                faults.hunt().passed(places);
            } else {
                faults.hunt().passedOver(places);
            }
        }
    }

    /** The next records that have the same to happen to them; of one partition, in order. */
    private List<Item> nextPiece() {
        Optional<TopicPartition> last = faults.hunt().last();
        TopicPartition from = batch.stream()
                .map(Item::partition)
                .filter(partition -> !partition.equals(last.orElse(null)))
                .findFirst()
                .orElseGet(() -> batch.get(0).partition());
        List<Item> piece = new ArrayList<>();
        for (Item item : batch) {
            if (!item.partition().equals(from)) {
                continue;
            }
            if (!piece.isEmpty() && !goTogether(piece, item)) {
                break;
            }
            piece.add(item);
        }
        return piece;
    }

    private boolean goTogether(List<Item> piece, Item next) {
        Item first = piece.get(0);
        if (first.isGiven() != next.isGiven()) {
            return false;
        }
        boolean suspect = faults.hunt().isSuspect(first.place());
        return suspect == faults.hunt().isSuspect(next.place())
                && (!suspect || !next.isGiven() || piece.size() < faults.hunt().piece());
    }

    private Duration pollTime() {
        Instant now = clock.instant();
        Instant until = nextCommit;
        if (retryAt != null && retryAt.isBefore(until)) {
            until = retryAt;
        }
        Duration left = Duration.between(now, until);
        if (left.isNegative()) {
            return Duration.ZERO;
        }
        return left.compareTo(MAX_POLL) < 0 ? left : MAX_POLL;
    }

    /** Answers how many records the task took; -1 when it is to be given the same again. */
    private int put(List<Item> items) {
        List<SinkRecord> records = new ArrayList<>(items.size());
        for (Item item : items) {
            if (item.delivery() instanceof Delivery.Give give) {
                records.add(give.sinkRecord());
            }
        }
        try {
            task.put(records);
        } catch (RetriableException e) {
            putAgain(e);
            return -1;
        } catch (RuntimeException e) {
            refused(items, e);
            throw e;
        }
        TallyBuilder tally = new TallyBuilder();
        for (Item item : items) {
            item.delivery().count(tally);
            progress.delivered(item.partition(), item.raw().offset() + 1);
            if (item.delivery() instanceof Delivery.SetAside aside) {
                progress.hold(item.partition(), item.raw().offset(), aside.letter(), aside.bytes());
                faults.breaker().ifPresent(breaker -> breaker.died(aside.fingerprint()));
            } else if (item.delivery() instanceof Delivery.Give) {
                progress.given(item.partition(), item.raw().offset());
            }
        }
        Tally counted = tally.build();
        monitor.count(counted);
        faults.breaker().ifPresent(breaker -> breaker.passed(counted.in() - counted.deadLetters()));
        if (items == batch) {
            batch = new ArrayList<>();
        } else {
            Set<Item> done = Collections.newSetFromMap(new IdentityHashMap<>());
            done.addAll(items);
            batch.removeIf(done::contains);
        }
        takeReports();
        faults.throwIfOpen();
        if (retryAt != null) {
            retryAt = null;
            monitor.running();
            resume();
        }
        return records.size();
    }

    /** Put failed for good: the task's life ends here, and the next one may know more of why. */
    private void refused(List<Item> items, RuntimeException error) {
        List<PoisonHunt.Place> given =
                items.stream().filter(Item::isGiven).map(Item::place).toList();
        if (!setsAside || given.isEmpty()) {
            return;
        }
        PoisonHunt.Verdict verdict = faults.hunt()
                .failed(
                        given,
                        new RecordFailure(ConnectStage.TASK_PUT, task.getClass().getName(), "task_put", error, 1));
        narrowing = verdict != PoisonHunt.Verdict.UNKNOWN;
        LOG.atWarn()
                .addKeyValue("connector", spec.connector())
                .addKeyValue("task", spec.task())
                .addKeyValue("records", given.size())
                .addKeyValue("first", given.get(0))
                .addKeyValue("verdict", verdict)
                .addKeyValue("note", faults.hunt().told())
                .log("put failed, the record that it fails on is looked for");
    }

    /** Whether the failure of this life has told more of which record it is. */
    boolean isNarrowing() {
        return narrowing;
    }

    /** The same batch goes to the task again later; until then nothing more is read, but the group is kept. */
    private void putAgain(RetriableException failure) {
        Instant now = clock.instant();
        Duration wait = context.takeTimeout().orElse(MAX_POLL);
        LOG.atWarn()
                .addKeyValue("connector", spec.connector())
                .addKeyValue("task", spec.task())
                .addKeyValue("error", failure.toString())
                .addKeyValue("retryIn", wait)
                .log("put failed and is tried again");
        retryAt = now.plus(wait);
        monitor.retrying(failure);
        consumer.pause(consumer.assignment());
        reports.forget(report -> !progress.isDelivered(report.partition(), report.offset()));
    }

    private void takeReports() {
        for (SinkReports.Report report : reports.take()) {
            if (report.delivery() instanceof Delivery.SetAside aside) {
                progress.hold(report.partition(), report.offset(), aside.letter(), aside.bytes());
                monitor.count(new Tally(0, -1, 1, Map.of()));
                faults.breaker().ifPresent(breaker -> breaker.diedAfterAll(aside.fingerprint()));
            } else if (report.delivery() instanceof Delivery.Drop drop) {
                monitor.count(new Tally(0, -1, 0, Map.of(drop.rule(), 1L)));
            }
        }
    }

    /**
     * A task that goes back may remove what it wrote past that place, to write it anew. After a kill in between, a later offset that is still
     * committed would skip those records, so the place is committed first.
     */
    private void commitMovesBack() {
        CommitPlan<ProducerRecord<byte[], byte[]>> plan = progress.planOfMoves(context.moves());
        if (plan.offsets().isEmpty()) {
            return;
        }
        if (!committer.commit(plan)) {
            throw new ConnectException("Sink task " + spec.place() + " could not commit that it goes back to "
                    + plan.offsets() + "; it starts again from what is committed.");
        }
        progress.committed(plan);
    }

    /** Applies the positions that the task wished for. */
    private void move() {
        context.takeMoves().forEach((partition, offset) -> {
            if (!progress.owns(partition)) {
                warn("the task moves a partition it has not got", partition.toString());
                return;
            }
            consumer.seek(partition, offset);
            progress.moved(partition, offset);
            batch.removeIf(item -> item.partition().equals(partition));
            reports.forget(report -> report.partition().equals(partition) && report.offset() >= offset);
        });
    }

    private void holdBack() {
        boolean tooMany = holdsTooMuch();
        if (tooMany && !holdingBack) {
            warn(
                    "reading pauses until the task lets offsets past its dead letters be committed",
                    progress.held() + " held");
            consumer.pause(consumer.assignment());
        } else if (!tooMany && holdingBack) {
            resume();
        }
        holdingBack = tooMany;
    }

    private boolean holdsTooMuch() {
        int held = progress.held();
        return held > TOO_MANY_HELD || (held > 0 && progress.heldBytes() > TOO_MANY_BYTES);
    }

    private void resume() {
        if (retryAt != null || holdsTooMuch()) {
            return;
        }
        Set<TopicPartition> partitions = new HashSet<>(consumer.assignment());
        partitions.removeAll(context.paused());
        consumer.resume(partitions);
    }

    private void commitIfDue() {
        boolean due = !clock.instant().isBefore(nextCommit) || progress.held() > MANY_HELD || holdsTooMuch();
        if (context.takeCommitRequest() || due) {
            commit();
            nextCommit = clock.instant().plus(commitInterval);
        }
    }

    /** Answers false when reading has gone back instead. */
    private boolean commit() {
        Map<TopicPartition, OffsetAndMetadata> answer;
        try {
            answer = task.preCommit(progress.deliveredOffsets(progress.partitions()));
        } catch (RuntimeException e) {
            LOG.atError()
                    .setCause(e)
                    .addKeyValue("connector", spec.connector())
                    .addKeyValue("task", spec.task())
                    .log("preCommit failed; reading goes back to the last commit");
            rewind();
            return false;
        }
        carryOut(answer);
        return true;
    }

    private void carryOut(@Nullable Map<TopicPartition, OffsetAndMetadata> answer) {
        takeReports();
        // Invariant: a stage that stops commits nothing of what made it stop.
        faults.throwIfOpen();
        CommitPlan<ProducerRecord<byte[], byte[]>> plan = progress.plan(answer == null ? Map.of() : answer);
        plan.ignored().forEach(what -> warn("an offset of preCommit is ignored", what));
        if (!plan.isEmpty() && committer.commit(plan)) {
            progress.committed(plan);
            progress.committedOffsets().forEach(faults.hunt()::committed);
            monitor.committed();
        }
    }

    private void rewind() {
        progress.rewindToCommitted().forEach(consumer::seek);
        batch = new ArrayList<>();
        reports.take();
        if (retryAt != null) {
            retryAt = null;
            monitor.running();
        }
        resume();
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        if (partitions.isEmpty() || rebalanceFailure != null) {
            return;
        }
        try {
            for (TopicPartition partition : partitions) {
                progress.assigned(partition, consumer.position(partition));
            }
            if (retryAt != null || holdingBack) {
                consumer.pause(partitions);
            }
            task.open(new ArrayList<>(partitions));
            // Positions that the task set in start() or open() count before its first record.
            move();
        } catch (RuntimeException e) {
            rebalanceFailure = e;
        }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        try {
            giveUp(partitions, true);
        } catch (RuntimeException e) {
            rebalanceFailure = e;
        }
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        try {
            giveUp(partitions, false);
        } catch (RuntimeException e) {
            rebalanceFailure = e;
        }
    }

    /** For another task; those that the end of this life has released come back to the next one. */
    private void giveUp(Collection<TopicPartition> partitions, boolean commit) {
        List<TopicPartition> owned = partitions.stream().filter(progress::owns).toList();
        release(partitions, commit);
        faults.hunt().gone(owned);
    }

    /** flush, preCommit, close, commit, in this order; only close where the partitions may not be committed any more. */
    private void release(Collection<TopicPartition> partitions, boolean commit) {
        List<TopicPartition> owned = partitions.stream().filter(progress::owns).toList();
        if (owned.isEmpty()) {
            return;
        }
        Map<TopicPartition, OffsetAndMetadata> answer = Map.of();
        if (commit) {
            flush(owned);
            try {
                answer = task.preCommit(progress.deliveredOffsets(owned));
            } catch (RuntimeException e) {
                LOG.atError()
                        .setCause(e)
                        .addKeyValue("connector", spec.connector())
                        .addKeyValue("task", spec.task())
                        .log("preCommit failed while partitions are given back; they are not committed");
            }
        }
        try {
            task.close(new ArrayList<>(owned));
            if (commit) {
                carryOut(answer);
            }
        } finally {
            progress.removed(owned);
            context.paused().removeAll(owned);
            batch.removeIf(item -> owned.contains(item.partition()));
            reports.forget(report -> owned.contains(report.partition()));
        }
    }

    /**
     * A task that answers preCommit itself is not asked to flush elsewhere, and cannot know in preCommit that it is the last: without this,
     * what it gathers would be read again at each stop.
     */
    private void flush(Collection<TopicPartition> owned) {
        try {
            task.flush(progress.deliveredOffsets(owned));
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .setCause(e)
                    .addKeyValue("connector", spec.connector())
                    .addKeyValue("task", spec.task())
                    .log("flush failed while partitions are given back; what is not in the target is read again");
        }
    }

    /** Gives all partitions back; after a failure without a commit. */
    void end(boolean healthy) {
        release(progress.partitions(), healthy);
    }

    private void warn(String what, String detail) {
        LOG.atWarn()
                .addKeyValue("connector", spec.connector())
                .addKeyValue("task", spec.task())
                .addKeyValue("detail", detail)
                .log(what);
    }
}
