package io.millrace.worker.task;

import io.millrace.plugin.record.DeadLetterHeaders;
import io.millrace.plugin.record.ReplayHeaders;
import io.millrace.worker.fault.SourceLetter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the dead letters of a source enter it again, between two transactions of its records: as the connector gave them, through transforms
 * and converters, in a transaction of their own that holds also how far the replay topic was read. The connector hears nothing of them, and
 * no breaker counts them: they are dead letters already. Owned by the task thread, but for {@link #wakeup()}.
 */
final class ReplayRounds implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReplayRounds.class);

    private record Waiting(Incoming incoming, Prepared prepared) {}

    /** A batch that waits until is known which of its rows are the newest. */
    private record Batch(List<Waiting> waiting, NewerRows newer) {}

    private final TaskSpec spec;
    private final TaskServices services;
    private final SourceReplays replays;
    private final SourceConversion conversion;
    private final TaskMonitor monitor;
    private final SourceLetter letters = new SourceLetter();
    private @Nullable Batch batch;

    private ReplayRounds(
            TaskSpec spec,
            TaskServices services,
            SourceReplays replays,
            SourceConversion conversion,
            TaskMonitor monitor) {
        this.spec = spec;
        this.services = services;
        this.replays = replays;
        this.conversion = conversion;
        this.monitor = monitor;
    }

    /**
     * Of the source's first task only: so each record enters once, whatever the number of tasks, and its transactional id fences every
     * earlier reader. Empty for the other tasks, and where no replay topic is named.
     */
    static Optional<ReplayRounds> of(
            TaskSpec spec,
            TaskServices services,
            OffsetStorageReader offsets,
            SourceConversion conversion,
            TaskMonitor monitor) {
        String topic = spec.connectorConfig().get(SinkReplays.TOPIC);
        if (topic == null || topic.isBlank() || spec.task() != 0) {
            return Optional.empty();
        }
        SourceReplays replays = new SourceReplays(
                topic,
                spec.stage(),
                offsets,
                () -> services.clients().replayConsumer("replays-" + spec.connector()),
                services.clock());
        return Optional.of(new ReplayRounds(spec, services, replays, conversion, monitor));
    }

    /**
     * Reads, and writes what has come where the transaction is empty.
     *
     * @throws org.apache.kafka.connect.errors.ConnectException when a record fails and that is not tolerated
     */
    void round(SourceTransaction transaction) throws InterruptedException {
        if (batch == null) {
            List<ConsumerRecord<byte[], byte[]>> read = replays.poll();
            if (read.isEmpty() && !replays.isFarAhead()) {
                return;
            }
            batch = prepare(read);
        }
        Batch current = batch;
        boolean isQuiet = transaction.isEmpty();
        if (!current.newer().readOn(isQuiet) || !isQuiet) {
            return;
        }
        // Invariant: from here to the commit this task writes nothing else, so no newer row of its own comes in
        // between.
        for (Waiting one : current.waiting()) {
            transaction.add(one.incoming(), judged(one, current.newer()));
        }
        replays.addPlaces(transaction);
        SourceTransaction.Committed committed = transaction.commit();
        forgetBatch();
        monitor.count(committed.tally());
        if (!committed.entries().isEmpty()) {
            monitor.committed();
        }
    }

    private Batch prepare(List<ConsumerRecord<byte[], byte[]>> read) throws InterruptedException {
        List<Waiting> waiting = new ArrayList<>();
        NewerRows newer = new NewerRows(
                services.admin(),
                () -> services.clients().offsetConsumer("newer-rows-" + spec.connector()),
                services.clock().millis());
        for (ConsumerRecord<byte[], byte[]> replay : read) {
            Waiting one = prepare(replay);
            waiting.add(one);
            if (one.prepared() instanceof Prepared.Converted converted
                    && one.incoming() instanceof Incoming.Whole whole) {
                newer.watch(converted.bytes(), whole.arrival());
            }
        }
        return new Batch(waiting, newer);
    }

    private Waiting prepare(ConsumerRecord<byte[], byte[]> replay) throws InterruptedException {
        SourceLetter.Read held;
        try {
            String facts = ReplayHeaders.text(replay.headers(), DeadLetterHeaders.SOURCE_RECORD);
            held = letters.read(replay.key(), replay.value(), facts == null ? "" : facts);
        } catch (DataException e) {
            Incoming.Unreadable unreadable = new Incoming.Unreadable(replay);
            return new Waiting(unreadable, conversion.unreadable(unreadable, e));
        }
        Incoming.Replayed incoming = new Incoming.Replayed(replay, held.original(), held.arrival());
        return new Waiting(incoming, conversion.prepare(incoming));
    }

    private Prepared judged(Waiting one, NewerRows newer) {
        if (!(one.prepared() instanceof Prepared.Converted converted)
                || !(one.incoming() instanceof Incoming.Replayed replayed)) {
            return one.prepared();
        }
        return switch (newer.judge(converted.bytes(), replayed.arrival())) {
            case NEWEST -> converted;
            case SUPERSEDED -> passedOver(replayed, DropRules.SUPERSEDED);
            case TOO_LATE -> passedOver(replayed, DropRules.TOO_LATE);
        };
    }

    /** Its dead letter stays where it is. */
    private Prepared passedOver(Incoming.Replayed replayed, String rule) {
        LOG.atWarn()
                .addKeyValue("connector", spec.connector())
                .addKeyValue("task", spec.task())
                .addKeyValue("deadLetter", ReplayHeaders.text(replayed.replay().headers(), ReplayHeaders.OF))
                .addKeyValue("rule", rule)
                .log("a replayed row is passed over");
        return new Prepared.Dropped(rule);
    }

    private void forgetBatch() {
        Batch done = batch;
        batch = null;
        if (done != null) {
            done.newer().close();
        }
    }

    /** From any thread: a call that waits for the broker fails. */
    void wakeup() {
        replays.wakeup();
    }

    @Override
    public void close() {
        forgetBatch();
        replays.close();
    }
}
