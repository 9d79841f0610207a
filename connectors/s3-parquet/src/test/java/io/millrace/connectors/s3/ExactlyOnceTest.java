package io.millrace.connectors.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.connectors.common.FakeSinkWorker;
import io.millrace.connectors.common.ManualClock;
import io.millrace.connectors.s3.parquet.Duck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random lives of a task: schemas, days, tombstones and poison; cuts by records, time and open files; S3 that fails; crashes at any step
 * of an upload or a removal, temporary files that vanish, restarts with other settings, rebalances, rewinds; replays of two streams. In the end each record is in the lake once.
 * {@code -Dmillrace.test.seeds=1000} tries more.
 */
class ExactlyOnceTest {
    private static final int SEEDS = Integer.getInteger("millrace.test.seeds", 12);

    /** Three of a stream's topic, and one of the replay topic, which holds records of two streams. */
    private static final int PARTITIONS = 4;

    private static final int REPLAYS = 3;

    /** Thrown where the process dies. */
    private static final class Killed extends Error {}

    @TempDir
    Path folder;

    @Test
    void eachRecordIsInTheLakeOnceWhateverHappened() throws Exception {
        live(false);
    }

    @Test
    void eachRecordIsInTheLakeOnceAlsoWhenTemporaryFilesVanish() throws Exception {
        live(true);
    }

    private void live(boolean vanishing) throws Exception {
        try (Duck duck = new Duck()) {
            for (int seed = 0; seed < SEEDS; seed++) {
                Life life = new Life(seed, folder.resolve("temp"), vanishing);
                life.live();
                life.check(duck, folder.resolve("lake" + seed));
            }
        }
    }

    private static final class Life {
        private final int seed;
        private final Random random;
        private final Path temp;
        private final boolean vanishing;
        private final ManualClock clock = new ManualClock();
        private final InMemoryObjectStore store = new InMemoryObjectStore();
        private final FakeSinkWorker worker = new FakeSinkWorker(() -> new S3ParquetSinkTask(any -> store, clock));
        private final Map<Integer, Long> ends = new HashMap<>();
        private final TreeSet<String> expected = new TreeSet<>();
        private final TreeSet<String> poison = new TreeSet<>();

        Life(int seed, Path temp, boolean vanishing) {
            this.seed = seed;
            this.random = new Random(seed);
            this.temp = temp;
            this.vanishing = vanishing;
            for (int partition = 0; partition < PARTITIONS; partition++) {
                append(partition);
            }
        }

        void live() {
            start();
            for (int step = 0; step < 80; step++) {
                try {
                    if (vanishing && random.nextInt(4) == 0) {
                        vanish();
                    }
                    step();
                } catch (Killed e) {
                    restart();
                }
            }
            store.interference = any -> {};
            for (int round = 0; round < 200 && !worker.drained(); round++) {
                worker.poll(20);
            }
            clock.pass(Duration.ofDays(1));
            worker.poll(0);
            for (int round = 0; round < 200 && !worker.drained(); round++) {
                worker.poll(20);
            }
            clock.pass(Duration.ofDays(1));
            worker.poll(0);
            worker.commit();
        }

        private void step() {
            switch (random.nextInt(14)) {
                case 0, 1, 2 -> append(random.nextInt(PARTITIONS));
                case 3 -> clock.pass(Duration.ofSeconds(random.nextInt(100)));
                case 4 -> worker.commit();
                case 5 -> restart();
                case 6 -> {
                    List<TopicPartition> some = List.of(partition(random.nextInt(PARTITIONS)));
                    worker.revoke(some);
                    worker.assign(some);
                }
                case 7 -> {
                    // It is what a worker does when preCommit fails: it does not while a loss is not settled.
                    if (!vanishing || !worker.redelivers()) {
                        worker.rewindToCommitted();
                    }
                }
                default -> worker.poll(1 + random.nextInt(6));
            }
        }

