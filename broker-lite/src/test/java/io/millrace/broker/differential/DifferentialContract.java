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
            // Kafka's broker is not to be fenced by its controller on a busy machine: that would be a leader epoch more
            Map.entry("broker.session.timeout.ms", "18000"),
            Map.entry("log.retention.ms", "-1"),
            Map.entry("clamp.replication.factor", "false"),
            Map.entry("transaction.abort.timed.out.transaction.cleanup.interval.ms", "500"),
            Map.entry("group.min.session.timeout.ms", "500"),
            Map.entry("group.consumer.min.heartbeat.interval.ms", "100"),
            Map.entry("group.consumer.heartbeat.interval.ms", "200"),
            Map.entry("group.consumer.min.session.timeout.ms", "500"),
            Map.entry("group.streams.initial.rebalance.delay.ms", "0"),
            Map.entry("group.streams.assignment.interval.ms", "0"),
            Map.entry("group.streams.min.heartbeat.interval.ms", "100"),
            Map.entry("group.streams.heartbeat.interval.ms", "100"),
            Map.entry("group.streams.min.session.timeout.ms", "500"));

    /** A client's id and a random one, or Kafka's own kind of id. */
    private static final String MEMBER =
            "([\\w.-]+-)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<![\\w-])(?!\\w*Exception)[\\w-]{22}(?![\\w-])";

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
        Scene actual = new Scene(light.bootstrapServers());
        // at the same time: most scripts wait more than they work
        FutureTask<Void> played = new FutureTask<>(() -> {
            script.play(expected);
            return null;
        });
        Thread player = new Thread(played, "kafka");
        player.start();
        try {
            script.play(actual);
        } finally {
            player.join();
        }
        played.get();
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
        return line.replaceAll("in \\d+ms", "in Nms").replaceAll(MEMBER, "member");
    }
}
