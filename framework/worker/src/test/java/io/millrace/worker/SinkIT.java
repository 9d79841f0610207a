package io.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.foundation.error.ProblemException;
import io.millrace.plugin.record.DeadLetterHeaders;
import io.millrace.worker.probe.Probe;
import io.millrace.worker.probe.ProbeSink;
import io.millrace.worker.probe.ProbeTransform;
import io.millrace.worker.task.RunState;
import io.millrace.worker.task.Tally;
import io.millrace.worker.task.TaskStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SinkIT extends WithBroker {
    private static final String STRING = "org.apache.kafka.connect.storage.StringConverter";

    private static Map<String, String> sink(String name, String... more) {
        Map<String, String> config = new HashMap<>(Map.of(
                "connector.class", ProbeSink.class.getName(), "topics", name + "-in", "value.converter", STRING));
        config.putAll(Map.of(
                "key.converter", "org.apache.kafka.connect.json.JsonConverter",
                "key.converter.schemas.enable", "false"));
        for (int i = 0; i < more.length; i += 2) {
            config.put(more[i], more[i + 1]);
        }
        return config;
    }

    private static Map<String, String> withLetters(String name, String... more) {
        Map<String, String> config = sink(
                name,
                "errors.tolerance",
                "all",
                "errors.deadletterqueue.topic.name",
                "deadletter." + name,
                "errors.deadletterqueue.context.headers.enable",
                "true",
                "transforms",
                "probe",
                "transforms.probe.type",
                ProbeTransform.class.getName(),
                "transforms.probe.probe",
                name);
        for (int i = 0; i < more.length; i += 2) {
            config.put(more[i], more[i + 1]);
        }
        return config;
    }

    private static List<String> taken(Probe probe) {
        return probe.accepted().stream().map(record -> (String) record.value()).toList();
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(n -> "v" + n).toList();
    }

    @Test
    void callsATaskInOrderOnItsOwnThreadAndCommitsWhatItTook() throws Exception {
        createTopic("calls-in", 1);
        produce("calls-in", 1, 5);
        Probe probe = Probe.of("calls");
        try (Worker worker = worker()) {
            worker.deploy("calls", sink("calls"));
            await(() -> assertThat(groupOffset("connect-calls", "calls-in")).isEqualTo(5));
            assertThat(status(worker, "calls").counts()).isEqualTo(new Tally(5, 5, 0, Map.of()));
        }
        assertThat(taken(probe)).isEqualTo(numbers(1, 5));
        assertThat(probe.story().subList(0, 3)).containsExactly("start", "open [calls-in-0]", "put");
        assertThat(probe.story()).endsWith("flush", "preCommit", "close", "stop");
        assertThat(probe.calls().stream().map(Probe.Call::thread)).containsOnly("task-thread-calls-0");
    }

    @Test
    void commitsAtACleanStopWhatTheTaskFlushedThen() throws Exception {
        createTopic("flushed-in", 1);
        produce("flushed-in", 1, 3);
        Probe probe = Probe.of("flushed");
        AtomicBoolean flushed = new AtomicBoolean();
        probe.onFlush = offered ->
                flushed.set(offered.equals(Map.of(new TopicPartition("flushed-in", 0), new OffsetAndMetadata(3))));
        probe.onPreCommit = offered -> flushed.get() ? offered : Map.of();
        try (Worker worker = worker()) {
            worker.deploy("flushed", sink("flushed"));
            await(() -> assertThat(taken(probe)).isEqualTo(numbers(1, 3)));
            await(() -> assertThat(probe.story()).contains("preCommit"));
            assertThat(probe.story()).doesNotContain("flush");
        }
        assertThat(groupOffset("connect-flushed", "flushed-in")).isEqualTo(3);
    }

    @Test
    void stopsAndCommitsWhatPreCommitAnswersWhereFlushFails() throws Exception {
        createTopic("unflushed-in", 1);
        produce("unflushed-in", 1, 3);
        Probe probe = Probe.of("unflushed");
        probe.onFlush = offered -> {
            throw new UnsupportedOperationException("flush");
        };
        try (Worker worker = worker()) {
            worker.deploy("unflushed", sink("unflushed"));
            await(() -> assertThat(taken(probe)).isEqualTo(numbers(1, 3)));
        }
        assertThat(groupOffset("connect-unflushed", "unflushed-in")).isEqualTo(3);
        assertThat(probe.story()).endsWith("flush", "preCommit", "close", "stop");
    }

    @Test
    void writesLinesToAFileWithTheConnectorOfApache(@TempDir Path files) throws Exception {
        createTopic("file-in", 1);
        produce("file-in", 1, 3);
        Path file = files.resolve("out.txt");
        try (Worker worker = worker()) {
            worker.deploy(
                    "file",
                    Map.of(
                            "connector.class",
                            "org.apache.kafka.connect.file.FileStreamSinkConnector",
                            "topics",
                            "file-in",
                            "file",
                            file.toString(),
                            "key.converter",
                            STRING,
                            "value.converter",
                            STRING));
            await(() -> assertThat(groupOffset("connect-file", "file-in")).isEqualTo(3));
        }
        assertThat(Files.readAllLines(file)).containsExactly("v1", "v2", "v3");
    }

    @Test
    void seesNothingOfAnAbortedTransaction() throws Exception {
        createTopic("aborted-in", 1);
        Map<String, Object> config = client();
        config.put("transactional.id", "test-aborted");
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("aborted-in", bytes("0"), bytes("never")));
            producer.flush();
            producer.abortTransaction();
        }
        produce("aborted-in", 1, 2);
        Probe probe = Probe.of("aborted");
        try (Worker worker = worker()) {
            worker.deploy("aborted", sink("aborted"));
            await(() -> assertThat(probe.accepted()).hasSize(2));
        }
        assertThat(taken(probe)).containsExactly("v1", "v2");
    }

    @Test
    void givesTheSameBatchAgainAfterARetriableFailure() throws Exception {
        createTopic("again-in", 1);
        produce("again-in", 1, 6);
        Probe probe = Probe.of("again");
        CountDownLatch failures = new CountDownLatch(3);
        probe.onPut = records -> {
            if (!records.isEmpty() && failures.getCount() > 0) {
                failures.countDown();
                probe.called("failed " + records.size());
                probe.sinkContext.timeout(50);
                throw new RetriableException("not now");
            }
        };
        try (Worker worker = worker()) {
            worker.deploy("again", sink("again"));
            await(() -> assertThat(groupOffset("connect-again", "again-in")).isEqualTo(6));
            assertThat(status(worker, "again").tasks().get(0).restarts()).isZero();
        }
        assertThat(taken(probe)).isEqualTo(numbers(1, 6));
        assertThat(probe.story().stream().filter(call -> call.startsWith("failed")))
                .containsOnly("failed 6")
                .hasSize(3);
    }

    @Test
    void commitsDeadLettersTogetherWithTheOffsetsPastThem() throws Exception {
        createTopic("letters-in", 1);
        produce("letters-in", 1, 10);
        Probe probe = Probe.of("letters");
        probe.onTransform = n -> {
            if (n == 4) {
                throw new IllegalArgumentException("'4' is poison");
            }
        };
        probe.onPut = records -> {
            for (SinkRecord record : records) {
                if (record.value().equals("v8")) {
                    // Through a copy, as a transform makes it.
                    SinkRecord copy = record.newRecord("other", 9, null, null, null, "changed", null);
                    probe.sinkContext.errantRecordReporter().report(copy, new IllegalStateException("no 'v8' here"));
                }
            }
        };
        CountDownLatch open = new CountDownLatch(1);
        probe.onPreCommit = offered -> open.getCount() > 0 ? Map.of() : offered;
        try (Worker worker = worker()) {
            worker.deploy(
                    "letters", withLetters("letters", "millrace.pipeline", "shop", "millrace.stage", "sink:lake"));
            await(() -> assertThat(status(worker, "letters").counts()).isEqualTo(new Tally(10, 8, 2, Map.of())));
            await(() -> assertThat(
                            probe.story().stream().filter("preCommit"::equals).count())
                    .isGreaterThan(2));
            assertThat(committed("deadletter.letters"))
                    .as("held until the offsets may be committed")
                    .isEmpty();
            open.countDown();
            await(() -> assertThat(groupOffset("connect-letters", "letters-in")).isEqualTo(10));
        }
        List<ConsumerRecord<byte[], byte[]>> letters = committed("deadletter.letters");
        assertThat(letters.stream().map(letter -> text(letter.key()) + "=" + text(letter.value())))
                .containsExactly("4=v4", "8=v8");
        assertThat(header(letters.get(0), DeadLetterHeaders.TOPIC)).isEqualTo("letters-in");
        assertThat(header(letters.get(0), DeadLetterHeaders.OFFSET)).isEqualTo("3");
        assertThat(header(letters.get(0), DeadLetterHeaders.STAGE)).isEqualTo("sink:lake");
        assertThat(header(letters.get(1), DeadLetterHeaders.CONNECT_STAGE)).isEqualTo("TASK_PUT");
        assertThat(header(letters.get(1), DeadLetterHeaders.OFFSET)).isEqualTo("7");
        assertThat(header(letters.get(1), DeadLetterHeaders.EXCEPTION_MESSAGE)).isEqualTo("no 'v8' here");
    }

    @Test
    void hasEachRecordInTheSinkOrInOneDeadLetterHoweverOftenItFails() throws Exception {
        createTopic("chaos-in", 1);
        Probe probe = Probe.of("chaos");
        Random random = new Random(7);
        // Writes are keyed by offset, as an exactly-once sink's are.
        Map<Long, String> store = new TreeMap<>();
        // What fails by chance does not choose its record: not the same one every time.
        Set<Long> failedAlone = new HashSet<>();
        probe.onTransform = n -> {
            if (n % 10 == 0) {
                throw new IllegalArgumentException("poison");
            }
        };
        probe.onPut = records -> {
            if (random.nextInt(3) == 0) {
                probe.sinkContext.requestCommit();
            }
            boolean chance = !records.isEmpty() && random.nextInt(8) == 0;
            if (chance
                    && (records.size() > 1
                            || failedAlone.add(records.iterator().next().kafkaOffset()))) {
                throw new IllegalStateException("seeded failure of put");
            }
            records.forEach(record -> store.put(record.kafkaOffset(), (String) record.value()));
        };
        probe.onPreCommit = offered -> {
            if (random.nextInt(8) == 0) {
                throw new IllegalStateException("seeded failure of preCommit");
            }
            return offered;
        };
        try (Worker worker = worker()) {
            worker.deploy("chaos", withLetters("chaos", "consumer.override.max.poll.records", "5"));
            for (int n = 1; n <= 200; n += 10) {
                produce("chaos-in", n, n + 9);
            }
            await(() -> assertThat(groupOffset("connect-chaos", "chaos-in")).isEqualTo(200));
        }
        assertThat(store.values())
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 200)
                        .filter(n -> n % 10 != 0)
                        .mapToObj(n -> "v" + n)
                        .toList());
        assertThat(keys("deadletter.chaos"))
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 20)
                        .mapToObj(n -> Integer.toString(n * 10))
                        .toList());
    }

    @Test
    void leavesNoDeadLetterBehindWhereTheCommitIsAborted() throws Exception {
        createTopic("fence-in", 1);
        produce("fence-in", 1, 5);
        Probe probe = Probe.of("fence");
        probe.onTransform = n -> {
            if (n == 2) {
                throw new IllegalArgumentException("poison");
            }
        };
        CountDownLatch fenced = new CountDownLatch(1);
        probe.onPreCommit = offered -> {
            if (probe.accepted().size() >= 4 && fenced.getCount() > 0) {
                Map<String, Object> config = client();
                config.put("transactional.id", "millrace-fence-0-deadletter");
                try (Producer<byte[], byte[]> newer =
                        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
                    newer.initTransactions();
                }
                fenced.countDown();
            }
            return offered;
        };
        try (Worker worker = worker()) {
            worker.deploy("fence", withLetters("fence"));
            await(() -> assertThat(groupOffset("connect-fence", "fence-in")).isEqualTo(5));
            assertThat(status(worker, "fence").tasks().get(0).restarts()).isPositive();
        }
        assertThat(keys("deadletter.fence")).containsExactly("2");
    }

    @Test
    void failsAndStartsAgainWhereARecordFailsAndThatIsNotTolerated() throws Exception {
        createTopic("strict-in", 1);
        produce("strict-in", 1, 3);
        Probe probe = Probe.of("strict");
        CountDownLatch failures = new CountDownLatch(2);
        probe.onTransform = n -> {
            if (n == 2 && failures.getCount() > 0) {
                failures.countDown();
                throw new IllegalArgumentException("no '2'");
            }
        };
        try (Worker worker = worker()) {
            worker.deploy("strict", withLetters("strict", "errors.tolerance", "none"));
            await(() -> assertThat(groupOffset("connect-strict", "strict-in")).isEqualTo(3));
            assertThat(status(worker, "strict").lastError())
                    .contains("Record 'strict-in-0@1' of sink task 'strict-0' failed in stage TRANSFORMATION"
                            + " ('io.millrace.worker.probe.ProbeTransform'), tried 1 time: no '2'");
            assertThat(status(worker, "strict").counts()).isEqualTo(new Tally(3, 3, 0, Map.of()));
        }
        assertThat(taken(probe)).isEqualTo(numbers(1, 3));
    }

    @Test
    void endsTheDeadLetterTransactionThatAKilledWorkerLeftOpen() throws Exception {
        createTopic("left-in", 1);
        createTopic("deadletter.left", 1);
        produce("left-in", 1, 5);
        Map<String, Object> config = client();
        config.put("transactional.id", "millrace-left-0-deadletter");
        Producer<byte[], byte[]> killed =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
        killed.initTransactions();
        killed.beginTransaction();
        killed.send(new ProducerRecord<>("deadletter.left", bytes("2"), bytes("open")))
                .get();
        killed.sendOffsetsToTransaction(
                Map.of(new TopicPartition("left-in", 0), new OffsetAndMetadata(4)),
                new ConsumerGroupMetadata("connect-left"));
        killed.close(Duration.ZERO);
        Probe probe = Probe.of("left");
        probe.onTransform = n -> {
            if (n == 2) {
                throw new IllegalArgumentException("poison");
            }
        };
        long before = System.nanoTime();
        try (Worker worker = worker()) {
            worker.deploy("left", withLetters("left"));
            await(() -> assertThat(groupOffset("connect-left", "left-in")).isEqualTo(5));
        }
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(8));
        assertThat(taken(probe)).containsExactly("v1", "v3", "v4", "v5");
        assertThat(values("deadletter.left")).containsExactly("v2");
    }

    @Test
    void commitsThatATaskGoesBackBeforeItDoes() throws Exception {
        createTopic("undo-in", 1);
        produce("undo-in", 1, 5);
        Probe probe = Probe.of("undo");
        TopicPartition partition = new TopicPartition("undo-in", 0);
        CountDownLatch back = new CountDownLatch(1);
        CountDownLatch again = new CountDownLatch(1);
        probe.onPreCommit = offered -> again.getCount() == 0 ? Map.of() : offered;
        probe.onPut = records -> {
            if (back.getCount() == 0 && again.getCount() > 0) {
                again.countDown();
                probe.sinkContext.offset(partition, 2);
            }
        };
        try (Worker worker = worker()) {
            worker.deploy("undo", sink("undo"));
            await(() -> assertThat(groupOffset("connect-undo", "undo-in")).isEqualTo(5));
            back.countDown();
            await(() -> assertThat(probe.accepted()).hasSize(8));
        }
        assertThat(groupOffset("connect-undo", "undo-in")).isEqualTo(2);
        assertThat(taken(probe)).containsExactly("v1", "v2", "v3", "v4", "v5", "v3", "v4", "v5");
    }

    @Test
    void tellsThatItRetriesWhileTheTargetIsAway() throws Exception {
        createTopic("away-in", 1);
        produce("away-in", 1, 1);
        Probe probe = Probe.of("away");
        CountDownLatch here = new CountDownLatch(1);
        probe.onPut = records -> {
            if (!records.isEmpty() && here.getCount() > 0) {
                throw new RetriableException("the bucket sleeps");
            }
        };
        try (Worker worker = worker()) {
            worker.deploy("away", sink("away"));
            await(() -> assertThat(status(worker, "away").tasks())
                    .extracting(TaskStatus::state)
                    .containsExactly(RunState.RETRYING));
            assertThat(status(worker, "away").isRunning()).isFalse();
            assertThat(status(worker, "away").lastError()).contains("the bucket sleeps");
            here.countDown();
            await(() -> assertThat(status(worker, "away").isRunning()).isTrue());
        }
        assertThat(taken(probe)).containsExactly("v1");
    }

    @Test
    void saysThatADeadLetterDoesNotFitAndLosesNothing() throws Exception {
        createTopic("fat-in", 1);
        admin.createTopics(List.of(
                        new NewTopic("deadletter.fat", 1, (short) 1).configs(Map.of("max.message.bytes", "100"))))
                .all()
                .get();
        produce("fat-in", 1, 2);
        Probe probe = Probe.of("fat");
        CountDownLatch poison = new CountDownLatch(1);
        probe.onTransform = n -> {
            if (n == 2 && poison.getCount() > 0) {
                throw new IllegalArgumentException("poison");
            }
        };
        try (Worker worker = worker()) {
            worker.deploy("fat", withLetters("fat"));
            await(() -> assertThat(status(worker, "fat").lastError().orElse(""))
                    .startsWith("Sink task 'fat-0' could not commit its dead letters to 'deadletter.fat': "));
            assertThat(groupOffset("connect-fat", "fat-in")).isLessThan(2);
            poison.countDown();
            await(() -> assertThat(groupOffset("connect-fat", "fat-in")).isEqualTo(2));
        }
        assertThat(committed("deadletter.fat")).isEmpty();
        assertThat(taken(probe)).contains("v2");
    }

    @Test
    void readsFromWhereTheTaskSaysBeforeItsFirstPut() throws Exception {
        createTopic("own-in", 1);
        produce("own-in", 1, 10);
        Probe probe = Probe.of("own");
        probe.onOpen = partitions -> partitions.stream().collect(Collectors.toMap(tp -> tp, tp -> 6L));
        try (Worker worker = worker()) {
            worker.deploy("own", sink("own"));
            await(() -> assertThat(groupOffset("connect-own", "own-in")).isEqualTo(10));
        }
        assertThat(taken(probe)).isEqualTo(numbers(7, 10));
    }

    @Test
    void goesBackToTheLastCommitWhenPreCommitFails() throws Exception {
        createTopic("back-in", 1);
        produce("back-in", 1, 3);
        Probe probe = Probe.of("back");
        CountDownLatch failures = new CountDownLatch(1);
        probe.onPreCommit = offered -> {
            if (failures.getCount() > 0 && !probe.accepted().isEmpty()) {
                failures.countDown();
                throw new IllegalStateException("flush failed");
            }
            return offered;
        };
        try (Worker worker = worker()) {
            worker.deploy("back", sink("back"));
            await(() -> assertThat(groupOffset("connect-back", "back-in")).isEqualTo(3));
            assertThat(status(worker, "back").tasks().get(0).restarts()).isZero();
        }
        assertThat(taken(probe)).containsExactly("v1", "v2", "v3", "v1", "v2", "v3");
    }

    @Test
    void ignoresOffsetsThatTheTaskCannotKnow() throws Exception {
        createTopic("wild-in", 1);
        produce("wild-in", 1, 3);
        Probe probe = Probe.of("wild");
        probe.onPreCommit = offered -> Map.of(
                new TopicPartition("wild-in", 0), new OffsetAndMetadata(99),
                new TopicPartition("elsewhere", 0), new OffsetAndMetadata(1));
        try (Worker worker = worker()) {
            worker.deploy("wild", sink("wild"));
            await(() -> assertThat(probe.accepted()).hasSize(3));
            await(() -> assertThat(
                            probe.story().stream().filter("preCommit"::equals).count())
                    .isGreaterThan(2));
        }
        assertThat(groupOffset("connect-wild", "wild-in")).isEqualTo(-1);
    }

    @Test
    void sharesPartitionsBetweenTasksAndTakesTheWholeWhenOneIsLeft() throws Exception {
        createTopic("share-in", 4);
        Probe probe = Probe.of("share");
        try (Worker worker = worker()) {
            worker.deploy("share", sink("share", "tasks.max", "2"));
            await(() -> assertThat(opened(probe)).hasSize(4));
            assertThat(status(worker, "share").tasks()).hasSize(2);
            produce("share-in", 1, 10);
            await(() -> assertThat(probe.accepted()).hasSize(10));
            worker.deploy("share", sink("share", "tasks.max", "1"));
            await(() -> assertThat(status(worker, "share").tasks()).hasSize(1));
            produce("share-in", 11, 20);
            await(() -> assertThat(probe.accepted()).hasSize(20));
        }
        assertThat(taken(probe)).isEqualTo(numbers(1, 20));
    }

    private static List<String> opened(Probe probe) {
        return probe.story().stream()
                .filter(call -> call.startsWith("open "))
                .flatMap(call -> List.of(call.substring(6, call.length() - 1).split(", ")).stream())
                .distinct()
                .toList();
    }

    @Test
    void flowsAgainSoonAfterAWorkerWasClosed() throws Exception {
        createTopic("quick-in", 1);
        produce("quick-in", 1, 2);
        Probe probe = Probe.of("quick");
        try (Worker worker = worker()) {
            worker.deploy("quick", sink("quick"));
            await(() -> assertThat(probe.accepted()).hasSize(2));
        }
        produce("quick-in", 3, 4);
        long before = System.nanoTime();
        try (Worker worker = worker()) {
            worker.deploy("quick", sink("quick"));
            await(() -> assertThat(probe.accepted()).hasSize(4));
        }
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(8));
        assertThat(taken(probe)).isEqualTo(numbers(1, 4));
    }

    @Test
    void refusesToReadItsOwnDeadLetters() {
        try (Worker worker = worker()) {
            Map<String, String> config = sink("loop", "errors.deadletterqueue.topic.name", "loop-in");
            assertThatThrownBy(() -> worker.deploy("loop", config))
                    .isInstanceOf(ProblemException.class)
                    .hasMessage(
                            "loop [worker.connector-config] Setting 'errors.deadletterqueue.topic.name' of connector 'loop'"
                                    + " is 'loop-in', which the sink reads itself. Name a topic that the sink does not read.");
        }
    }

    @Test
    void findsTheRecordOnWhichPutFailsAndGivesTheOthers() throws Exception {
        createTopic("refused-in", 1);
        produce("refused-in", 1, 300);
        Probe probe = Probe.of("refused");
        probe.onPut = records -> {
            if (records.stream()
                    .anyMatch(record ->
                            record.value().equals("v77") || record.value().equals("v300"))) {
                throw new ConnectException("row 77 is refused");
            }
        };
        try (Worker worker = worker()) {
            worker.deploy("refused", withLetters("refused"));
            await(() -> assertThat(groupOffset("connect-refused", "refused-in")).isEqualTo(300));
        }
        assertThat(taken(probe))
                .containsOnlyOnceElementsOf(numbers(1, 300).stream()
                        .filter(value -> !value.equals("v77") && !value.equals("v300"))
                        .toList());
        List<ConsumerRecord<byte[], byte[]>> letters = committed("deadletter.refused");
        assertThat(letters).extracting(letter -> text(letter.value())).containsExactly("v77", "v300");
        assertThat(header(letters.get(0), DeadLetterHeaders.STAGE)).isEqualTo("sink:refused");
        assertThat(header(letters.get(0), DeadLetterHeaders.ERROR_CODE)).isEqualTo("worker.put");
        assertThat(header(letters.get(0), DeadLetterHeaders.ERROR_MESSAGE)).isEqualTo("row 77 is refused");
        assertThat(header(letters.get(0), DeadLetterHeaders.OFFSET)).isEqualTo("76");
    }

    @Test
    void skipsUnderItsRuleWhatFailsWhereThePipelineSaysSo() throws Exception {
        createTopic("skipped-in", 1);
        produce("skipped-in", 1, 20);
        Probe probe = Probe.of("skipped");
        probe.onTransform = n -> {
            if (n == 4) {
                throw new IllegalArgumentException("'4' is poison");
            }
        };
        probe.onPut = records -> {
            if (records.stream().anyMatch(record -> record.value().equals("v12"))) {
                throw new ConnectException("row 12 is refused");
            }
            records.stream().filter(record -> record.value().equals("v8")).forEach(record -> probe.sinkContext
                    .errantRecordReporter()
                    .report(record, new IllegalStateException("no 'v8' here")));
        };
        try (Worker worker = worker()) {
            worker.deploy(
                    "skipped",
                    sink(
                            "skipped",
                            "errors.tolerance",
                            "all",
                            "millrace.skip",
                            "true",
                            "transforms",
                            "probe",
                            "transforms.probe.type",
                            ProbeTransform.class.getName(),
                            "transforms.probe.probe",
                            "skipped"));
            await(() -> assertThat(groupOffset("connect-skipped", "skipped-in")).isEqualTo(20));
            await(() -> assertThat(status(worker, "skipped").counts())
                    .isEqualTo(new Tally(20, 17, 0, Map.of("skipped.probe", 1L, "skipped.task_put", 2L))));
        }
        assertThat(taken(probe)).doesNotContain("v4", "v12").contains("v1", "v20");
    }

    @Test
    void commitsADeadLetterAlsoWhenTheTaskKnowsOnlyWhatItWasGiven() throws Exception {
        createTopic("known-in", 1);
        produce("known-in", 1, 5);
        Probe probe = Probe.of("known");
        probe.onTransform = n -> {
            if (n >= 4) {
                throw new IllegalArgumentException("no");
            }
        };
        probe.onPreCommit = offered -> Map.of(new TopicPartition("known-in", 0), new OffsetAndMetadata(3));
        try (Worker worker = worker()) {
            worker.deploy("known", withLetters("known"));
            await(() -> assertThat(groupOffset("connect-known", "known-in")).isEqualTo(5));
        }
        assertThat(values("deadletter.known")).containsExactly("v4", "v5");
    }

    @Test
    void stopsForGoodWhenTooManyDieAndCommitsNothingOfThem() throws Exception {
        createTopic("stopif-in", 1);
        produce("stopif-in", 1, 200);
        Probe probe = Probe.of("stopif");
        probe.onTransform = n -> {
            if (n > 100) {
                throw new IllegalArgumentException("no");
            }
        };
        try (Worker worker = worker()) {
            worker.deploy(
                    "stopif",
                    withLetters(
                            "stopif",
                            "consumer.override.max.poll.records",
                            "200",
                            "millrace.stop_if.percent",
                            "5",
                            "millrace.stop_if.window.ms",
                            "300000"));
            await(() -> assertThat(status(worker, "stopif").tasks())
                    .extracting(TaskStatus::state)
                    .containsExactly(RunState.FAILED));
            TaskStatus task = status(worker, "stopif").tasks().get(0);
            assertThat(task.restarts()).isZero();
            assertThat(task.lastError().orElseThrow())
                    .startsWith("[stage.stop-if] Stage 'sink:stopif' stops: ")
                    .contains("and 'stop_if' allows 5%.");
        }
        assertThat(committed("deadletter.stopif").size()).isLessThan(12);
    }

    @Test
    void givesReplayedRecordsUnderTheirFormerTopicAndLeavesThoseOfOtherStages() throws Exception {
        createTopic("replayed-in", 1);
        createTopic("replay.replayed", 1);
        produce("replayed-in", 1, 2);
        Probe probe = Probe.of("replayed");
        probe.onTransform = n -> {
            if (n == 9) {
                throw new IllegalArgumentException("still no");
            }
        };
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(client(), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(replay("sink:other", "7"));
            producer.send(replay("sink:replayed", "8"));
            producer.send(replay("sink:replayed", "9"));
        }
        try (Worker worker = worker()) {
            worker.deploy(
                    "replayed",
                    withLetters(
                            "replayed", "millrace.replay.topic", "replay.replayed", "millrace.stage", "sink:replayed"));
            await(() -> assertThat(groupOffset("connect-replayed", "replay.replayed"))
                    .isEqualTo(3));
            await(() ->
                    assertThat(groupOffset("connect-replayed", "replayed-in")).isEqualTo(2));
            assertThat(status(worker, "replayed").counts()).isEqualTo(new Tally(4, 3, 1, Map.of()));
        }
        SinkRecord again = probe.accepted().stream()
                .filter(record -> record.value().equals("v8"))
                .findFirst()
                .orElseThrow();
        assertThat(again.topic()).isEqualTo("replayed-in");
        assertThat(again.originalTopic()).isEqualTo("replay.replayed");
        assertThat(again.originalKafkaOffset()).isEqualTo(1);
        List<ConsumerRecord<byte[], byte[]>> letters = committed("deadletter.replayed");
        assertThat(letters).hasSize(1);
        assertThat(header(letters.get(0), DeadLetterHeaders.TOPIC)).isEqualTo("replayed-in");
        assertThat(header(letters.get(0), DeadLetterHeaders.OFFSET)).isEqualTo("41");
        assertThat(header(letters.get(0), DeadLetterHeaders.ATTEMPTS)).isEqualTo("2");
        assertThat(header(letters.get(0), "millrace.replay.of")).isEqualTo("deadletter.replayed-0@5");
    }

    private static ProducerRecord<byte[], byte[]> replay(String stage, String n) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>("replay.replayed", 0, bytes(n), bytes("v" + n));
        record.headers()
                .add("millrace.replay.stage", bytes(stage))
                .add("millrace.replay.topic", bytes("replayed-in"))
                .add("millrace.replay.partition", bytes("0"))
                .add("millrace.replay.offset", bytes("41"))
                .add("millrace.replay.of", bytes("deadletter.replayed-0@5"))
                .add("millrace.attempts", bytes("1"));
        return record;
    }
}
