package io.millrace.it.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.it.bench.Readings.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the distribution's broker costs beside Apache Kafka's own, stock and tuned: CPU seconds and memory of the broker's process, which has
 * its own class archive and the same flags in any case; the clients are this JVM. Each measurement has a new process and a new folder, and
 * goes round the contestants, so that whatever the machine does at that time falls on all of them. See {@link BenchSettings} for what may be
 * asked for and {@link Figure} for what is read.
 */
class BrokerBenchmark {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerBenchmark.class);
    private static final Path RESULTS = Path.of("target/benchmarks");
    private static final int TOPICS = 100;

    private final BenchSettings settings = BenchSettings.fromProperties();
    private final Readings readings = new Readings();
    private final BenchFolders folders =
            new BenchFolders(Path.of("target/broker-bench").toAbsolutePath());

    private interface Measurement {
        void of(BrokerJvm broker, Recorder recorder) throws Exception;
    }

    @BeforeAll
    static void quietClients() {
        // Kafka refuses what is asked of partitions that have no leader yet, and its client tells of each; what matters
        // comes as an exception
        Configurator.setLevel("org.apache.kafka.clients", Level.OFF);
    }

    @Test
    void lightBrokerBesideKafkaStockAndTuned() throws Exception {
        Path folder = folders.make();
        assertThat(Files.getFileStore(folder).type())
                .as("where the data goes: memory is no disk")
                .isNotEqualTo("tmpfs");
        for (Contestant contestant : settings.contestants()) {
            contestant.checkLibrary();
        }
        Instant begun = Instant.now();
        String load = BrokerReport.load();
        ClassArchives archives = ClassArchives.train(folder, settings);
        for (int round = 1; round <= settings.rounds(); round++) {
            measure(round, archives);
        }
        String report = report(begun, load);
        Files.writeString(RESULTS.resolve("broker.md"), report);
        LOG.info("written to {}:\n{}", RESULTS.resolve("broker.md").toAbsolutePath(), report);
        folders.delete();
    }

    private void measure(int round, ClassArchives archives) throws Exception {
        if (settings.wants(Figure.FIRST_CPU, Figure.IDLE_RSS)) {
            around(round, archives, (broker, recorder) -> FirstRecord.measure(broker, settings, recorder));
        }
        if (settings.wants(Figure.WRITTEN_WALL, Figure.FULL_RSS)) {
            ManyPartitions inOne = new ManyPartitions(1, settings.partitions());
            around(
                    round,
                    archives,
                    (broker, recorder) -> inOne.measure(broker, settings, settings.wants(Figure.FULL_RSS), recorder));
        }
        if (settings.wants(Figure.WRITTEN_WALL)) {
            ManyPartitions inMany = new ManyPartitions(TOPICS, Math.max(1, settings.partitions() / TOPICS));
            around(round, archives, (broker, recorder) -> inMany.measure(broker, settings, false, recorder));
        }
        if (settings.wants(Figure.PRODUCE_CPU, Figure.CONSUME_CPU)) {
            around(round, archives, (broker, recorder) -> new Throughput(broker, settings, recorder).measure());
        }
        if (settings.wants(Figure.LATENCY_P50)) {
            around(round, archives, (broker, recorder) -> new Latency(broker, settings).measure(recorder));
        }
    }

    private void around(int round, ClassArchives archives, Measurement measurement) throws Exception {
        for (Contestant contestant : settings.contestants()) {
            Path own = folders.next(contestant);
            List<String> flags = new ArrayList<>(settings.jvm());
            flags.addAll(archives.flags(contestant));
            Failure.telling(contestant + " in round " + round, own, () -> {
                try (BrokerJvm broker = BrokerJvm.start(contestant, own, flags)) {
                    measurement.of(broker, recorder(round, contestant));
                    broker.assertMaps(archives.of(contestant));
                }
            });
            BenchFolders.empty(own);
            Files.createDirectories(RESULTS);
            Files.writeString(RESULTS.resolve("broker.csv"), readings.csv());
        }
    }

    /** What nobody asked for is read beside, and left out. */
    private Recorder recorder(int round, Contestant contestant) {
        return (figure, detail, value) -> {
            if (settings.wants(figure)) {
                readings.add(new Reading(round, contestant, figure, detail, value));
                LOG.info(
                        "round {}, {}: {} {}: {} {}",
                        round,
                        contestant.label(),
                        figure.text(),
                        detail,
                        value,
                        figure.unit());
            }
        };
    }

    private String report(Instant begun, String load) throws IOException {
        StringBuilder report =
                new StringBuilder("# The broker beside Apache Kafka " + Contestant.kafkaVersion() + "\n\n");
        line(report, "Command: `" + command() + "`");
        line(report, "Machine: " + BrokerReport.machine(folders.root()));
        line(
                report,
                "Time: " + begun.truncatedTo(ChronoUnit.SECONDS) + " to "
                        + Instant.now().truncatedTo(ChronoUnit.SECONDS) + "; load average before " + load + ", after "
                        + BrokerReport.load());
        line(
                report,
                "Rounds: " + settings.rounds() + ", each measurement with a new process and folder, the contestants"
                        + " in turn; medians, in brackets the least and the most");
        line(
                report,
                "All three: `java " + String.join(" ", settings.jvm()) + " -XX:SharedArchiveFile=...`, the archive made"
                        + " by the same training; `group.initial.rebalance.delay.ms=0`; clients in another JVM");
        line(report, "light: `millrace broker server.properties` of the distribution, with the file of stock Kafka");
        line(
                report,
                "Kafka stock: `kafka.Kafka` with what one node must have; formatted before; logging warnings alone");
        line(report, "Kafka tuned: the same with the twelve properties that make it small");
        line(
                report,
                "Load: " + settings.records() + " records of 100 B or " + settings.records() / Throughput.LARGE_IN_SMALL
                        + " of 1 KiB for each cell and round, which compress as text does, after a warm-up; one producer"
                        + " (acks=all, idempotent, linger 5 ms, else defaults), one consumer, which reads them "
                        + settings.passes() + " times; latency over "
                        + settings.paced().toSeconds()
                        + " s at 1,000 records/s of 100 B, linger 0");
        return report.append('\n').append(new BrokerReport(readings).table()).toString();
    }

    private static void line(StringBuilder report, String text) {
        report.append("- ").append(text).append('\n');
    }

    private static String command() {
        String asked = System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("millrace.bench."))
                .sorted()
                .map(name -> " '-D" + name + "=" + System.getProperty(name) + "'")
                .collect(Collectors.joining());
        return "mvn verify -Pbenchmarks -pl integration-tests -am -Dit.test=BrokerBenchmark -Dtest=NoSuchTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false" + asked;
    }
}
