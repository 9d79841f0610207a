package io.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.foundation.error.ProblemException;
import io.millrace.plugin.record.DeadLetterHeaders;
import io.millrace.worker.connector.ConnectorStatus;
import io.millrace.worker.probe.Probe;
import io.millrace.worker.probe.ProbeSource;
import io.millrace.worker.probe.ProbeTransform;
import io.millrace.worker.task.RunState;
import io.millrace.worker.task.Tally;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceIT extends WithBroker {
    private static final String STRING = "org.apache.kafka.connect.storage.StringConverter";

    private static Map<String, String> source(String name, String... more) {
        Map<String, String> config = new HashMap<>(Map.of(
                "connector.class", ProbeSource.class.getName(),
                "probe.topic", name + "-out",
                "key.converter", STRING,
                "value.converter", STRING,
                "topic.creation.default.partitions", "1",
                "transforms", "probe",
                "transforms.probe.type", ProbeTransform.class.getName(),
                "transforms.probe.probe", name));
        for (int i = 0; i < more.length; i += 2) {
            config.put(more[i], more[i + 1]);
        }
        return config;
    }

    private static List<String> numbers(int to) {
        return IntStream.rangeClosed(1, to).mapToObj(n -> "v" + n).toList();
    }

    @Test
    void callsAConnectorAndItsTaskInOrderAndOnTheirOwnThreads() throws Exception {
        Probe probe = Probe.of("order");
        try (Worker worker = worker()) {
            worker.deploy("order", source("order", "probe.total", "3"));
            await(() -> assertThat(probe.story()).contains("commit"));
        }
        assertThat(probe.story().stream().filter(call -> !call.equals("poll")))
                .containsExactly(
                        "connector.start",
                        "connector.taskConfigs",
                        "start",
                        "commitRecord 1",
                        "commitRecord 2",
                        "commitRecord 3",
                        "commit",
                        "stop",
                        "connector.stop")
                .as("the connector may stop before its task");
        assertThat(probe.calls().stream().map(call -> call.what().startsWith("connector.") + " " + call.thread()))
                .containsOnly("true connector-thread-order", "false task-thread-order-0");
        assertThat(probe.calls().stream().map(Probe.Call::loader)).containsOnly(ProbeSource.class.getClassLoader());
    }

    @Test
    void movesLinesOfAFileWithTheConnectorOfApache(@TempDir Path files) throws Exception {
        Path file = files.resolve("lines.txt");
        Files.writeString(file, "one\ntwo\nthree\n");
        Map<String, String> config = Map.of(
                "connector.class", "org.apache.kafka.connect.file.FileStreamSourceConnector",
                "file", file.toString(),
                "topic", "lines",
                "value.converter", STRING);
        try (Worker worker = worker()) {
            worker.deploy("lines", config);
            await(() -> assertThat(status(worker, "lines").counts().out()).isEqualTo(3));
        }
        Files.writeString(file, "one\ntwo\nthree\nfour\n");
        try (Worker worker = worker()) {
            worker.deploy("lines", config);
            await(() -> assertThat(status(worker, "lines").counts().out()).isEqualTo(1));
        }
        assertThat(values("lines")).containsExactly("one", "two", "three", "four");
    }

    @Test
    void writesEachRecordOnceAndInOrderHoweverOftenItFails() throws Exception {
        for (long seed = 1; seed <= 3; seed++) {
            String name = "once" + seed;
            Probe probe = Probe.of(name);
            Random random = new Random(seed);
            Set<Long> failed = ConcurrentHashMap.newKeySet();
            probe.onTransform = n -> {
                // Between the sends of a batch and its commit.
                if (random.nextInt(12) == 0 && failed.add(n)) {
                    throw new IllegalStateException("seeded failure at " + n);
                }
            };
            probe.onPoll = () -> {
                if (random.nextInt(15) == 0) {
                    throw new IllegalStateException("seeded failure of poll");
                }
            };
            try (Worker worker = worker()) {
                worker.deploy(name, source(name, "probe.total", "120"));
                await(() -> assertThat(status(worker, name).counts().out()).isEqualTo(120));
                assertThat(status(worker, name).tasks().get(0).restarts()).isPositive();
            }
            assertThat(values(name + "-out")).as("seed %d", seed).isEqualTo(numbers(120));
        }
    }

    @Test
    void keepsOffsetsInTheFormatOfKafkaConnect() throws Exception {
        try (Worker worker = worker()) {
            worker.deploy("format", source("format", "probe.total", "10"));
            await(() -> assertThat(status(worker, "format").counts().out()).isEqualTo(10));
        }
        assertThat(committed("millrace-offsets").stream()
                        .filter(record -> text(record.key()).startsWith("[\"format\""))
                        .map(record -> text(record.key()) + " = " + text(record.value())))
                .containsExactly(
                        "[\"format\",{\"counter\":\"a\"}] = {\"n\":7}",
                        "[\"format\",{\"counter\":\"a\"}] = {\"n\":10}");
    }

    @Test
    void stampsRecordsWithTheirArrivalAndKeepsTheConnectorsTimestampInAHeader() throws Exception {
        long before = System.currentTimeMillis();
        try (Worker worker = worker()) {
            worker.deploy("stamp", source("stamp", "probe.total", "1"));
            await(() -> assertThat(status(worker, "stamp").counts().out()).isEqualTo(1));
        }
        ConsumerRecord<byte[], byte[]> record = committed("stamp-out").get(0);
        assertThat(record.timestamp()).isBetween(before, System.currentTimeMillis());
        assertThat(header(record, "millrace.source.timestamp")).isEqualTo("836000000001");
    }

    @Test
    void advancesOffsetsPastDroppedRecordsAndCountsThemUnderTheirRule() throws Exception {
        try (Worker worker = worker()) {
            worker.deploy("drop", source("drop", "probe.total", "10", "transforms.probe.drop.every", "5"));
            await(() -> assertThat(status(worker, "drop").counts())
                    .isEqualTo(new Tally(10, 8, 0, Map.of("probe", 2L))));
        }
        assertThat(committed("millrace-offsets").stream()
                        .filter(record -> text(record.key()).startsWith("[\"drop\""))
                        .map(record -> text(record.value())))
                .endsWith("{\"n\":10}");
        assertThat(Probe.of("drop").story()).contains("commitRecord 10 dropped");
    }

    @Test
    void writesDeadLettersInTheTransactionOfTheirBatch() throws Exception {
        Probe probe = Probe.of("poison");
        Set<Long> failed = ConcurrentHashMap.newKeySet();
        probe.onTransform = n -> {
            if (n == 3) {
                throw new IllegalArgumentException("'3' is poison");
            }
            if (n == 6 && failed.add(n)) {
                // Not an Exception: the batch with the dead letter is aborted once.
                throw new AssertionError("aborts the batch of 3");
            }
        };
        try (Worker worker = worker()) {
            worker.deploy(
                    "poison",
                    source(
                            "poison",
                            "probe.total", "14",
                            "errors.tolerance", "all",
                            "errors.deadletterqueue.topic.name", "deadletter.poison",
                            "millrace.pipeline", "shop",
                            "millrace.stage", "source:counter"));
            await(() -> assertThat(status(worker, "poison").counts()).isEqualTo(new Tally(14, 13, 1, Map.of())));
        }
        assertThat(keys("poison-out")).hasSize(13).doesNotContain("3");
        List<ConsumerRecord<byte[], byte[]>> letters = committed("deadletter.poison");
        assertThat(letters).hasSize(1);
        ConsumerRecord<byte[], byte[]> letter = letters.get(0);
        assertThat(letter.offset()).as("the first try was written and aborted").isPositive();
        assertThat(text(letter.value()))
                .isEqualTo("{\"schema\":{\"type\":\"string\",\"optional\":false},\"payload\":\"v3\"}");
        assertThat(header(letter, DeadLetterHeaders.STAGE)).isEqualTo("source:counter");
        assertThat(header(letter, DeadLetterHeaders.PIPELINE)).isEqualTo("shop");
        assertThat(header(letter, DeadLetterHeaders.RULE)).isEqualTo("probe");
        assertThat(header(letter, DeadLetterHeaders.ERROR_CODE)).isEqualTo("worker.transform");
        assertThat(header(letter, DeadLetterHeaders.CONNECT_STAGE)).isEqualTo("TRANSFORMATION");
        assertThat(header(letter, DeadLetterHeaders.CLASS)).isEqualTo(ProbeTransform.class.getName());
        assertThat(header(letter, DeadLetterHeaders.EXCEPTION_MESSAGE)).isEqualTo("'3' is poison");
    }

    @Test
    void setsARecordAsideThatIsTooLargeForItsTopicAndSendsTheRestOfItsBatch() throws Exception {
        try (Worker worker = worker()) {
            worker.deploy(
                    "large",
                    source(
                            "large",
                            "probe.total", "14",
                            "probe.large", "400000",
                            "producer.override.compression.type", "none",
                            "topic.creation.default.max.message.bytes", "100000",
                            "errors.tolerance", "all",
                            "errors.deadletterqueue.topic.name", "deadletter.large"));
            await(() -> assertThat(status(worker, "large").counts()).isEqualTo(new Tally(14, 13, 1, Map.of())));
        }
        assertThat(keys("large-out")).isEqualTo(LongStream.rangeClosed(1, 14).filter(n -> n != 5).mapToObj(Long::toString).toList());
        assertThat(committed("deadletter.large").get(0).value()).hasSize(400_000);
    }

    @Test
    void letsTheConnectorDrawTheBoundariesAndDropsWhatItAborts() throws Exception {
        try (Worker worker = worker()) {
            worker.deploy(
                    "bounds",
                    source(
                            "bounds",
                            "probe.total", "9",
                            "probe.batch", "1",
                            "probe.boundaries", "true",
                            "transaction.boundary", "connector"));
            await(() -> assertThat(status(worker, "bounds").counts())
                    .isEqualTo(new Tally(9, 8, 0, Map.of("transaction.abort", 1L))));
        }
        assertThat(keys("bounds-out")).containsExactly("1", "2", "3", "4", "6", "7", "8", "9");
    }

    @Test
    void fencesAZombieOfTheSameTask() throws Exception {
        Probe probe = Probe.of("zombie");
        CountDownLatch fenced = new CountDownLatch(1);
        probe.onTransform = n -> {
            if (n == 20 && fenced.getCount() > 0) {
                Map<String, Object> config = client();
                config.put("transactional.id", "millrace-zombie-0");
                try (Producer<byte[], byte[]> newer =
                        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
                    newer.initTransactions();
                }
                fenced.countDown();
            }
        };
        try (Worker worker = worker()) {
            worker.deploy("zombie", source("zombie", "probe.total", "50"));
            await(() -> assertThat(status(worker, "zombie").counts().out()).isEqualTo(50));
            assertThat(status(worker, "zombie").tasks().get(0).lastError().orElseThrow())
                    .containsIgnoringCase("producer");
        }
        assertThat(values("zombie-out")).isEqualTo(numbers(50));
    }

    @Test
    void pollsAgainAfterARetriableFailureWithoutANewStart() throws Exception {
        Probe probe = Probe.of("retry");
        CountDownLatch failures = new CountDownLatch(2);
        probe.onPoll = () -> {
            if (failures.getCount() > 0) {
                failures.countDown();
                throw new RetriableException("not now");
            }
        };
        try (Worker worker = worker()) {
            worker.deploy("retry", source("retry", "probe.total", "3"));
            await(() -> assertThat(status(worker, "retry").counts().out()).isEqualTo(3));
            assertThat(status(worker, "retry").tasks().get(0).restarts()).isZero();
        }
        assertThat(probe.story().stream().filter("start"::equals)).hasSize(1);
    }

    @Test
    void unblocksAPollThatHangsByStopAndEndsInTime() throws Exception {
        Probe probe = Probe.of("hang");
        CountDownLatch inside = new CountDownLatch(1);
        probe.onPoll = () -> {
            inside.countDown();
            try {
                await(() -> assertThat(probe.story()).contains("stop"));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        };
        Worker worker = Worker.start(config().gracefulShutdown(Duration.ofSeconds(2)).build(), plugins);
        worker.deploy("hang", source("hang"));
        inside.await();
        long before = System.nanoTime();
        worker.close();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(4));
        assertThat(status(worker, "hang").state()).isEqualTo(RunState.STOPPED);
        assertThat(probe.story().stream().filter("stop"::equals)).hasSize(1);
    }

    @Test
    void startsAConnectorAgainThatFailsAndTellsWhy() throws Exception {
        Probe probe = Probe.of("flaky");
        CountDownLatch failures = new CountDownLatch(3);
        probe.onStart = () -> {
            if (failures.getCount() > 0) {
                failures.countDown();
                throw new IllegalStateException("the database sleeps");
            }
        };
        try (Worker worker = worker()) {
            worker.deploy("flaky", source("flaky", "probe.total", "3"));
            await(() -> assertThat(status(worker, "flaky").isRunning()).isTrue());
            ConnectorStatus status = status(worker, "flaky");
            assertThat(status.lastError()).contains("the database sleeps");
            assertThat(status.trace()).isEmpty();
        }
    }

    @Test
    void refusesAWrongConfigurationWithAllThatIsWrong() {
        try (Worker worker = worker()) {
            Map<String, String> config = Map.of(
                    "connector.class", ProbeSource.class.getName(),
                    "tasks.max", "0",
                    "probe.batch", "none",
                    "transaction.boundary", "connector");
            assertThatThrownBy(() -> worker.deploy("wrong", config))
                    .isInstanceOf(ProblemException.class)
                    .hasMessage(
                            """
                            wrong [worker.connector-config] Setting 'tasks.max' of connector 'wrong' is wrong: Invalid value 0 for configuration tasks.max: Value must be at least 1.
                            wrong [worker.connector-config] Setting 'probe.topic' of connector 'wrong' is wrong: Missing required configuration "probe.topic" which has no default value.
                            wrong [worker.connector-config] Setting 'probe.batch' of connector 'wrong' is wrong: Invalid value none for configuration probe.batch: Not a number of type INT.
                            wrong [worker.connector-config] Setting 'transaction.boundary' of connector 'wrong' is 'connector', but this connector cannot define transaction boundaries. Use 'poll' or 'interval'.""");
            assertThat(worker.status()).isEmpty();
        }
    }
}
