package io.millrace.broker.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.Brokers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Plays one script to Apache Kafka's broker and to the light one: both must answer alike. */
abstract class DifferentialContract {
    private static final Map<String, String> PROPERTIES = Map.ofEntries(
            // a node that is slow is not fenced
            Map.entry("broker.session.timeout.ms", "18000"),
            Map.entry("log.retention.ms", "-1"),
            Map.entry("clamp.replication.factor", "false"),
            Map.entry("transaction.abort.timed.out.transaction.cleanup.interval.ms", "500"),
            Map.entry("group.min.session.timeout.ms", "500"),
            Map.entry("group.consumer.min.heartbeat.interval.ms", "100"),
            Map.entry("group.consumer.heartbeat.interval.ms", "200"),
            Map.entry("group.streams.initial.rebalance.delay.ms", "0"),
            Map.entry("group.streams.assignment.interval.ms", "0"),
            Map.entry("group.streams.min.heartbeat.interval.ms", "100"),
            Map.entry("group.streams.heartbeat.interval.ms", "100"),
            Map.entry("group.streams.min.session.timeout.ms", "500"));

    @TempDir
    static Path home;

    private static Brokers.Running kafka;
    private static Brokers.Running light;

    @BeforeAll
    static void start() {
        kafka = Brokers.start(home.resolve("kafka"), "kafka", PROPERTIES);
        light = Brokers.start(home.resolve("light"), "light", PROPERTIES);
    }

    @AfterAll
    static void stop() {
        light.close();
        kafka.close();
    }

    interface Script {
        void play(Scene scene) throws Exception;
    }

    static void bothAnswerAlike(Script script) throws Exception {
        Scene expected = new Scene(kafka.bootstrapServers());
        script.play(expected);
        Scene actual = new Scene(light.bootstrapServers());
        script.play(actual);
        compare(expected, actual);
    }

    /** The same at the same time, for scripts that wait much. */
    static void bothAnswerAlikeAtOnce(Script script) throws Exception {
        Scene expected = new Scene(kafka.bootstrapServers());
        Scene actual = new Scene(light.bootstrapServers());
        FutureTask<Void> first = new FutureTask<>(() -> {
            script.play(expected);
            return null;
        });
        Thread thread = new Thread(first, "script for Kafka");
        thread.start();
        try {
            script.play(actual);
        } finally {
            thread.join();
        }
        first.get();
        compare(expected, actual);
    }

    private static void compare(Scene expected, Scene actual) {
        assertThat(actual.transcript()).hasSameSizeAs(expected.transcript()).isNotEmpty();
        List<String> differences = new ArrayList<>();
        for (int line = 0; line < expected.transcript().size(); line++) {
            String kafkas = masked(expected.transcript().get(line));
            String ours = masked(actual.transcript().get(line));
            if (!kafkas.equals(ours)) {
                differences.add("\nkafka: " + kafkas + "\nlight: " + ours);
            }
        }
        assertThat(differences).isEmpty();
    }

    /** How long a client waited is in some of its messages, to the millisecond. */
    private static String masked(String line) {
        return line.replaceAll("in \\d+ms", "in Nms");
    }
}
