package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.it.harness.BrokerRun;
import io.millrace.it.harness.JavaClients;
import io.millrace.it.harness.JavaClients.Told;
import io.millrace.it.harness.OtherClients;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** kafkajs does with {@code millrace broker} what Java's clients then find done, and the other way round. */
class KafkaJsIT {
    private static final long TIMESTAMP = 1_700_000_000_000L;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;

    private static BrokerRun broker;
    private static JavaClients apache;

    @BeforeAll
    static void start() throws Exception {
        OtherClients.needKafkaJs();
        broker = BrokerRun.start(folder);
        apache = new JavaClients(broker.bootstrapServers());
    }

    @AfterAll
    static void stop() {
        if (broker != null) {
            broker.close();
        }
    }

    /** Values that every codec makes smaller. */
    private static List<String> values(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "a value that repeats itself, ".repeat(10) + i)
                .toList();
    }

    @Test
    void writesInEachWayItHas() throws Exception {
        apache.topic("js-written", 1);
        Map<String, List<JsonNode>> answers = ask("produce", Map.of("topic", "js-written", "timestamp", TIMESTAMP));
        assertThat(answers.get("gzip").get(0).at("/0/baseOffset").asText()).isEqualTo("12");

        List<Told> expected = new ArrayList<>();
        for (String way : List.of("acks-all", "acks-one", "acks-none", "gzip", "idempotent")) {
            int count = way.equals("gzip") ? 50 : 3;
            for (int i = 0; i < count; i++) {
                Map<String, String> headers = Map.of("way", way, "number", "" + i);
                String value = ("value of " + way + " ").repeat(20) + i;
                expected.add(new Told(0, expected.size(), TIMESTAMP + i, way + "-" + i, value, headers));
            }
            expected.add(new Told(0, expected.size(), TIMESTAMP + count, way + "-deleted", "null", Map.of()));
        }
        assertThat(apache.read("js-written", "read_uncommitted")).isEqualTo(expected);
        assertThat(JavaClients.compressions(broker.segment("js-written"))).containsExactly("gzip", "none");
        assertThat(apache.producers("js-written")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip"})
    void readsByOffsetAndTime(String codec) throws Exception {
        String topic = "js-read-" + codec;
        apache.topic(topic, 1);
        apache.write(topic, codec, TIMESTAMP, values(50));
        List<Told> all = apache.read(topic, "read_uncommitted");

        assertThat(consumed(topic, Map.of("from", 0, "count", 50))).isEqualTo(all);
        assertThat(consumed(topic, Map.of("from", 47, "count", 3))).isEqualTo(all.subList(47, 50));
        assertThat(consumed(topic, Map.of("time", TIMESTAMP + 30, "count", 20))).isEqualTo(all.subList(30, 50));
    }

    private List<Told> consumed(String topic, Map<String, Object> what) throws Exception {
        Map<String, Object> questions = new HashMap<>(what);
        questions.putAll(Map.of("topic", topic, "group", topic + "-" + what));
        List<Told> all = new ArrayList<>();
        for (JsonNode told : ask("consume", questions).get("record")) {
            all.add(JSON.treeToValue(told, Told.class));
        }
        return all;
    }

    @Test
    void sharesATopicInAGroupAndCommits() throws Exception {
        apache.topic("js-shared", 4);
        apache.writeEvenly("js-shared", 4, 12);
        Map<String, List<JsonNode>> answers =
                ask("group", Map.of("topic", "js-shared", "group", "js-shared", "count", 12));

        assertThat(answers.get("shared")).hasToString("[[0,1,2,3]]");
        assertThat(answers.get("described"))
                .hasToString("[{\"state\":\"Stable\",\"protocol\":\"RoundRobinAssigner\",\"members\":2}]");
        assertThat(answers.get("listed")).hasToString("[[{\"groupId\":\"js-shared\",\"protocolType\":\"consumer\"}]]");
        assertThat(answers.get("read").get(0)).hasSize(12);
        assertThat(apache.committed("js-shared")).isEqualTo(Map.of(0, 3L, 1, 3L, 2, 3L, 3, 3L));
    }

    @Test
    void writesTransactionsAndReadsWhatIsCommitted() throws Exception {
        apache.topic("js-transactions", 1);
        Map<String, List<JsonNode>> answers =
                ask("transactions", Map.of("topic", "js-transactions", "group", "js-offsets", "id", "kafkajs"));
        assertThat(answers.get("fenced").get(0).asText()).startsWith("INVALID_PRODUCER_EPOCH: ");

        assertThat(apache.read("js-transactions", "read_committed"))
                .extracting(Told::value)
                .containsExactly("committed", "of the next one");
        assertThat(apache.committed("js-offsets")).isEqualTo(Map.of(0, 7L));
        assertThat(consumed("js-transactions", Map.of("from", 0, "count", 2)))
                .extracting(Told::value)
                .containsExactly("committed", "of the next one");
        assertThat(consumed("js-transactions", Map.of("from", 0, "count", 4, "readUncommitted", true)))
                .extracting(Told::value)
                .containsExactly("committed", "aborted", "of the fenced one", "of the next one");
    }

    @Test
    void administers() throws Exception {
        Map<String, List<JsonNode>> answers = ask("admin", Map.of("topic", "js-made", "group", "js-made"));
        List<String> told = new ArrayList<>();
        answers.forEach((what, all) -> told.add(what + " " + all.get(0)));
        assertThat(told)
                .containsExactly(
                        "cluster {\"brokers\":[\"" + broker.bootstrapServers() + "\"],\"controller\":1}",
                        "created true",
                        "created again false",
                        "bad name [\"INVALID_TOPIC_EXCEPTION\"]",
                        "listed true",
                        "leaders [\"0 1 1\",\"1 1 1\"]",
                        "partitions 3",
                        "fewer partitions \"INVALID_PARTITIONS: Number of partitions is invalid\"",
                        "config [\"cleanup.policy=compact\"]",
                        "altered [\"retention.ms=123456\",\"cleanup.policy=delete\"]",
                        "offsets [\"0 2-4\",\"1 0-0\",\"2 0-0\"]",
                        "set \"3\"",
                        "group deleted [0]",
                        "group unknown [\"GROUP_ID_NOT_FOUND\"]",
                        "gone true",
                        "unknown \"UNKNOWN_TOPIC_OR_PARTITION: " + "This server does not host this topic-partition\"");
    }

    @Test
    void comesOverTlsWithAPassword() throws Exception {
        apache.topic("js-secure", 1);
        Map<String, Object> questions = Map.of(
                "bootstrap",
                broker.secureServers(),
                "topic",
                "js-secure",
                "certificate",
                broker.certificate().toString(),
                "user",
                BrokerRun.USER,
                "password",
                BrokerRun.PASSWORD);
        Map<String, List<JsonNode>> answers = OtherClients.kafkaJs(folder, "secure", questions);
        assertThat(answers.get("wrong password").get(0).asText())
                .contains("Authentication failed during authentication due to invalid credentials");
        assertThat(apache.read("js-secure", "read_uncommitted"))
                .extracting(Told::pair)
                .containsExactly("secure=by kafkajs");
    }

    private Map<String, List<JsonNode>> ask(String script, Map<String, Object> questions) throws Exception {
        Map<String, Object> all = new HashMap<>(questions);
        all.put("bootstrap", broker.bootstrapServers());
        return OtherClients.kafkaJs(folder, script, all);
    }
}
