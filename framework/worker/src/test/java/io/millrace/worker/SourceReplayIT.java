package io.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.plugin.record.DeadLetter;
import io.millrace.plugin.record.DeadLetterHeaders;
import io.millrace.plugin.record.ReplayHeaders;
import io.millrace.plugin.record.ReplayRecord;
import io.millrace.worker.probe.Probe;
import io.millrace.worker.probe.ProbeSource;
import io.millrace.worker.probe.ProbeTransform;
import io.millrace.worker.task.Tally;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.connect.errors.DataException;
import org.junit.jupiter.api.Test;

/** Dead letters of a source enter it again. */
class SourceReplayIT extends WithBroker {
    private static final String STRING = "org.apache.kafka.connect.storage.StringConverter";
    private static final int PARTITIONS = 3;

    private static Map<String, String> source(String name, String... more) {
        Map<String, String> config = new HashMap<>(Map.of(
                "connector.class",
                ProbeSource.class.getName(),
                "probe.topic",
                name + "-out",
                "key.converter",
                STRING,
                "value.converter",
                STRING,
                "transforms",
                "probe",
                "transforms.probe.type",
                ProbeTransform.class.getName(),
                "transforms.probe.probe",
                name));
        config.putAll(Map.of(
                "errors.tolerance",
                "all",
                "errors.deadletterqueue.topic.name",
                dead(name),
                "topic.creation.default.partitions",
                "1",
                "millrace.replay.topic",
                replay(name),
                "millrace.pipeline",
                name));
        for (int i = 0; i < more.length; i += 2) {
            config.put(more[i], more[i + 1]);
        }
        return config;
    }

    private static String dead(String name) {
        return "deadletter." + name;
    }

    private static String replay(String name) {
        return "replay." + name;
    }

    /** Lets records die by their values. */
    private static void poison(String name, Predicate<String> dies) {
        Probe.of(name).onValue = value -> {
            if (dies.test(String.valueOf(value))) {
                throw new DataException("'" + value + "' is poison");
            }
        };
    }

    /** As the command does. */
    private static void replay(String name, List<ConsumerRecord<byte[], byte[]>> letters) {
        send(letters.stream()
                .map(letter -> ReplayRecord.of(letter, replay(name), PARTITIONS, 1))
                .toList());
    }

