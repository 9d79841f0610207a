package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Administrators cannot tell the light engine from Apache Kafka. */
class AdminDifferentialTest {
    /** What is asked of both and answered differently on purpose, and why. */
    private static final Map<String, String> INTENDED = Map.of(
            "a strange change of loggers",
            "Kafka answers UNKNOWN_SERVER_ERROR to an operation that does not exist, the light engine INVALID_REQUEST,"
                    + " as both do for all other resources");

    @Test
    void bothEnginesAnswerTheSame(@TempDir Path light, @TempDir Path kafka) throws Exception {
        List<String> expected = answers(kafka, "kafka");
        List<String> answered = answers(light, "light");
        assertThat(answered).containsExactlyElementsOf(expected);
    }

    private static List<String> answers(Path folder, String engine) throws Exception {
        // as Kafka answers a wish for three replicas, not as a developer's machine does
        try (Brokers.Running broker = Brokers.start(folder, engine, Map.of("clamp.replication.factor", "false"));
                AdminScript script = new AdminScript(broker.bootstrapServers(), folder.toString())) {
            List<String> answers = new ArrayList<>(script.run());
            assertThat(INTENDED.keySet()).allMatch(question -> answers.removeIf(a -> a.startsWith(question + " -> ")));
            return answers;
        }
    }

    @Test
    void aWishForMoreReplicasIsMetWithOne(@TempDir Path folder) throws Exception {
        try (Brokers.Running broker = Brokers.start(folder, "light");
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            var made = admin.createTopics(
                    List.of(new NewTopic("three", 2, (short) 3), new NewTopic("placed", Map.of(0, List.of(5, 6)))));
            assertThat(Transcript.get(made.replicationFactor("three"))).isEqualTo(1);
            assertThat(Transcript.get(made.replicationFactor("placed"))).isEqualTo(1);
            // known at once, and led
            assertThat(Transcript.get(
                            admin.describeTopics(List.of("three", "placed")).allTopicNames()))
                    .allSatisfy((name, topic) -> assertThat(topic.partitions())
                            .allMatch(partition -> partition.leader().id() == 1));
        }
    }
}
