package io.millrace.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.app.topic.RunFile;
import io.millrace.app.topic.TopicReader;
import io.millrace.broker.BrokerConfig;
import io.millrace.broker.BrokerLite;
import io.millrace.plugin.record.DeadLetter;
import io.millrace.plugin.record.DeadLetterHeaders;
import io.millrace.plugin.record.ReplayHeaders;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.connect.errors.DataException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DeadLetterCommandIT {
    /** 2026-01-31T12:00:00Z. */
    private static final long AT = 1769860800000L;

    @TempDir
    private static Path folder;

    private static BrokerLite broker;
    private static AutoCloseable runFile;

    private String shop;

    @BeforeAll
    static void start() {
        broker = BrokerLite.start(BrokerConfig.in(folder.resolve("broker")));
        runFile = RunFile.write(folder, broker.bootstrapServers(), "running");
    }

    @AfterAll
    static void stop() throws Exception {
        runFile.close();
        broker.close();
    }

    @BeforeEach
    void makeTopics(TestInfo test) throws Exception {
        shop = test.getTestMethod().orElseThrow().getName().toLowerCase();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(
                            new NewTopic("deadletter." + shop, 1, (short) 1),
                            new NewTopic("replay." + shop, 3, (short) 1),
                            new NewTopic("cleaned." + shop + ".orders", 3, (short) 1)
                                    .configs(Map.of("cleanup.policy", "compact"))))
                    .all()
                    .get();
        }
    }

    private record Answer(int status, String out, String err) {}

    private Answer millrace(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--pipeline", shop, "--data-dir", folder.toString()));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return new Answer(line.execute(all.toArray(String[]::new)), out.toString(), err.toString());
    }

    private DeadLetter.Builder order(int n) {
        return DeadLetter.of(shop, "sink:lake")
                .from("cleaned." + shop + ".orders", n % 3, n)
                .timestamp(AT + n * 1000L)
                .bytes(bytes("{\"order_id\":" + n + "}"), bytes("order " + n))
                .rule("task_put")
                .error("worker.put", new DataException("no room for '" + n + "'"));
    }

    private void dies(DeadLetter... letters) {
        try (Producer<byte[], byte[]> producer = producer()) {
            for (DeadLetter letter : letters) {
                producer.send(letter.toRecord("deadletter." + shop));
            }
        }
    }

    private static Producer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                // One at a time: of two batches to a partition that has no leader yet the second may be taken first.
                Map.of("bootstrap.servers", broker.bootstrapServers(), "max.in.flight.requests.per.connection", 1),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private List<ConsumerRecord<byte[], byte[]>> replayed() {
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        try (TopicReader reader = TopicReader.at(broker.bootstrapServers())) {
            reader.read("replay." + shop, new TopicReader.Start.Beginning(), found::add);
        }
        return found;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void listsTheNewestFirst() throws Exception {
        DeadLetter row = DeadLetter.of(shop, "cleaned.orders.validate")
                .from("raw." + shop + ".orders", 0, 4)
                .timestamp(AT)
                .rule("price_positive")
                .error("validate.failed", null, "the price is bad\u001b[2J")
                .build();
        dies(order(1).build(), order(2).build(), row);
        String group = order(1).build().fingerprint();

        assertThat(millrace("deadletter", "list", "--limit", "2"))
                .isEqualTo(new Answer(
                        0,
                        "deadletter." + shop + "-0@2  2026-01-31T12:00:00Z  cleaned.orders.validate  price_positive  "
                                + row.fingerprint() + "  the price is bad?[2J\n"
                                + "deadletter." + shop + "-0@1  2026-01-31T12:00:02Z  sink:lake  task_put  " + group
                                + "  no room for '2'\n"
                                + "2 of 3 are shown; --limit shows more.\n",
                        ""));
        assertThat(millrace("deadletter", "list", "--stage", "cleaned.orders", "--rule", "other"))
                .isEqualTo(new Answer(0, "'" + shop + "' has no such dead letters.\n", ""));
        JsonNode json = new ObjectMapper()
                .readTree(millrace("deadletter", "list", "-o", "json").out());
        assertThat(json.path("command").asText()).isEqualTo("deadletter list");
        assertThat(json.path("ok").asBoolean()).isTrue();
        assertThat(json.path("result").path("total").asInt()).isEqualTo(3);
        assertThat(json.path("result").path("letters").get(1).path("offset").asInt())
                .isEqualTo(2);
    }

    @Test
    void groupsByKindOfFailure() {
        DeadLetter other =
                order(3).error("worker.put", new DataException("gone")).build();
        dies(order(1).build(), order(2).build(), other);

        assertThat(millrace("deadletter", "groups"))
                .isEqualTo(new Answer(
                        0,
                        order(1).build().fingerprint() + "         2  sink:lake  task_put  worker.put\n"
                                + "    first 2026-01-31T12:00:01Z, last 2026-01-31T12:00:02Z, for example deadletter."
                                + shop + "-0@1\n"
                                + "    no room for '2'\n"
                                + other.fingerprint() + "         1  sink:lake  task_put  worker.put\n"
                                + "    first 2026-01-31T12:00:03Z, last 2026-01-31T12:00:03Z, for example deadletter."
                                + shop + "-0@2\n"
                                + "    gone\n",
                        ""));
    }

    @Test
    void showsOneWhole() {
        dies(order(1).bytes(bytes("k"), new byte[] {0, (byte) 0xff}).build());

        Answer shown = millrace("deadletter", "show", "0@0");
        assertThat(shown.status()).isZero();
        assertThat(shown.out())
                .startsWith("deadletter." + shop + "-0@0\n  at        2026-01-31T12:00:01Z\n  stage     sink:lake\n")
                .contains("  read from cleaned." + shop + ".orders-1@1\n  message   no room for '1'\n  key       k\n")
                .contains("  value     0x00ff\n  headers\n")
                .contains("    millrace.error.code: worker.put\n")
                .contains("  trace\n    org.apache.kafka.connect.errors.DataException: no room for '1'\n");
        assertThat(millrace("deadletter", "show", "7"))
                .isEqualTo(new Answer(
                        2,
                        "",
                        "[deadletter.unknown] '" + shop + "' has no dead letter '7'. 'millrace deadletter list' shows"
                                + " those that it has; they are kept for 14 days.\n"));
    }

    @Test
    void replaysOnceAndOnlyWhenItIsTold() {
        dies(order(1).build(), order(2).build());
        String group = order(1).build().fingerprint();

        assertThat(millrace("deadletter", "replay", "--group", group))
                .isEqualTo(new Answer(
                        0,
                        "2 dead letters of '" + shop + "' would enter their stages again:\n  2  sink:lake  task_put  "
                                + group + "\nNothing was written; --yes does it.\n",
                        ""));
        assertThat(replayed()).isEmpty();

        assertThat(millrace("deadletter", "replay", "0@1", "--yes", "--rate", "1000/s")
                        .out())
                .startsWith("1 dead letter of '" + shop + "' entered their stages again:\n");
        assertThat(replayed()).hasSize(1).allSatisfy(record -> {
            assertThat(record.partition()).isEqualTo(2);
            assertThat(record.value()).isEqualTo(bytes("order 2"));
            assertThat(ReplayHeaders.text(record.headers(), ReplayHeaders.OF)).isEqualTo("deadletter." + shop + "-0@1");
        });

        assertThat(millrace("deadletter", "replay", "--all", "--yes").out())
                .isEqualTo("1 dead letter of '" + shop + "' entered their stages again:\n  1  sink:lake  task_put  "
                        + group + "\nNot 1, already replayed: --again replays them once more.\n");
        assertThat(replayed()).hasSize(2);
        assertThat(millrace("deadletter", "replay", "--all", "--yes", "--again").out())
                .startsWith("2 dead letters");
        assertThat(replayed()).hasSize(4);
        assertThat(millrace("deadletter", "replay", "--all", "--yes", "--again").out())
                .isEqualTo(
                        "0 dead letters of '" + shop + "' entered their stages again.\nNot 2, tried too often: mend the"
                                + " cause first; --max-attempts raises the limit.\n");
    }

    @Test
    void saysWhatCannotBeReplayedAndWhy() {
        dies(
                DeadLetter.of(shop, "source:shopdb")
                        .meantFor("raw.x")
                        .timestamp(AT)
                        .build(),
                DeadLetter.of(shop, "curated.revenue.validate").timestamp(AT).build(),
                order(1).attempts(3).build(),
                order(5).build());
        try (Producer<byte[], byte[]> producer = producer()) {
            for (int offset = 0; offset < 8; offset++) {
                producer.send(new ProducerRecord<>(
                        "cleaned." + shop + ".orders", 2, bytes("{\"order_id\":5}"), bytes("order 5 now")));
            }
        }

        assertThat(millrace("deadletter", "replay", "--all", "--yes"))
                .isEqualTo(new Answer(
                        0,
                        "0 dead letters of '" + shop + "' entered their stages again.\n"
                                + "Not 1, tried too often: mend the cause first; --max-attempts raises the limit.\n"
                                + "Not 1, not kept as their connectors gave them: too large, no Connect data, or written by"
                                + " an earlier version: let the source read them again.\n"
                                + "Not 1, of a row between two steps: it is made again when a record that it was made of"
                                + " comes again: replay or change that one.\n"
                                + "Not 1, superseded: a newer record of the same key has come since; --again does not"
                                + " bring them back.\n",
                        ""));
        assertThat(replayed()).isEmpty();
    }

    private DeadLetter line(int n) {
        return DeadLetter.of(shop, "source:access")
                .meantFor("raw." + shop + ".access")
                .timestamp(AT + n * 1000L)
                .bytes(null, bytes("line " + n))
                .originalHeaders(new RecordHeaders()
                        .add(DeadLetterHeaders.SOURCE_RECORD, bytes("{\"source_offset\":" + n + "}")))
                .rule("transforms[1].Mask")
                .error("worker.transform", new DataException("'" + n + "' cannot be masked"))
                .build();
    }

    @Test
    void recordsOfASourceAreReplayedEachOnItsOwnAccount() {
        // without keys and origins: only their places in the source tell them apart
        dies(line(1), line(2), line(3), line(4));
        String group = line(1).fingerprint();

        assertThat(millrace("deadletter", "replay", "--all"))
                .isEqualTo(new Answer(
                        0,
                        "4 dead letters of '" + shop + "' would enter their stages again:\n"
                                + "  4  source:access  transforms[1].Mask  " + group + "\n"
                                + "A source's row that a newer one of its table has followed is passed over when it"
                                + " enters, and is counted 'superseded' or 'replay.too-late'.\n"
                                + "Nothing was written; --yes does it.\n",
                        ""));
        assertThat(millrace("deadletter", "replay", "0@0", "0@1", "0@2", "--yes")
                        .out())
                .startsWith("3 dead letters of '" + shop + "' entered their stages again:\n");
        assertThat(millrace("deadletter", "replay", "--all", "--yes", "-o", "json")
                        .out())
                .contains("\"replayed\" : 1,");
        assertThat(replayed()).hasSize(4).allSatisfy(record -> {
            assertThat(ReplayHeaders.text(record.headers(), ReplayHeaders.STAGE))
                    .isEqualTo("source:access");
            assertThat(ReplayHeaders.text(record.headers(), ReplayHeaders.TOPIC))
                    .isEqualTo("raw." + shop + ".access");
            assertThat(ReplayHeaders.text(record.headers(), DeadLetterHeaders.SOURCE_RECORD))
                    .startsWith("{\"source_offset\":");
            assertThat(new String(record.value(), StandardCharsets.UTF_8)).startsWith("line ");
        });
    }

    @Test
    void refusesWhatSaysNothing() {
        assertThat(millrace("deadletter", "replay", "--yes"))
                .isEqualTo(new Answer(
                        2,
                        "",
                        "[cli.missing-argument] Nothing says which dead letters to replay. Write their ids, --group,"
                                + " --stage, --rule or --since; --all for all of them.\n"));
        assertThat(millrace("deadletter", "replay", "--all", "--rate", "fast").err())
                .isEqualTo(
                        "[cli.bad-value] 'fast' is no value for '--rate'. Write a number of records for each second or"
                                + " minute, 100/s or 30/m.\n");
        assertThat(millrace("deadletter", "list", "--since", "soon").err())
                .isEqualTo("[cli.bad-value] 'soon' is no value for '--since'. Write how long ago, 10m, 2h or 3d, or an"
                        + " instant, 2026-01-31T12:00:00Z.\n");
        assertThat(millrace("deadletter").err())
                .startsWith("[cli.unknown-option] '--pipeline' is not an option of 'millrace deadletter'.");
        assertThat(millrace("deadletter", "list", "--broker", "127.0.0.1:1"))
                .isEqualTo(new Answer(
                        3,
                        "",
                        "127.0.0.1:1 [cli.broker-unreachable] The broker at '127.0.0.1:1' does not answer. Check that the"
                                + " pipeline runs and that the address is right.\n"));
    }
}
