package io.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.foundation.error.ProblemException;
import io.millrace.plugin.record.DeadLetterHeaders;
import io.millrace.worker.connector.ConnectorStatus;
import io.millrace.worker.fault.Backoff;
import io.millrace.worker.fault.RestartBackoff;
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
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.connect.connector.ConnectorContext;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceIT extends WithBroker {
    private static final String STRING = "org.apache.kafka.connect.storage.StringConverter";

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
                "topic.creation.default.partitions",
                "1",
                "transforms",
                "probe",
                "transforms.probe.type",
                ProbeTransform.class.getName(),
                "transforms.probe.probe",
                name));
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
        // The connector and its task stop at the same time.
        assertThat(probe.story().stream().filter(call -> call.startsWith("connector.")))
                .containsExactly("connector.start", "connector.taskConfigs", "connector.stop");
        assertThat(probe.story().stream().filter(call -> !call.startsWith("connector.") && !call.equals("poll")))
                .containsExactly("start", "commitRecord 1", "commitRecord 2", "commitRecord 3", "commit", "stop");
        assertThat(probe.calls().stream().map(call -> call.what().startsWith("connector.") + " " + call.thread()))
                .containsOnly("true connector-thread-order", "false task-thread-order-0");
        assertThat(probe.calls().stream().map(Probe.Call::loader)).containsOnly(ProbeSource.class.getClassLoader());
    }

    @Test
    void movesLinesOfAFileWithTheConnectorOfApache(@TempDir Path files) throws Exception {
        Path file = files.resolve("lines.txt");
        Files.writeString(file, "one\ntwo\nthree\n");
        Map<String, String> config = Map.of(
                "connector.class",
                "org.apache.kafka.connect.file.FileStreamSourceConnector",
                "file",
                file.toString(),
                "topic",
                "lines",
                "value.converter",
                STRING);
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
        for (long seed = 1; seed <= 2; seed++) {
            String name = "once" + seed;
            Probe probe = Probe.of(name);
            Random random = new Random(seed);
            Set<Long> failed = ConcurrentHashMap.newKeySet();
            probe.onTransform = n -> {
                // Between the sends of a batch and its commit.
                if (random.nextInt(20) == 0 && failed.add(n)) {
                    throw new IllegalStateException("seeded failure at " + n);
                }
            };
            probe.onPoll = () -> {
                if (random.nextInt(20) == 0) {
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
            await(() ->
                    assertThat(status(worker, "drop").counts()).isEqualTo(new Tally(10, 8, 0, Map.of("probe", 2L))));
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
                            "probe.total",
                            "14",
                            "errors.tolerance",
                            "all",
                            "errors.deadletterqueue.topic.name",
                            "deadletter.poison",
                            "millrace.pipeline",
                            "shop",
                            "millrace.stage",
                            "source:counter"));
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
                            "probe.total",
                            "14",
                            "probe.large",
                            "400000",
                            "producer.override.compression.type",
                            "none",
                            "topic.creation.default.max.message.bytes",
                            "100000",
                            "errors.tolerance",
                            "all",
                            "errors.deadletterqueue.topic.name",
                            "deadletter.large"));
            await(() -> assertThat(status(worker, "large").counts()).isEqualTo(new Tally(14, 13, 1, Map.of())));
        }
        assertThat(keys("large-out"))
                .isEqualTo(LongStream.rangeClosed(1, 14)
                        .filter(n -> n != 5)
                        .mapToObj(Long::toString)
                        .toList());
        assertThat(text(committed("deadletter.large").get(0).value()))
                .isEqualTo("{\"schema\":{\"type\":\"string\",\"optional\":false},\"payload\":\"" + "x".repeat(400_000)
                        + "\"}");
    }

    @Test
    void letsTheConnectorDrawTheBoundariesAndDropsWhatItAborts() throws Exception {
        try (Worker worker = worker()) {
            worker.deploy(
                    "bounds",
                    source(
                            "bounds",
                            "probe.total",
                            "9",
                            "probe.batch",
                            "1",
                            "probe.boundaries",
                            "true",
                            "transaction.boundary",
                            "connector"));
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
    void replacesTasksOnlyWhenTheConnectorHasOthers() throws Exception {
        Probe probe = Probe.of("reconf");
        try (Worker worker = worker()) {
            worker.deploy("reconf", source("reconf", "probe.total", "3", "tasks.max", "2"));
            await(() -> assertThat(status(worker, "reconf").counts().out()).isEqualTo(3));
            probe.connectorContext.requestTaskReconfiguration();
            await(() -> assertThat(asked(probe)).isEqualTo(2));
            assertThat(status(worker, "reconf").counts().out())
                    .as("the task goes on")
                    .isEqualTo(3);
            probe.tasks = 2;
            probe.connectorContext.requestTaskReconfiguration();
            await(() -> assertThat(status(worker, "reconf").tasks()).hasSize(2));
            await(() -> assertThat(status(worker, "reconf").counts().out()).isEqualTo(3));
        }
        assertThat(probe.calls().stream()
                        .filter(call -> call.what().equals("start"))
                        .map(Probe.Call::thread))
                .containsExactlyInAnyOrder("task-thread-reconf-0", "task-thread-reconf-0", "task-thread-reconf-1");
        assertThat(values("reconf-out")).containsExactly("v1", "v2", "v3", "v1", "v2", "v3");
    }

    private static long asked(Probe probe) {
        return probe.calls().stream()
                .filter(call -> call.what().equals("connector.taskConfigs"))
                .count();
    }

    @Test
    void keepsTasksRunningWhenTheConnectorRaisesAnError() throws Exception {
        Probe probe = Probe.of("raise");
        try (Worker worker = worker()) {
            worker.deploy("raise", source("raise", "probe.total", "3"));
            await(() -> assertThat(status(worker, "raise").counts().out()).isEqualTo(3));
            probe.connectorContext.raiseError(new IllegalStateException("lost the table list"));
            await(() -> assertThat(asked(probe)).isEqualTo(2));
            await(() -> assertThat(status(worker, "raise").isRunning()).isTrue());
            assertThat(status(worker, "raise").lastError()).contains("lost the table list");
        }
        assertThat(probe.calls().stream().filter(call -> call.what().equals("start")))
                .hasSize(1);
    }

    @Test
    void refusesRecordsForTheTopicOfSourceOffsets() throws Exception {
        try (Worker worker = worker()) {
            worker.deploy("own", source("own", "probe.topic", "millrace-offsets"));
            await(() -> assertThat(status(worker, "own").lastError())
                    .contains("Source task 'own-0' wrote a record to 'millrace-offsets', the topic of source offsets."
                            + " Name another topic."));
            assertThat(status(worker, "own").counts()).isEqualTo(Tally.NONE);
        }
    }

    @Test
    void keepsTasksRunningWhileTheConnectorIsDeployedWithTheSameConfiguration() throws Exception {
        Probe probe = Probe.of("same");
        try (Worker worker = worker()) {
            worker.deploy("same", source("same", "probe.total", "3"));
            await(() -> assertThat(status(worker, "same").counts().out()).isEqualTo(3));
            worker.deploy("same", source("same", "probe.total", "3"));
            worker.deploy("same", source("same", "probe.total", "5"));
            await(() -> assertThat(status(worker, "same").counts().out()).isEqualTo(2));
        }
        assertThat(probe.calls().stream().filter(call -> call.what().equals("start")))
                .hasSize(2);
        assertThat(values("same-out")).isEqualTo(numbers(5));
    }

    @Test
    void commitsAtIntervalsAndAtTheStop() throws Exception {
        try (Worker worker = worker()) {
            worker.deploy(
                    "interval",
                    source(
                            "interval",
                            "probe.total",
                            "20",
                            "transaction.boundary",
                            "interval",
                            "transaction.boundary.interval.ms",
                            "3600000"));
            await(() -> assertThat(Probe.of("interval").calls().stream()
                            .filter(call -> call.what().equals("poll"))
                            .count())
                    .isGreaterThan(4));
            assertThat(status(worker, "interval").counts()).isEqualTo(Tally.NONE);
        }
        assertThat(values("interval-out")).isEqualTo(numbers(20));
    }

    @Test
    void endsTheTransactionThatAKilledWorkerLeftOpen() throws Exception {
        createTopic("killed-out", 1);
        try (Worker first = worker()) {
            assertThat(first.status()).isEmpty();
        }
        Producer<byte[], byte[]> killed = leaveOpen("millrace-killed-0", "killed-out", "millrace-offsets");
        killed.close(Duration.ZERO);
        long before = System.nanoTime();
        try (Worker worker = worker()) {
            worker.deploy("killed", source("killed", "probe.total", "10"));
            await(() -> assertThat(status(worker, "killed").counts().out()).isEqualTo(10));
        }
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(8));
        assertThat(values("killed-out")).isEqualTo(numbers(10));
    }

    @Test
    void waitsForAnOffsetThatStandsBehindTheOpenTransactionOfAnotherTask() throws Exception {
        try (Worker first = worker()) {
            assertThat(first.status()).isEmpty();
        }
        try (Producer<byte[], byte[]> other = leaveOpen("other-task", "millrace-offsets")) {
            try (Worker worker = worker()) {
                worker.deploy("behind", source("behind", "probe.total", "10"));
                // Its offsets topic is empty as far as it knows; it waits, because it cannot know that.
                await(() -> assertThat(Probe.of("behind").story()).contains("start"));
                assertThat(Probe.of("behind").story()).doesNotContain("poll");
                other.abortTransaction();
                await(() -> assertThat(status(worker, "behind").counts().out()).isEqualTo(10));
            }
            other.beginTransaction();
            for (int partition = 0; partition < 5; partition++) {
                other.send(new ProducerRecord<>("millrace-offsets", partition, bytes("x"), bytes("x")))
                        .get();
            }
            try (Worker worker = worker()) {
                worker.deploy("behind", source("behind", "probe.total", "12"));
                await(() -> assertThat(Probe.of("behind").calls().stream()
                                .filter(call -> call.what().equals("start")))
                        .hasSize(2));
                other.commitTransaction();
                await(() -> assertThat(status(worker, "behind").counts().out()).isEqualTo(2));
            }
        }
        assertThat(values("behind-out")).isEqualTo(numbers(12));
    }

    /** A producer with an open transaction on all partitions of the topics. */
    private static Producer<byte[], byte[]> leaveOpen(String transactionalId, String... topics) throws Exception {
        Map<String, Object> config = client();
        config.put("transactional.id", transactionalId);
        Producer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
        producer.initTransactions();
        producer.beginTransaction();
        for (String topic : topics) {
            for (int partition = 0; partition < producer.partitionsFor(topic).size(); partition++) {
                producer.send(new ProducerRecord<>(topic, partition, bytes("open"), bytes("open")))
                        .get();
            }
        }
        return producer;
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
        Worker worker =
                Worker.start(config().gracefulShutdown(Duration.ofSeconds(2)).build(), plugins);
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
            probe.onPoll = () -> {
                throw new IllegalStateException("the log is gone");
            };
            await(() -> assertThat(status(worker, "flaky").lastError())
                    .as("a connector that recovered does not hide what its task meets now")
                    .contains("the log is gone"));
        }
    }

    @Test
    void refusesAnOffsetsTopicThatForgets() throws Exception {
        createTopic("forgetful", 1);
        WorkerConfig config = config().offsetTopic("forgetful", 1, (short) 1).build();
        assertThatThrownBy(() -> Worker.start(config, plugins))
                .isInstanceOf(ProblemException.class)
                .hasMessage(
                        "forgetful [worker.offset-topic] The topic of source offsets 'forgetful' has cleanup.policy"
                                + " 'delete', so offsets would be lost. Set its cleanup.policy to 'compact', or name another topic.");
    }

    @Test
    void setsARecordAsideWhoseTopicKafkaDoesNotTake() throws Exception {
        try (Worker worker = worker()) {
            worker.deploy(
                    "misnamed",
                    source(
                            "misnamed",
                            "probe.total",
                            "2",
                            "probe.topic",
                            "not a topic",
                            "errors.tolerance",
                            "all",
                            "errors.deadletterqueue.topic.name",
                            "deadletter.misnamed",
                            "errors.retry.timeout",
                            " 0 "));
            await(() -> assertThat(status(worker, "misnamed").counts()).isEqualTo(new Tally(2, 0, 2, Map.of())));
        }
        assertThat(header(committed("deadletter.misnamed").get(0), DeadLetterHeaders.EXCEPTION_MESSAGE))
                .isEqualTo("The record's topic 'not a topic' is not a name that Kafka takes.");
    }

    @Test
    void startsOnceAgainHoweverManyErrorsAConnectorRaises() throws Exception {
        Probe probe = Probe.of("shouting");
        CountDownLatch inStart = new CountDownLatch(1);
        Backoff pause = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(1));
        WorkerConfig config = config().restarts(new RestartBackoff.Policy(pause, Duration.ofMinutes(1)))
                .build();
        try (Worker worker = Worker.start(config, plugins)) {
            worker.deploy("shouting", source("shouting", "probe.total", "3"));
            await(() -> assertThat(status(worker, "shouting").isRunning()).isTrue());
            ConnectorContext context = probe.connectorContext;
            probe.onStart = inStart::countDown;
            for (int n = 0; n < 20; n++) {
                context.raiseError(new IllegalStateException("error " + n));
            }
            assertThat(inStart.await(10, TimeUnit.SECONDS)).isTrue();
            await(() -> assertThat(status(worker, "shouting").isRunning()).isTrue());
            // As long as the longest pause before a restart: no other is planned.
            CountDownLatch never = new CountDownLatch(1);
            assertThat(never.await(1, TimeUnit.SECONDS)).isFalse();
        }
        assertThat(probe.calls().stream().filter(call -> call.what().equals("connector.start")))
                .hasSize(2);
    }

    @Test
    void readsTheNewestOffsetWhereAPartitionStandsUnderSeveralKeys() throws Exception {
        try (Worker first = worker()) {
            assertThat(first.status()).isEmpty();
        }
        try (Producer<byte[], byte[]> connect =
                new KafkaProducer<>(client(), new ByteArraySerializer(), new ByteArraySerializer())) {
            long now = System.currentTimeMillis();
            for (int partition = 0; partition < 5; partition++) {
                boolean newest = partition == 2;
                connect.send(new ProducerRecord<>(
                        "millrace-offsets",
                        partition,
                        newest ? now : now - 1_000,
                        bytes("[" + " ".repeat(partition) + "\"newest\",{\"counter\":\"a\"}]"),
                        bytes(newest ? "{\"n\":8}" : "{\"n\":3}")));
            }
        }
        try (Worker worker = worker()) {
            worker.deploy("newest", source("newest", "probe.total", "10"));
            await(() -> assertThat(status(worker, "newest").counts().out()).isEqualTo(2));
        }
        assertThat(values("newest-out")).containsExactly("v9", "v10");
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
                    .hasMessage("""
                            wrong [worker.connector-config] Setting 'tasks.max' of connector 'wrong' is wrong: Invalid value 0 for configuration tasks.max: Value must be at least 1.
                            wrong [worker.connector-config] Setting 'probe.batch' of connector 'wrong' is wrong: Invalid value none for configuration probe.batch: Not a number of type INT.
                            wrong [worker.connector-config] Setting 'probe.topic' of connector 'wrong' is wrong: Missing required configuration "probe.topic" which has no default value.
                            wrong [worker.connector-config] Setting 'transaction.boundary' of connector 'wrong' is 'connector', but this connector cannot define transaction boundaries. Use 'poll' or 'interval'.""");
            assertThat(worker.status()).isEmpty();
        }
    }
}
