package io.millrace.broker.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.LongStream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class TransactionSimulationTest {
    private static final Logger LOG = LoggerFactory.getLogger("io.millrace.broker.simulation");
    /** More with {@code -Dmillrace.simulation.seeds}; they go on from the first one. */
    private static final int SEEDS = Integer.getInteger("millrace.simulation.seeds", 100);

    private static final long FIRST = Long.getLong("millrace.simulation.seed", 1);

    private Path folder;

    @BeforeEach
    void makeFolder() throws IOException {
        // Nothing here is about a loss of power, so memory will do where there is some.
        Path memory = Path.of("/dev/shm");
        folder = Files.isWritable(memory)
                ? Files.createTempDirectory(memory, "transactions")
                : Files.createTempDirectory("transactions");
    }

    @BeforeEach
    void beQuiet() {
        Configurator.setLevel("io.millrace.broker.transaction", Level.OFF);
    }

    @AfterEach
    void tidyUp() {
        Configurator.setLevel("io.millrace.broker.transaction", Level.INFO);
        remove(folder);
    }

    private static void remove(Path folder) {
        try (var files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                if (!file.toFile().delete()) {
                    throw new IllegalStateException(file + " is still there");
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void everySeedEndsAllTransactionsWholly() {
        Simulation.Counts counts = new Simulation.Counts();
        long begun = System.nanoTime();
        LongStream.range(FIRST, FIRST + SEEDS).forEach(seed -> {
            Path home = folder.resolve(Long.toString(seed));
            new Simulation(seed, home, counts).run();
            remove(home);
        });
        LOG.atInfo()
                .addKeyValue("seeds", SEEDS)
                .addKeyValue("millis", (System.nanoTime() - begun) / 1_000_000)
                .log(SEEDS + " seeds: " + counts.counts);
        assertThat(counts.counts.keySet())
                .contains(
                        "aborts",
                        "commits",
                        "disk errors",
                        "kills",
                        "partitions loaded again",
                        "topics created again",
                        "topics deleted",
                        "transactions COMMITTED",
                        "transactions DOUBTFUL",
                        "transactions NOT_COMMITTED");
    }

    /** The fault of Kafka 4.3.1 that decision 0007 tells of, and whether this test would see it. */
    @Test
    void aMarkerThatIsLeftOutIsFoundOut() {
        assertThatThrownBy(() -> LongStream.range(0, 50).forEach(seed -> {
                    Path home = folder.resolve(Long.toString(seed));
                    new Simulation(seed, home, new Simulation.Counts()) {
                        private int markers;

                        @Override
                        public boolean lose(TopicPartition partition, MemoryRecords records) {
                            return records.firstBatch().isControlBatch() && ++markers % 7 == 0;
                        }
                    }.run();
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("the last stable offset is stuck");
    }
}
