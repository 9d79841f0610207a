package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.it.harness.Await;
import io.millrace.it.harness.BrokerRun;
import io.millrace.it.harness.JavaClients;
import io.millrace.it.harness.JavaClients.Told;
import io.millrace.it.harness.MillraceProcess;
import io.millrace.it.harness.OtherClients;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** kcat (librdkafka) does with {@code millrace broker} what Java's clients then find done, and the other way round. */
class KcatIT {
    private static final long TIMESTAMP = 1_700_000_000_000L;
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String EARLIEST = "-Xauto.offset.reset=earliest";
    private static final String OFTEN = "-Xheartbeat.interval.ms=200";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;

    private static BrokerRun broker;
    private static JavaClients apache;

    @BeforeAll
    static void start() throws Exception {
        OtherClients.needKcat();
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
    void listsTheMetadata() throws Exception {
        apache.topic("kcat-listed", 3);
        JsonNode told =
                JSON.readTree(kcat(List.of(), "-L", "-J", "-t", "kcat-listed").get(0));
        assertThat(told.at("/brokers").findValuesAsText("name")).containsExactly(broker.bootstrapServers());
        assertThat(told.at("/topics/0/topic").asText()).isEqualTo("kcat-listed");
        assertThat(told.at("/topics/0/partitions").findValuesAsText("leader")).containsExactly("1", "1", "1");
    }

    @ParameterizedTest
    @CsvSource({"none, all", "gzip, 1", "snappy, 0", "lz4, all", "zstd, all"})
    void writesWithEachCodec(String codec, String acks) throws Exception {
        String topic = "kcat-written-" + codec;
        apache.topic(topic, 1);
        kcat(pairs(values(200)), "-P", "-t", topic, "-K:", "-H", "by=kcat", "-z", codec, "-X", "acks=" + acks);

        // without an acknowledgement the program may end before the broker has read what it sent
        List<Told> read = Await.value(SOON, () -> {
            List<Told> all = apache.read(topic, "read_uncommitted");
            assertThat(all).hasSize(200);
            return all;
        });
        assertThat(read).extracting(Told::pair).containsExactlyElementsOf(pairsOf(values(200)));
        assertThat(read).extracting(Told::headers).containsOnly(Map.of("by", "kcat"));
        assertThat(JavaClients.compressions(broker.segment(topic))).containsExactly(codec);
    }

    @Test
    void writesIdempotently() throws Exception {
        apache.topic("kcat-idempotent", 1);
        kcat(pairs(values(50)), "-P", "-t", "kcat-idempotent", "-K:", "-X", "enable.idempotence=true");
        assertThat(apache.read("kcat-idempotent", "read_committed"))
                .extracting(Told::pair)
                .containsExactlyElementsOf(pairsOf(values(50)));
        assertThat(apache.producers("kcat-idempotent")).hasSize(1);
    }

    @Test
    void writesATransactionAndReadsWhatIsCommitted() throws Exception {
        apache.topic("kcat-transactions", 1);
        apache.transact("kcat-transactions", "aborted", false);
        kcat(List.of("k:of kcat"), "-P", "-t", "kcat-transactions", "-K:", "-X", "transactional.id=kcat");
        apache.transact("kcat-transactions", "of java", true);

        assertThat(apache.read("kcat-transactions", "read_committed"))
                .extracting(Told::value)
                .containsExactly("of kcat", "of java");
        assertThat(consumed("kcat-transactions", "-o", "beginning", "-X", "isolation.level=read_committed"))
                .extracting(Told::value)
                .containsExactly("of kcat", "of java");
        assertThat(consumed("kcat-transactions", "-o", "beginning", "-X", "isolation.level=read_uncommitted"))
                .extracting(Told::value)
                .containsExactly("aborted", "of kcat", "of java");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void readsEachCodecByOffsetAndTime(String codec) throws Exception {
        String topic = "kcat-read-" + codec;
        apache.topic(topic, 1);
        apache.write(topic, codec, TIMESTAMP, values(100));
        List<Told> all = apache.read(topic, "read_uncommitted");

        assertThat(consumed(topic, "-o", "beginning")).isEqualTo(all).hasSize(100);
        assertThat(consumed(topic, "-o", "97")).isEqualTo(all.subList(97, 100));
        assertThat(consumed(topic, "-o", "-2")).isEqualTo(all.subList(98, 100));
        assertThat(consumed(topic, "-o", "s@" + (TIMESTAMP + 95))).isEqualTo(all.subList(95, 100));
        assertThat(kcat(List.of(), "-Q", "-t", topic + ":0:" + (TIMESTAMP + 42)))
                .containsExactly(topic + " [0] offset 42");
    }

    @Test
    void sharesATopicInAGroupAndCommits() throws Exception {
        apache.topic("kcat-shared", 4);
        try (MillraceProcess first = member("kcat-shared")) {
            awaitAssigned(first, 4);
            try (MillraceProcess second = member("kcat-shared")) {
                awaitAssigned(first, 2);
                awaitAssigned(second, 2);
                Set<String> both = new TreeSet<>(assigned(first));
                both.addAll(assigned(second));
                assertThat(both).hasSize(4);
                for (int partition = 0; partition < 4; partition++) {
                    kcat(List.of("k:v" + partition), "-P", "-t", "kcat-shared", "-K:", "-p", "" + partition);
                }
                for (int partition = 0; partition < 4; partition++) {
                    boolean ofFirst = assigned(first).contains("kcat-shared [" + partition + "]");
                    (ofFirst ? first : second).awaitOutput("got " + partition + "@0 v" + partition, SOON);
                }
                second.stop();
            }
            awaitAssigned(first, 4);
            first.stop();
        }
        assertThat(apache.committed("kcat-shared")).isEqualTo(Map.of(0, 1L, 1, 1L, 2, 1L, 3, 1L));
    }

    private MillraceProcess member(String topic) throws Exception {
        return OtherClients.kcatRunning(
                folder, command("-G", topic, "-f", "got %p@%o %s\n", "-u", EARLIEST, OFTEN, topic));
    }

    private void awaitAssigned(MillraceProcess member, int count) throws Exception {
        Await.until(SOON, () -> assertThat(assigned(member)).hasSize(count));
    }

    /** What the last rebalance gave to a member. */
    private List<String> assigned(MillraceProcess member) {
        return Pattern.compile("rebalanced \\(.*\\): assigned: (.*)")
                .matcher(member.output())
                .results()
                .map(found -> List.of(found.group(1).split(", ")))
                .reduce(List.of(), (former, latter) -> latter);
    }

    /** Not by SCRAM: librdkafka before 2.6.1 repeats a nonce in it, which Kafka refuses since 4.0. */
    @Test
    void comesOverTlsWithAPassword() throws Exception {
        apache.topic("kcat-secure", 1);
        OtherClients.kcat(0, input(List.of("k:safe")), secure("-P", "-t", "kcat-secure", "-K:"));
        assertThat(apache.read("kcat-secure", "read_uncommitted"))
                .extracting(Told::pair)
                .containsExactly("k=safe");

        List<String> wrong = new ArrayList<>(secure("-L", "-m", "3"));
        wrong.add("-Xsasl.password=wrong");
        assertThat(String.join("\n", OtherClients.kcat(1, input(List.of()), wrong)))
                .contains("Authentication failed: Invalid username or password");
    }

    private List<String> secure(String... arguments) {
        List<String> command = new ArrayList<>(Arrays.asList(arguments));
        command.addAll(List.of("-b", broker.secureServers(), "-Xsecurity.protocol=SASL_SSL"));
        command.addAll(List.of("-Xsasl.mechanisms=PLAIN", "-Xsasl.username=" + BrokerRun.USER));
        command.addAll(List.of("-Xsasl.password=" + BrokerRun.PASSWORD, "-Xssl.ca.location=" + broker.certificate()));
        return command;
    }

    private List<Told> consumed(String topic, String... from) throws Exception {
        List<String> arguments =
                new ArrayList<>(List.of("-C", "-t", topic, "-J", "-e", "-q", "-Xfetch.wait.max.ms=10"));
        arguments.addAll(List.of(from));
        List<Told> all = new ArrayList<>();
        for (String line : kcat(List.of(), arguments.toArray(String[]::new))) {
            JsonNode told = JSON.readTree(line);
            Map<String, String> headers = new HashMap<>();
            for (int i = 0; i < told.path("headers").size(); i += 2) {
                headers.put(
                        told.at("/headers/" + i).asText(),
                        told.at("/headers/" + (i + 1)).asText());
            }
            all.add(new Told(
                    told.get("partition").asInt(),
                    told.get("offset").asLong(),
                    told.get("ts").asLong(),
                    told.get("key").asText(),
                    told.get("payload").asText(),
                    headers));
        }
        return all;
    }

    private List<String> kcat(List<String> input, String... arguments) throws Exception {
        return OtherClients.kcat(0, input(input), command(arguments));
    }

    private List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(List.of("-b", broker.bootstrapServers()));
        command.addAll(List.of(arguments));
        return command;
    }

    private Path input(List<String> lines) throws Exception {
        return Files.write(Files.createTempFile(folder, "kcat", ".in"), lines);
    }

    private List<String> pairs(List<String> values) {
        return IntStream.range(0, values.size())
                .mapToObj(i -> "k" + i + ":" + values.get(i))
                .toList();
    }

    private List<String> pairsOf(List<String> values) {
        return IntStream.range(0, values.size())
                .mapToObj(i -> "k" + i + "=" + values.get(i))
                .toList();
    }
}