        /** Some temporary files are gone, or all with their folders. */
        private void vanish() {
            boolean all = random.nextBoolean();
            if (!Files.exists(temp)) {
                return;
            }
            try (Stream<Path> paths = Files.walk(temp)) {
                for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    if (all || (Files.isRegularFile(path) && random.nextInt(3) == 0)) {
                        Files.delete(path);
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void restart() {
            if (random.nextInt(4) == 0) {
                store.interference = any -> {};
                if (random.nextBoolean()) {
                    worker.stop();
                } else {
                    worker.stopWithoutFlush();
                }
            } else {
                worker.crash();
            }
            while (true) {
                try {
                    start();
                    return;
                } catch (Killed e) {
                    worker.crash();
                }
            }
        }

        private void start() {
            store.interference = step -> {
                int chance = random.nextInt(40);
                if (chance == 0) {
                    throw new Killed();
                }
                if (chance < 4) {
                    throw new RetriableException("S3 is away");
                }
            };
            Map<String, String> config = Orders.config(
                    "s3.temp.dir", temp.toString(),
                    "s3.roll.records", Integer.toString(1 + random.nextInt(12)),
                    "s3.roll.every", (1 + random.nextInt(100)) + "s",
                    "s3.max.open.files", Integer.toString(1 + random.nextInt(8)),
                    "s3.compression", List.of("zstd", "none").get(random.nextInt(2)));
            worker.start(config);
        }

        private void append(int partition) {
            long offset = ends.getOrDefault(partition, 0L);
            for (int n = random.nextInt(12); n >= 0; n--) {
                offset += random.nextInt(5) == 0
                        ? 1 + random.nextInt(3)
                        : 0; // a transaction's marker, a compacted record
                SinkRecord record = Orders.onDay(record(partition, offset), random.nextInt(3));
                if (partition == REPLAYS) {
                    String of = random.nextBoolean() ? Orders.TOPIC : Orders.CUSTOMERS;
                    record = Orders.replayed(of, record, 0, offset);
                }
                worker.append(record);
                (record.valueSchema() == Orders.POISON ? poison : expected).add(partition(partition) + "@" + offset);
                offset++;
            }
            ends.put(partition, offset);
        }

        private static TopicPartition partition(int number) {
            return number == REPLAYS ? new TopicPartition(Orders.REPLAYS, 0) : new TopicPartition(Orders.TOPIC, number);
        }

        private SinkRecord record(int partition, long offset) {
            int id = random.nextInt(10);
            return switch (random.nextInt(8)) {
                case 0 -> Orders.tombstone(partition, offset, id);
                case 1 -> Orders.poison(partition, offset);
                case 2, 3 -> Orders.row2(partition, offset, id, "v2");
                default -> Orders.row(partition, offset, id, "v1");
            };
        }

        void check(Duck duck, Path lake) throws Exception {
            assertThat(worker.drained()).as("seed %d drained", seed).isTrue();
            if (!vanishing) {
                assertThat(worker.rewindsAskedFor)
                        .as("seed %d: no commit is inside of a cut", seed)
                        .isZero();
            }
            store.export(lake);
            List<String> rows =
                    new ArrayList<>(duck.rows("SELECT _topic || '-' || _partition || '@' || _offset FROM read_parquet('"
                            + lake + "/**/*.parquet', union_by_name = true)"));
            assertThat(rows).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(worker.deadLetters)
                    .as("seed %d, dead letters", seed)
                    .extracting(record -> record.originalTopic() + "-" + record.originalKafkaPartition() + "@"
                            + record.originalKafkaOffset())
                    .containsExactlyInAnyOrderElementsOf(poison);
            worker.log.forEach((partition, records) -> assertThat(worker.committed.get(partition))
                    .as("seed %d, committed of %s", seed, partition)
                    .isEqualTo(records.lastKey() + 1));
            // ranges of committed objects never overlap another cut's
            Map<TopicPartition, TreeSet<Long>> firsts = new HashMap<>();
            store.objects.keySet().stream()
                    .map(key -> CutName.parse(key).orElseThrow())
                    .distinct()
                    .forEach(name -> {
                        for (long offset = name.first(); offset <= name.last(); offset++) {
                            assertThat(firsts.computeIfAbsent(name.partition(), any -> new TreeSet<>())
                                            .add(offset))
                                    .as("seed %d, %s@%d in two cuts", seed, name.partition(), offset)
                                    .isTrue();
                        }
                    });
        }
    }
}
