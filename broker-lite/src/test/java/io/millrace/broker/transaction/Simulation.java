package io.millrace.broker.transaction;

import io.millrace.broker.transaction.SimulatedTransaction.Outcome;
import io.millrace.broker.transaction.SimulatedTransaction.Write;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.server.common.TransactionVersion;
import org.jspecify.annotations.Nullable;

/**
 * Producers, the clock, the disk and the kill against one coordinator, all decided by one seed. Whatever runs at the same time in a broker
 * runs here inside an append of another, so every order of two appends can come up.
 */
class Simulation implements DiskLogs.Fate {
    /** How often what happened, over all runs. */
    static final class Counts {
        final Map<String, Integer> counts = new TreeMap<>();

        void add(String what) {
            counts.merge(what, 1, Integer::sum);
        }

        int of(String what) {
            return counts.getOrDefault(what, 0);
        }
    }

    private static final int STEPS = 300;
    private static final String[] IDS = {"one", "two", "three"};

    private final long seed;
    private final Random random;
    private final Rig rig;
    private final Counts counts;
    private final List<String> schedule = new ArrayList<>();
    private final List<SimulatedProducer> producers = new ArrayList<>();
    private final List<SimulatedTransaction> transactions = new ArrayList<>();
    private @Nullable Throwable broken;
    private boolean kind;
    private boolean down;
    private int depth;

    Simulation(long seed, Path folder, Counts counts) {
        this.seed = seed;
        this.random = new Random(seed);
        this.rig = new Rig(folder, 1 + random.nextInt(2));
        this.counts = counts;
    }

    Rig rig() {
        return rig;
    }

    DiskLogs logs() {
        return rig.logs;
    }

    TransactionCoordinator coordinator() {
        return rig.coordinator;
    }

    Random random() {
        return random;
    }

    boolean down() {
        return down;
    }

    void log(String what) {
        schedule.add(what);
    }

    void fail(String what) {
        AssertionError error = new AssertionError(what + "\n" + story());
        broken(what, error);
        throw error;
    }

    private String story() {
        return "seed " + seed + ", schedule:\n  " + String.join("\n  ", schedule);
    }

    /** A future would swallow what is thrown on its way, so it is kept for the end. */
    void broken(String what, Throwable error) {
        if (broken == null) {
            log(what + " -> " + error);
            broken = error;
        }
    }

    void run() {
        try {
            prepare();
            for (int i = 0; i < STEPS; i++) {
                step();
                if (down) {
                    restart();
                }
            }
            settle();
            check();
        } catch (RuntimeException e) {
            throw new AssertionError(e + "\n" + story(), e);
        } finally {
            rig.logs.fate(DiskLogs.Fate.KIND);
            rig.kill();
        }
    }

    private void prepare() {
        rig.version = random.nextInt(3) == 0 ? TransactionVersion.TV_1 : TransactionVersion.TV_2;
        rig.idsPerBlock = 1 + random.nextInt(5);
        rig.logs.create("a", 2);
        rig.logs.create("b", 1);
        rig.logs.create("c", 1);
        if (random.nextInt(3) == 0) {
            // near the last epoch, so that producer ids have to change
            short epoch = (short) (Short.MAX_VALUE - 1 - random.nextInt(6));
            rig.leave(rig.state(IDS[0], 77, epoch, TransactionState.EMPTY, Set.of()));
        }
        rig.logs.fate(this);
        kind = true;
        rig.boot();
        kind = false;
        for (int i = 0; i < 3; i++) {
            newProducer();
        }
    }

    private void newProducer() {
        boolean raises = rig.version == TransactionVersion.TV_2 && random.nextInt(3) > 0;
        String id = IDS[random.nextInt(IDS.length)];
        producers.add(new SimulatedProducer(this, "p" + producers.size() + "(" + id + ")", id, raises));
    }

    private void step() {
        int choice = random.nextInt(200);
        if (choice < 140) {
            producers.get(random.nextInt(producers.size())).step();
        } else if (choice < 168) {
            rig.scheduler.runOne(random);
        } else if (choice < 186) {
            rig.time.advance(random.nextInt(40));
        } else if (choice < 189) {
            log("time passes");
            rig.time.advance(300 + random.nextInt(900));
        } else if (choice == 189) {
            log("a long time passes");
            rig.time.advance(12_000);
        } else if (choice < 194 && producers.size() < 14) {
            newProducer();
        } else if (choice == 194) {
            deleteOrCreate();
        } else if (choice == 195) {
            groupCoordinator();
        } else if (choice == 196 && depth == 0) {
            reload();
        } else if (choice == 197) {
            die();
        }
    }

    private void deleteOrCreate() {
        String gone = rig.logs.known(new TopicPartition("b", 0)) ? "c" : "b";
        boolean there = rig.logs.known(new TopicPartition(gone, 0));
        String topic = there && random.nextBoolean() ? "b" : gone;
        log((there ? "delete " : "create ") + topic);
        counts.add(there ? "topics deleted" : "topics created again");
        if (there) {
            rig.logs.delete(topic);
        } else {
            rig.logs.create(topic, 1);
        }
    }

    private void groupCoordinator() {
        rig.offsetsError = rig.offsetsError == Errors.NONE ? Errors.NOT_COORDINATOR : Errors.NONE;
        log("group coordinator " + rig.offsetsError);
    }