    private static void send(List<ProducerRecord<byte[], byte[]>> records) {
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(client(), new ByteArraySerializer(), new ByteArraySerializer())) {
            records.forEach(producer::send);
            producer.flush();
        }
    }

    private static void createTable(String topic, Map<String, String> more) throws Exception {
        Map<String, String> config = new HashMap<>(more);
        config.put("cleanup.policy", "compact");
        admin.createTopics(List.of(new NewTopic(topic, 2, (short) 1).configs(config)))
                .all()
                .get(20, TimeUnit.SECONDS);
    }

    private static Set<String> sorted(List<String> values) {
        return new TreeSet<>(values);
    }

    @Test
    void aLetterArrivesOnceAfterItsTransformWasMendedAlsoWithARestartInBetween() throws Exception {
        createTopic(replay("mended"), PARTITIONS);
        poison("mended", value -> value.endsWith("3"));
        try (Worker worker = worker()) {
            worker.deploy("mended", source("mended", "probe.total", "14"));
            await(() -> assertThat(status(worker, "mended").counts()).isEqualTo(new Tally(14, 12, 2, Map.of())));
            List<ConsumerRecord<byte[], byte[]>> letters = committed(dead("mended"));
            assertThat(letters).hasSize(2);

            // dies again: one try more, and nothing on its topic
            replay("mended", letters.subList(0, 1));
            await(() -> assertThat(status(worker, "mended").counts()).isEqualTo(new Tally(15, 12, 3, Map.of())));
        }
        List<ConsumerRecord<byte[], byte[]>> letters = committed(dead("mended"));
        assertThat(header(letters.get(2), DeadLetterHeaders.ATTEMPTS)).isEqualTo("2");
        assertThat(header(letters.get(2), ReplayHeaders.OF)).isEqualTo(ReplayRecord.id(letters.get(0)));
        assertThat(letters.get(2).value()).isEqualTo(letters.get(0).value());

        replay("mended", letters.subList(1, 3));
        poison("mended", value -> false);
        Map<String, String> config = source("mended", "probe.total", "16");
        try (Worker worker = worker()) {
            worker.deploy("mended", config);
            await(() -> assertThat(status(worker, "mended").counts()).isEqualTo(new Tally(4, 4, 0, Map.of())));
        }
        try (Worker worker = worker()) {
            worker.deploy("mended", source("mended", "probe.total", "17"));
            await(() -> assertThat(status(worker, "mended").counts()).isEqualTo(new Tally(1, 1, 0, Map.of())));
        }
        List<ConsumerRecord<byte[], byte[]>> out = committed("mended-out");
        assertThat(out).hasSize(17);
        assertThat(sorted(values("mended-out"))).hasSize(17);
        ConsumerRecord<byte[], byte[]> again = out.stream()
                .filter(one -> text(one.value()).equals("v13"))
                .findFirst()
                .orElseThrow();
        assertThat(text(again.key())).isEqualTo("13");
        assertThat(again.timestamp()).as("the arrival").isEqualTo(letters.get(1).timestamp());
        assertThat(header(again, "millrace.source.timestamp")).isEqualTo("836000000013");
        assertThat(header(again, ReplayHeaders.OF)).isEqualTo(ReplayRecord.id(letters.get(1)));
        assertThat(ReplayHeaders.isReplay(again.headers())).isFalse();
        assertThat(Probe.of("mended").story().stream().filter(call -> call.equals("commitRecord 13")))
                .as("the connector heard of it when it died, and not again: that call said 'dropped'")
                .isEmpty();
    }

    @Test
    void eachLetterArrivesOnceHoweverOftenTheTaskFails() throws Exception {
        createTopic(replay("often"), PARTITIONS);
        poison("often", value -> true);
        try (Worker worker = worker()) {
            worker.deploy("often", source("often", "probe.total", "60"));
            await(() ->
                    assertThat(status(worker, "often").counts().deadLetters()).isEqualTo(60));
        }
        Random random = new Random(7);
        AtomicInteger failures = new AtomicInteger();
        // An Error is nobody's record: the task fails between the sends of a batch, or before its commit.
        Probe.of("often").onValue = value -> {
            if (random.nextInt(40) == 0 && failures.incrementAndGet() <= 12) {
                throw new AssertionError("seeded failure");
            }
        };
        List<ConsumerRecord<byte[], byte[]>> letters = committed(dead("often"));
        try (Worker worker = worker()) {
            worker.deploy("often", source("often", "probe.total", "300"));
            for (int from = 0; from < 60; from += 5) {
                replay("often", letters.subList(from, from + 5));
            }
            await(() -> assertThat(status(worker, "often").counts().out()).isEqualTo(300));
        }
        assertThat(failures).hasPositiveValue();
        assertThat(values("often-out"))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.rangeClosed(1, 300).mapToObj(n -> "v" + n).toList());
    }

    @Test
    void anOlderRowDoesNotOverwriteANewerOne() throws Exception {
        createTopic(replay("rows"), PARTITIONS);
        createTable("rows-out", Map.of());
        // one poll; row 1: v1, v3 and v5 die and v7 follows; row 0: v4 dies between v2 and v6
        poison("rows", Set.of("v1", "v3", "v4", "v5")::contains);
        try (Worker worker = worker()) {
            worker.deploy("rows", source("rows", "probe.total", "7", "probe.keys", "2"));
            await(() -> assertThat(status(worker, "rows").counts()).isEqualTo(new Tally(7, 3, 4, Map.of())));
            poison("rows", value -> false);
            replay("rows", committed(dead("rows")));
            await(() -> assertThat(status(worker, "rows").counts())
                    .isEqualTo(new Tally(11, 3, 4, Map.of("superseded", 4L))));
        }
        assertThat(sorted(values("rows-out"))).containsExactly("v2", "v6", "v7");
    }

    @Test
    void rowsThatDiedTogetherEnterInTheirOrderAndTheNewestWins() throws Exception {
        createTopic(replay("together"), PARTITIONS);
        createTable("together-out", Map.of());
        // one poll: v1, v2 pass; v3 to v6 die
        poison("together", Set.of("v3", "v4", "v5", "v6")::contains);
        try (Worker worker = worker()) {
            worker.deploy("together", source("together", "probe.total", "6", "probe.keys", "2"));
            await(() -> assertThat(status(worker, "together").counts()).isEqualTo(new Tally(6, 2, 4, Map.of())));
            poison("together", value -> false);
            List<ConsumerRecord<byte[], byte[]>> letters = committed(dead("together"));
            // v6 alone, then all: v4 is older than v6, v3 and v5 are in order
            replay("together", letters.subList(3, 4));
            await(() -> assertThat(status(worker, "together").counts().out()).isEqualTo(3));
            replay("together", letters.subList(0, 3));
            await(() -> assertThat(status(worker, "together").counts())
                    .isEqualTo(new Tally(10, 5, 4, Map.of("superseded", 1L))));
        }
        Map<String, String> last = new HashMap<>();
        committed("together-out").forEach(read -> last.put(text(read.key()), text(read.value())));
        assertThat(last).isEqualTo(Map.of("0", "v6", "1", "v5"));
    }

    @Test
    void aRowThatCameBeforeTheDeadOneInItsPollIsNotNewer() throws Exception {
        createTopic(replay("before"), PARTITIONS);
        createTable("before-out", Map.of());
        poison("before", "v3"::equals);
        try (Worker worker = worker()) {
            worker.deploy("before", source("before", "probe.total", "4", "probe.keys", "2"));
            await(() -> assertThat(status(worker, "before").counts()).isEqualTo(new Tally(4, 3, 1, Map.of())));
            poison("before", value -> false);
            replay("before", committed(dead("before")));
            await(() -> assertThat(status(worker, "before").counts()).isEqualTo(new Tally(5, 4, 1, Map.of())));
        }
        List<ConsumerRecord<byte[], byte[]>> out = committed("before-out");
        assertThat(out.stream().map(ConsumerRecord::timestamp).distinct()).hasSize(1);
        assertThat(out.stream().filter(read -> text(read.key()).equals("1")).map(read -> text(read.value())))
                .containsExactly("v1", "v3");
    }

    @Test
    void aRowIsNotBroughtBackThatMayHaveBeenDeletedWithoutATrace() throws Exception {
        createTopic(replay("late"), PARTITIONS);
        createTable("late-out", Map.of("delete.retention.ms", "0"));
        poison("late", "v3"::equals);
        try (Worker worker = worker()) {
            worker.deploy("late", source("late", "probe.total", "4"));
            await(() -> assertThat(status(worker, "late").counts()).isEqualTo(new Tally(4, 3, 1, Map.of())));
            poison("late", value -> false);
            replay("late", committed(dead("late")));
            await(() -> assertThat(status(worker, "late").counts())
                    .isEqualTo(new Tally(5, 3, 1, Map.of("replay.too-late", 1L))));
        }
        assertThat(values("late-out")).doesNotContain("v3");
    }

    @Test
    void aRecordThatWasTooLargeEntersThroughATransformThatCutsIt() throws Exception {
        createTopic(replay("cut"), PARTITIONS);
        try (Worker worker = worker()) {
            worker.deploy(
                    "cut",
                    source(
                            "cut",
                            "probe.total",
                            "7",
                            "probe.large",
                            "400000",
                            "producer.override.compression.type",
                            "none",
                            "topic.creation.default.max.message.bytes",
                            "100000"));
            await(() -> assertThat(status(worker, "cut").counts()).isEqualTo(new Tally(7, 6, 1, Map.of())));
            replay("cut", committed(dead("cut")));
            await(() -> assertThat(status(worker, "cut").counts()).isEqualTo(new Tally(8, 6, 2, Map.of())));
            List<ConsumerRecord<byte[], byte[]>> letters = committed(dead("cut"));
            assertThat(letters).hasSize(2);
            assertThat(letters.get(1).value()).isEqualTo(letters.get(0).value());
            assertThat(header(letters.get(1), DeadLetterHeaders.ERROR_CODE)).isEqualTo("worker.produce");
            assertThat(header(letters.get(1), DeadLetterHeaders.ATTEMPTS)).isEqualTo("2");

            worker.deploy(
                    "cut",
                    source(
                            "cut",
                            "probe.total",
                            "7",
                            "probe.large",
                            "400000",
                            "transforms",
                            "hoist",
                            "transforms.hoist.type",
                            "org.apache.kafka.connect.transforms.HoistField$Value",
                            "transforms.hoist.field",
                            "text",
                            "value.converter",
                            "org.apache.kafka.connect.converters.ByteArrayConverter"));
            replay("cut", letters.subList(1, 2));
            // now it is the converter that refuses it: it has been through the transform that was not there when it
            // died
            await(() -> assertThat(status(worker, "cut").counts().deadLetters()).isEqualTo(1));
        }
        ConsumerRecord<byte[], byte[]> third = committed(dead("cut")).get(2);
        assertThat(header(third, DeadLetterHeaders.CONNECT_STAGE)).isEqualTo("VALUE_CONVERTER");
        assertThat(header(third, DeadLetterHeaders.ATTEMPTS)).isEqualTo("2");
    }

    @Test
    void recordsOfOtherStagesArePassedOverAndOneThatHoldsNothingDiesAgain() throws Exception {
        createTopic(replay("others"), PARTITIONS);
        List<ProducerRecord<byte[], byte[]>> others = new ArrayList<>();
        for (int n = 0; n < 1_200; n++) {
            ProducerRecord<byte[], byte[]> one =
                    new ProducerRecord<>(replay("others"), n % PARTITIONS, null, bytes("x"));
            one.headers().add(ReplayHeaders.STAGE, bytes("sink:lake"));
            others.add(one);
        }
        ProducerRecord<byte[], byte[]> odd = DeadLetter.of("others", "source:others")
                .meantFor("others-out")
                .bytes(bytes("k"), bytes("v"))
                .build()
                .toRecord(dead("others"));
        odd.headers().add(DeadLetterHeaders.SOURCE_RECORD, bytes("{}"));
        ConsumerRecord<byte[], byte[]> letter = new ConsumerRecord<>(dead("others"), 0, 4, odd.key(), odd.value());
        odd.headers().forEach(letter.headers()::add);
        others.add(ReplayRecord.of(letter, replay("others"), PARTITIONS, 1));
        send(others);
        try (Worker worker = worker()) {
            worker.deploy("others", source("others", "probe.total", "3"));
            await(() -> assertThat(status(worker, "others").counts()).isEqualTo(new Tally(4, 3, 1, Map.of())));
        }
        ConsumerRecord<byte[], byte[]> again = committed(dead("others")).get(0);
        assertThat(header(again, DeadLetterHeaders.RULE)).isEqualTo("unreadable_letter");
        assertThat(header(again, DeadLetterHeaders.ATTEMPTS)).isEqualTo("2");
        assertThat(again.value()).isEqualTo(bytes("v"));
        assertThat(committed("millrace-offsets").stream()
                        .map(read -> text(read.key()))
                        .filter(key -> key.startsWith("[\"others\"") && key.contains("millrace.replay.topic"))
                        .distinct())
                .containsExactlyInAnyOrder(
                        "[\"others\",{\"millrace.replay.topic\":\"replay.others\",\"partition\":0}]",
                        "[\"others\",{\"millrace.replay.topic\":\"replay.others\",\"partition\":1}]",
                        "[\"others\",{\"millrace.replay.topic\":\"replay.others\",\"partition\":2}]");
    }

    @Test
    void theConnectorsOwnTransactionsAndReplaysDoNotMix() throws Exception {
        createTopic(replay("bounds"), PARTITIONS);
        poison("bounds", "v2"::equals);
        String[] own = {
            "probe.total", "9", "probe.batch", "1", "probe.boundaries", "true", "transaction.boundary", "connector"
        };
        try (Worker worker = worker()) {
            worker.deploy("bounds", source("bounds", own));
            await(() -> assertThat(status(worker, "bounds").counts())
                    .isEqualTo(new Tally(9, 7, 1, Map.of("transaction.abort", 1L))));
            poison("bounds", value -> false);
            replay("bounds", committed(dead("bounds")));
            await(() -> assertThat(status(worker, "bounds").counts())
                    .isEqualTo(new Tally(10, 8, 1, Map.of("transaction.abort", 1L))));
        }
        assertThat(keys("bounds-out")).containsExactlyInAnyOrder("1", "2", "3", "4", "6", "7", "8", "9");
    }
}
