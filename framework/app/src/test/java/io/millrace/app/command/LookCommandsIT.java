package io.millrace.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.app.status.StatusFile;
import io.millrace.app.status.StatusReport;
import io.millrace.app.topic.RunFile;
import io.millrace.broker.BrokerConfig;
import io.millrace.broker.BrokerLite;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class LookCommandsIT {
    /** 2026-01-31T12:00:00Z. */
    private static final long AT = 1769860800000L;

    private static final String SCHEMA =
            "{\"schema\":{\"type\":\"struct\",\"fields\":[{\"type\":\"int32\",\"optional\":false,"
                    + "\"field\":\"order_id\"},{\"type\":\"string\",\"optional\":true,\"field\":\"phone\"}],\"optional\":false},\"payload\":";

    @TempDir
    private static Path folder;

    private static BrokerLite broker;
    private static AutoCloseable runFile;

    @BeforeAll
    static void start() throws Exception {
        broker = BrokerLite.start(BrokerConfig.in(folder.resolve("broker")));
        runFile = RunFile.write(folder, broker.bootstrapServers(), "shop");
        new StatusFile(folder).write(report());
        Map<String, Object> config = Map.of("bootstrap.servers", broker.bootstrapServers());
        try (Admin admin = Admin.create(config)) {
            admin.createTopics(List.of(
                            new NewTopic("raw.shop.orders", 1, (short) 1),
                            new NewTopic("cleaned.shop.orders", 1, (short) 1),
                            new NewTopic("deadletter.shop", 1, (short) 1)))
                    .all()
                    .get();
            try (Producer<byte[], byte[]> producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", broker.bootstrapServers(), "max.in.flight.requests.per.connection", 1),
                    new ByteArraySerializer(),
                    new ByteArraySerializer())) {
                for (int n = 1; n <= 3; n++) {
                    producer.send(record("raw.shop.orders", n, "raw " + n, Map.of()));
                }
                producer.send(row(1, 0));
                producer.send(row(2, 1));
                producer.send(record(
                        "deadletter.shop",
                        3,
                        "raw 3",
                        Map.of(
                                "millrace.origin", "raw.shop.orders-0@2",
                                "millrace.stage", "cleaned.orders.validate",
                                "millrace.rule", "positive",
                                "millrace.error.code", "validate.failed",
                                "millrace.error.fingerprint", "3f2a9c01b7de")));
                producer.send(new ProducerRecord<>("cleaned.shop.orders", 0, AT + 9_000, key(1), (byte[]) null));
            }
            admin.alterConsumerGroupOffsets(
                            "connect-shop.lake",
                            Map.of(new TopicPartition("cleaned.shop.orders", 0), new OffsetAndMetadata(1)))
                    .all()
                    .get();
            admin.alterConsumerGroupOffsets(
                            "millrace.shop", Map.of(new TopicPartition("raw.shop.orders", 0), new OffsetAndMetadata(3)))
                    .all()
                    .get();
        }
    }

    private static StatusReport report() {
        return new StatusReport(
                "shop",
                broker.bootstrapServers(),
                ProcessHandle.current().pid(),
                Instant.now().toString(),
                Instant.now().toString(),
                "deadletter.shop",
                List.of("phone"),
                List.of(
                        new StatusReport.Connector(
                                "db",
                                true,
                                "postgres-cdc",
                                "RESTARTING",
                                3,
                                3,
                                Map.of(),
                                0,
                                "no route to host",
                                List.of(),
                                ""),
                        new StatusReport.Connector(
                                "lake",
                                false,
                                "s3-parquet",
                                "RUNNING",
                                1,
                                1,
                                Map.of(),
                                0,
                                "",
                                List.of("cleaned.shop.orders"),
                                "connect-shop.lake")),
                List.of(new StatusReport.Raw("raw.orders", "raw.shop.orders", false)),
                List.of(new StatusReport.Stream(
                        "cleaned.orders",
                        "cleaned.shop.orders",
                        true,
                        "raw.shop.orders",
                        "RUNNING",
                        5,
                        3,
                        Map.of("unchanged", 1L),
                        1,
                        0)));
    }

    @AfterAll
    static void stop() throws Exception {
        runFile.close();
        broker.close();
    }

    private static ProducerRecord<byte[], byte[]> row(int n, int rawOffset) {
        return record(
                "cleaned.shop.orders",
                n,
                SCHEMA + "{\"order_id\":" + n + ",\"phone\":\"030-" + n + "\"}}",
                Map.of("millrace.origin", "raw.shop.orders-0@" + rawOffset));
    }

    private static ProducerRecord<byte[], byte[]> record(
            String topic, int n, String value, Map<String, String> headers) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, 0, AT + n * 1000L, key(n), bytes(value));
        headers.forEach((name, text) -> record.headers().add(name, bytes(text)));
        return record;
    }

    private static byte[] key(int n) {
        return bytes("{\"order_id\":" + n + "}");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private record Answer(int status, String out, String err) {}

    private static Answer millrace(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--data-dir", folder.toString()));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return new Answer(line.execute(all.toArray(String[]::new)), out.toString(), err.toString());
    }

    @Test
    void statusTellsStatesCountsAndLag() {
        Answer answer = millrace("status");

        assertThat(answer.err()).isEmpty();
        assertThat(answer.out()
                        .replaceAll("process \\d+ for \\d+ s, broker \\S+", "process P for N s, broker B")
                        .replaceAll("records?, \\d+ s", "records, N s"))
                .isEqualTo("""
                        shop runs as process P for N s, broker B
                        sources
                          db              RESTARTING  in 3, out 3, dropped 0, dead letters 0
                            no route to host
                        streams
                          cleaned.orders  RUNNING     in 5, out 3, dropped 1 (unchanged 1), dead letters 1, lag 0
                        sinks
                          lake            RUNNING     in 1, out 1, dropped 0, dead letters 0, lag 2 records, N s
                        """);
        assertThat(millrace("status", "-o", "json").out()).contains("\"stale\" : false", "\"records\" : 2");
    }

    @Test
    void tapShowsRecordsAndHidesWhatIsPersonal() {
        assertThat(millrace("tap", "cleaned.orders", "--from-beginning", "-n", "3"))
                .isEqualTo(new Answer(0, """
                        2026-01-31T12:00:01Z  0@0  {order_id: 1}  {order_id: 1, phone: '***'}
                        2026-01-31T12:00:02Z  0@1  {order_id: 2}  {order_id: 2, phone: '***'}
                        2026-01-31T12:00:09Z  0@2  {order_id: 1}  deleted
                        """, ""));
        assertThat(millrace("tap", "raw.orders", "--from-beginning", "-n", "1").out())
                .isEqualTo(
                        "2026-01-31T12:00:01Z  0@0  {order_id: 1}  '[5 bytes, not shown: the pipeline has personal fields]'\n");
        assertThat(millrace(
                                "tap",
                                "cleaned.orders",
                                "--where",
                                "value.order_id > 1",
                                "--from-beginning",
                                "-n",
                                "1",
                                "-o",
                                "json")
                        .out())
                .isEqualTo("""
                        {"command":"tap","version":1,"stream":"cleaned.orders","topic":"cleaned.shop.orders"}
                        {"partition":0,"offset":1,"at":"2026-01-31T12:00:02Z","key":{"order_id":2},"value":{"order_id":2,"phone":"***"},"headers":{"millrace.origin":"raw.shop.orders-0@1"}}
                        """);
    }

    @Test
    void tapTellsWhatItCannotDo() {
        assertThat(millrace("tap", "cleaned.order"))
                .isEqualTo(new Answer(
                        2,
                        "",
                        "[cli.unknown-stream] 'cleaned.order' is not a stream of 'shop'. Did you mean 'cleaned.orders'? Streams:"
                                + " raw.orders, cleaned.orders.\n"));
        assertThat(millrace("status", "-p", "other").err())
                .isEqualTo("[cli.other-pipeline] 'other' does not run with the data folder '" + folder
                        + "': 'shop' does. Name the folder of its run (--data-dir).\n");
    }

    @Test
    void traceFollowsAKeyToTheSinks() {
        assertThat(millrace("trace", "order_id=1", "--depth", "100")).isEqualTo(new Answer(0, """
                raw.shop.orders-0@0
                  2026-01-31T12:00:01Z  raw.orders  0@0  {order_id: 1}  '[5 bytes, not shown: the pipeline has personal fields]'
                  2026-01-31T12:00:01Z  cleaned.orders  0@0  {order_id: 1}  {order_id: 1, phone: '***'}
                    lake: done
                without origin: made of many records
                  2026-01-31T12:00:09Z  cleaned.orders  0@2  {order_id: 1}  deleted
                    lake: not yet, 1 offsets before it
                The newest 100 records of each partition were looked at.
                """, ""));
    }

    @Test
    void traceFollowsAPlaceToTheDeadLetters() {
        assertThat(millrace("trace", "raw.shop.orders-0@2")).isEqualTo(new Answer(0, """
                raw.shop.orders-0@2
                  2026-01-31T12:00:03Z  raw.orders  0@2  {order_id: 3}  '[5 bytes, not shown: the pipeline has personal fields]'
                  2026-01-31T12:00:03Z  dead letter  0@0  {order_id: 3}  cleaned.orders.validate rule 'positive' [validate.failed], group 3f2a9c01b7de
                The newest 10000 records of each partition were looked at.
                """, ""));
        assertThat(millrace("trace", "77"))
                .isEqualTo(
                        new Answer(
                                2,
                                "",
                                "77 [trace.not-found] No record of 'shop' among the newest 10000 of each partition has this key or comes"
                                        + " from this place. Look further back with --depth, or check the key with 'millrace tap'.\n"));
    }
}
