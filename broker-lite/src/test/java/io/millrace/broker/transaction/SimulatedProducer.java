package io.millrace.broker.transaction;

import io.millrace.broker.transaction.SimulatedTransaction.Write;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.common.utils.ProducerIdAndEpoch;
import org.apache.kafka.server.common.TransactionVersion;
import org.jspecify.annotations.Nullable;

/** A producer as Kafka's client is one: retries, idempotent sequences, aborts after errors, gives up when fenced. */
final class SimulatedProducer {
    private enum Phase {
        INITIALIZING,
        READY,
        OPEN,
        COMMITTING,
        ABORTING,
        DEAD
    }

    private static final Set<Errors> RETRIABLE = Set.of(
            Errors.CONCURRENT_TRANSACTIONS,
            Errors.COORDINATOR_LOAD_IN_PROGRESS,
            Errors.COORDINATOR_NOT_AVAILABLE,
            Errors.NOT_COORDINATOR,
            Errors.KAFKA_STORAGE_ERROR);
    private static final Set<Errors> FATAL = Set.of(
            Errors.PRODUCER_FENCED,
            Errors.INVALID_PRODUCER_EPOCH,
            Errors.INVALID_PRODUCER_ID_MAPPING,
            Errors.INVALID_TXN_STATE);
    /** With these a commit was refused, and nothing has come of it. */
    private static final Set<Errors> NOTHING_DONE = Set.of(
            Errors.CONCURRENT_TRANSACTIONS,
            Errors.COORDINATOR_LOAD_IN_PROGRESS,
            Errors.PRODUCER_FENCED,
            Errors.INVALID_PRODUCER_ID_MAPPING,
            Errors.INVALID_TXN_STATE);

    private record Batch(TopicPartition partition, int sequence, Write write) {}

    final String name;
    final String id;
    final boolean raises;
    private final Simulation world;
    private Phase phase = Phase.INITIALIZING;
    private boolean everInitialized;
    private boolean fenced;
    private boolean goOn;
    private boolean mustAbort;
    private boolean asked;
    private long producerId = -1;
    private short epoch = -1;
    private final Map<TopicPartition, Integer> sequences = new HashMap<>();
    private final Set<TopicPartition> added = new HashSet<>();
    private @Nullable Batch inFlight;
    private boolean busy;
    private int life;
    private SimulatedTransaction transaction = new SimulatedTransaction("none");

    SimulatedProducer(Simulation world, String name, String id, boolean raises) {
        this.world = world;
        this.name = name;
        this.id = id;
        this.raises = raises;
    }

    boolean dead() {
        return phase == Phase.DEAD;
    }

    /** Another producer has been given the transactional id. */
    void fence() {
        fenced = everInitialized;
    }

    /** The broker is gone; what was asked is not answered. */
    void disconnect() {
        if (phase == Phase.COMMITTING && busy) {
            transaction.doubt();
        }
        busy = false;
        life++;
    }

    void step() {
        if (busy) {
            return;
        }
        switch (phase) {
            case INITIALIZING -> initialize();
            case READY -> begin();
            case OPEN -> goOnWithTransaction();
            case COMMITTING -> end(TransactionResult.COMMIT);
            case ABORTING -> end(TransactionResult.ABORT);
            case DEAD -> {}
        }
    }

    private <T> void ask(String what, Supplier<CompletableFuture<T>> question, Consumer<T> then) {
        busy = true;
        boolean before = fenced;
        int asking = life;
        world.log(name + " " + what);
        question.get().whenComplete((result, error) -> {
            if (error != null) {
                world.broken(name + " " + what, error);
            }
            if (error != null || world.down() || asking != life) {
                return;
            }
            busy = false;
            world.log(name + " " + what + " -> " + result);
            if (before && served(result)) {
                world.fail(name + " is fenced and was served: " + what);
            }
            then.accept(result);
        });
    }

    private static boolean served(Object result) {
        return result == Errors.NONE
                || result instanceof InitProducerIdResult init && init.error() == Errors.NONE
                || result instanceof EndTxnResult end && end.error() == Errors.NONE;
    }

    private void initialize() {
        Optional<ProducerIdAndEpoch> expected =
                goOn ? Optional.of(new ProducerIdAndEpoch(producerId, epoch)) : Optional.empty();
        int timeout = 200 + world.random().nextInt(600);
        ask(
                "init " + expected,
                () -> world.coordinator().initProducerId(id, timeout, false, false, expected),
                this::initialized);
    }

    private void initialized(InitProducerIdResult result) {
        if (result.error() == Errors.NONE) {
            producerId = result.producerId();
            epoch = result.producerEpoch();
            sequences.clear();
            everInitialized = true;
            goOn = false;
            phase = Phase.READY;
            world.took(this);
        } else if (FATAL.contains(result.error())) {
            die();
        } else if (!RETRIABLE.contains(result.error())) {
            world.fail(name + " init: " + result.error());
        }
    }