    private void reload() {
        int partition = random.nextInt(rig.statePartitions);
        rig.leaderEpoch++;
        log("reload " + partition + " at " + rig.leaderEpoch);
        counts.add("partitions loaded again");
        rig.coordinator.load(partition, rig.leaderEpoch);
    }

    private void die() {
        log("KILL");
        down = true;
    }

    private void restart() {
        counts.add("kills");
        rig.kill();
        producers.forEach(SimulatedProducer::disconnect);
        down = false;
        if (random.nextBoolean()) {
            rig.leaderEpoch++;
        }
        rig.start();
        log("restarted");
    }

    /** Lets something else happen here, as another thread would. */
    void interleave() {
        if (!kind && !down && depth < 2 && random.nextInt(12) == 0) {
            depth++;
            log("[");
            step();
            log("]");
            depth--;
        }
    }

    @Override
    public void before(TopicPartition partition, MemoryRecords records) {
        interleave();
        disturb(partition, "before");
    }

    @Override
    public void after(TopicPartition partition, MemoryRecords records) {
        disturb(partition, "after");
        interleave();
        // a broker that is dead answers nobody
        if (down) {
            throw new KafkaStorageException("dead");
        }
    }

    private void disturb(TopicPartition partition, String when) {
        if (down) {
            throw new KafkaStorageException("dead");
        }
        if (kind) {
            return;
        }
        int chance = random.nextInt(200);
        if (chance < 5) {
            log("disk error " + when + " the append to " + partition);
            counts.add("disk errors");
            throw new KafkaStorageException("the disk of " + partition);
        }
        if (chance == 5) {
            die();
            throw new KafkaStorageException("dead");
        }
    }

    List<TopicPartition> targets() {
        List<TopicPartition> targets = new ArrayList<>(rig.logs.partitions());
        targets.removeIf(partition -> partition.topic().equals(Topic.TRANSACTION_STATE_TOPIC_NAME));
        targets.sort(Comparator.comparing(TopicPartition::toString));
        return targets;
    }

    SimulatedTransaction newTransaction(String producer) {
        SimulatedTransaction transaction = new SimulatedTransaction(producer + "#" + transactions.size());
        transactions.add(transaction);
        return transaction;
    }

    void took(SimulatedProducer owner) {
        counts.add("producers initialized");
        producers.stream()
                .filter(other -> other != owner && other.id.equals(owner.id))
                .forEach(SimulatedProducer::fence);
    }

    void ended(SimulatedTransaction transaction, boolean commit) {
        counts.add(commit ? "commits" : "aborts");
        if (commit) {
            transaction.outcome = Outcome.COMMITTED;
        } else if (transaction.outcome == Outcome.DOUBTFUL) {
            fail(transaction.name + " was aborted after it was asked to commit");
        }
    }

    /** Nobody asks for anything any more, the disk is well: all that is open must come to an end. */
    private void settle() {
        kind = true;
        rig.offsetsError = Errors.NONE;
        if (random.nextBoolean()) {
            die();
            restart();
        }
        log("settling");
        for (int i = 0; i < 60; i++) {
            rig.advance(50);
        }
    }

    private void check() {
        if (broken != null) {
            throw new AssertionError(broken + "\n" + story(), broken);
        }
        var open = rig.coordinator.listTransactions(
                Set.of(), Set.of("Ongoing", "PrepareCommit", "PrepareAbort"), -1, null);
        if (open.errorCode() != 0 || !open.transactionStates().isEmpty() || rig.coordinator.unfinished() != 0) {
            fail("transactions did not end: " + open + ", unfinished " + rig.coordinator.unfinished());
        }
        if (!rig.unstable().isEmpty()) {
            fail("the last stable offset is stuck on " + rig.unstable());
        }
        Map<TopicPartition, List<String>> visible = new HashMap<>();
        targets().forEach(partition -> visible.put(partition, rig.committed(partition)));
        visible.forEach((partition, values) -> {
            // The group coordinator's batches are not idempotent, and need not be: an offset committed twice is
            // committed.
            if (!partition.equals(Rig.OFFSETS) && new HashSet<>(values).size() != values.size()) {
                fail("twice on " + partition + ": " + values);
            }
        });
        transactions.forEach(transaction -> check(transaction, visible));
    }

    private void check(SimulatedTransaction transaction, Map<TopicPartition, List<String>> visible) {
        List<Write> seen = transaction.tried.stream()
                .filter(write ->
                        stillThere(write) && visible.get(write.partition()).contains(write.value()))
                .toList();
        List<Write> written =
                transaction.acknowledged.stream().filter(this::stillThere).toList();
        boolean all = seen.equals(written);
        boolean right =
                switch (transaction.outcome) {
                    case COMMITTED -> all;
                    case NOT_COMMITTED -> seen.isEmpty();
                    case DOUBTFUL -> all || seen.isEmpty();
                };
        counts.add("transactions " + transaction.outcome);
        if (!right) {
            fail(transaction.name + " is " + transaction.outcome + ", wrote " + written + ", and seen is " + seen);
        }
    }

    private boolean stillThere(Write write) {
        return write.incarnation().equals(rig.logs.id(write.partition()));
    }
}