    private void begin() {
        transaction = world.newTransaction(name);
        added.clear();
        mustAbort = false;
        asked = false;
        phase = Phase.OPEN;
    }

    private void goOnWithTransaction() {
        if (inFlight != null) {
            send(inFlight);
            return;
        }
        int choice = world.random().nextInt(100);
        if (mustAbort || choice < 10) {
            phase = Phase.ABORTING;
        } else if (choice < 35) {
            phase = Phase.COMMITTING;
        } else {
            newBatch();
        }
    }

    private void newBatch() {
        List<TopicPartition> targets = world.targets();
        TopicPartition partition = targets.get(world.random().nextInt(targets.size()));
        String value = transaction.name + "/" + transaction.tried.size();
        Write write = new Write(partition, world.logs().id(partition), value);
        transaction.tried.add(write);
        inFlight = new Batch(partition, sequences.getOrDefault(partition, 0), write);
    }

    private void send(Batch batch) {
        TopicPartition partition = batch.partition();
        if (!batch.write().incarnation().equals(world.logs().id(partition))) {
            failed(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        } else if (!raises && !added.contains(partition)) {
            ask(
                    "add " + partition,
                    () -> world.coordinator()
                            .addPartitionsToTxn(id, producerId, epoch, Set.of(partition), TransactionVersion.TV_0),
                    error -> added(partition, error));
        } else {
            ask(
                    "write " + batch.write().value() + " to " + partition,
                    () -> world.rig()
                            .verification
                            .verify(
                                    id,
                                    producerId,
                                    epoch,
                                    Map.of(partition, Rig.verifiedSequence(partition, batch.sequence())),
                                    client())
                            .thenApply(verified -> append(batch, verified)),
                    error -> written(batch, error));
        }
    }

    private Verification.Client client() {
        return raises ? Verification.Client.ADDS_BY_WRITING : Verification.Client.KNOWS_ABORTABLE;
    }

    private Errors append(Batch batch, Verification.Verified verified) {
        asked = true;
        Errors refused = verified.errors().getOrDefault(batch.partition(), Errors.NONE);
        world.interleave();
        return refused != Errors.NONE
                ? refused
                : world.rig()
                        .append(
                                producerId,
                                epoch,
                                batch.sequence(),
                                batch.partition(),
                                batch.write().value(),
                                verified.guard(batch.partition()));
    }

    private void added(TopicPartition partition, Errors error) {
        asked = true;
        if (error == Errors.NONE) {
            added.add(partition);
        } else if (FATAL.contains(error)) {
            die();
        } else if (!RETRIABLE.contains(error)) {
            world.fail(name + " add: " + error);
        }
    }

    private void written(Batch batch, Errors error) {
        if (error == Errors.NONE) {
            transaction.acknowledged.add(batch.write());
            sequences.put(batch.partition(), batch.sequence() + 1);
            inFlight = null;
        } else if (!RETRIABLE.contains(error)) {
            failed(error);
        }
    }

    private void failed(Errors error) {
        world.log(name + " lost a batch by " + error);
        inFlight = null;
        mustAbort = true;
    }

    private void end(TransactionResult result) {
        boolean commit = result == TransactionResult.COMMIT;
        if (!asked && transaction.tried.isEmpty()) {
            phase = Phase.READY;
            return;
        }
        if (!raises && added.isEmpty() && !asked) {
            phase = Phase.READY;
            return;
        }
        asked = true;
        ask(
                result + " " + transaction.name,
                () -> world.coordinator()
                        .endTxn(
                                id,
                                producerId,
                                epoch,
                                result,
                                raises ? TransactionVersion.TV_2 : TransactionVersion.TV_0),
                answer -> ended(commit, answer));
    }

    private void ended(boolean commit, EndTxnResult answer) {
        Errors error = answer.error();
        if (error == Errors.NONE) {
            world.ended(transaction, commit);
            // After a lost batch the broker may expect another sequence than the next, so a new epoch is due.
            goOn = mustAbort && !raises;
            phase = goOn ? Phase.INITIALIZING : Phase.READY;
            if (raises) {
                producerId = answer.producerId();
                epoch = answer.producerEpoch();
                sequences.clear();
            }
            return;
        }
        if (commit && !NOTHING_DONE.contains(error)) {
            transaction.doubt();
        }
        if (FATAL.contains(error)) {
            die();
        } else if (!RETRIABLE.contains(error) && error != Errors.UNKNOWN_SERVER_ERROR) {
            world.fail(name + " end: " + error);
        }
    }

    private void die() {
        phase = Phase.DEAD;
        inFlight = null;
    }
}
