package io.millrace.broker.differential;

import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class TransactionDifferentialTest extends DifferentialContract {
    private static final long TIMESTAMP = 1_700_000_000_000L;

    @Test
    void commitsAndAborts() throws Exception {
        bothAnswerAlike(scene -> {
            scene.topic("tx", 2);
            try (KafkaProducer<String, String> producer = transactional(scene, "commits", 60_000)) {
                producer.initTransactions();
                for (int i = 0; i < 6; i++) {
                    producer.beginTransaction();
                    for (int partition = 0; partition < 2; partition++) {
                        scene.say("sent", send(producer, "tx", partition, "v" + i));
                    }
                    if (i % 3 == 1) {
                        scene.attempt("abort", () -> {
                            producer.abortTransaction();
                            return "done";
                        });
                    } else {
                        scene.attempt("commit", () -> {
                            producer.commitTransaction();
                            return "done";
                        });
                    }
                }
                producer.beginTransaction();
                producer.commitTransaction();
                producer.beginTransaction();
                producer.abortTransaction();
            }
            awaitEnd(scene, "tx", 0, 12);
            awaitEnd(scene, "tx", 1, 12);
            both(scene, "tx", 0);
            both(scene, "tx", 1);
        });
    }

    @Test
    void openTransactionsHoldReadersOfCommittedRecordsBack() throws Exception {
        bothAnswerAlike(scene -> {
            scene.topic("open", 1);
            try (KafkaProducer<String, String> producer = transactional(scene, "open", 60_000);
                    KafkaProducer<String, String> other = scene.producer(Map.of())) {
                producer.initTransactions();
                scene.say("before", send(other, "open", 0, "before"));
                producer.beginTransaction();
                scene.say("inside", send(producer, "open", 0, "inside"));
                scene.say("after", send(other, "open", 0, "after"));
                both(scene, "open", 0);
                ends(scene, "open");
                producer.abortTransaction();
                awaitEnd(scene, "open", 0, 4);
                both(scene, "open", 0);
                ends(scene, "open");
            }
        });
    }

    @Test
    void aNewProducerFencesTheOldOne() throws Exception {
        bothAnswerAlike(scene -> {
            scene.topic("fenced", 1);
            try (KafkaProducer<String, String> old = transactional(scene, "fenced", 60_000);
                    KafkaProducer<String, String> young = transactional(scene, "fenced", 60_000)) {
                old.initTransactions();
                old.beginTransaction();
                scene.say("old", send(old, "fenced", 0, "old"));
                young.initTransactions();
                scene.attempt("old sends", () -> send(old, "fenced", 0, "old again"));
                // its message depends on which thread of the client is first
                scene.say("old commits", catchThrowable(old::commitTransaction).getClass());
                young.beginTransaction();
                scene.say("young", send(young, "fenced", 0, "young"));
                young.commitTransaction();
                awaitEnd(scene, "fenced", 0, 4);
                both(scene, "fenced", 0);
            }
        });
    }

    @Test
    void timeoutsAbort() throws Exception {
        bothAnswerAlike(scene -> {
            scene.topic("late", 1);
            try (KafkaProducer<String, String> producer = transactional(scene, "late", 500)) {
                producer.initTransactions();
                producer.beginTransaction();
                scene.say("sent", send(producer, "late", 0, "late"));
                try (KafkaConsumer<String, String> reader =
                        scene.consumer(Map.of("isolation.level", "read_committed"))) {
                    TopicPartition late = new TopicPartition("late", 0);
                    reader.assign(List.of(late));
                    reader.seekToBeginning(List.of(late));
                    scene.pollUntil(reader, new ArrayList<>(), () -> reader.position(late) == 2);
                }
                scene.attempt("commit", () -> {
                    producer.commitTransaction();
                    return "done";
                });
            }
            both(scene, "late", 0);
        });
    }

    @Test
    void offsetsInTransactions() throws Exception {
        bothAnswerAlike(scene -> {
            scene.topic("source", 1);
            TopicPartition source = new TopicPartition("source", 0);
            try (KafkaProducer<String, String> producer = transactional(scene, "mover", 60_000);
                    KafkaConsumer<String, String> consumer = scene.consumer(Map.of("group.id", "movers"))) {
                producer.initTransactions();
                for (boolean commit : List.of(false, true)) {
                    producer.beginTransaction();
                    producer.sendOffsetsToTransaction(
                            Map.of(source, new OffsetAndMetadata(commit ? 7 : 3, "note")),
                            new ConsumerGroupMetadata("movers"));
                    if (commit) {
                        producer.commitTransaction();
                    } else {
                        producer.abortTransaction();
                    }
                    scene.attempt("committed", () -> consumer.committed(Set.of(source)));
                }
                producer.beginTransaction();
                scene.attempt("unknown member", () -> {
                    producer.sendOffsetsToTransaction(
                            Map.of(source, new OffsetAndMetadata(9)),
                            new ConsumerGroupMetadata("movers", 5, "nobody", java.util.Optional.empty()));
                    return "done";
                });
                scene.attempt("commit after", () -> {
                    producer.commitTransaction();
                    return "done";
                });
            }
        });
    }

    @Test
    void initializationThatIsRefused() throws Exception {
        bothAnswerAlike(scene -> {
            try (KafkaProducer<String, String> producer = transactional(scene, "greedy", 100_000_000)) {
                scene.attempt("timeout too large", () -> {
                    producer.initTransactions();
                    return "done";
                });
            }
        });
    }

    private static void both(Scene scene, String topic, int partition) {
        scene.say("committed", scene.records(topic, partition, "read_committed"));
        scene.say("all", scene.records(topic, partition, "read_uncommitted"));
    }

    /** Markers may be written after the answer. */
    private static void awaitEnd(Scene scene, String topic, int partition, long end) {
        TopicPartition tp = new TopicPartition(topic, partition);
        try (KafkaConsumer<String, String> reader = scene.consumer(Map.of("isolation.level", "read_committed"))) {
            reader.assign(List.of(tp));
            scene.pollUntil(reader, new ArrayList<>(), () -> reader.position(tp) == end);
        }
    }

    private static void ends(Scene scene, String topic) {
        for (String isolation : List.of("read_committed", "read_uncommitted")) {
            try (KafkaConsumer<String, String> consumer = scene.consumer(Map.of("isolation.level", isolation))) {
                TopicPartition tp = new TopicPartition(topic, 0);
                scene.say(isolation, consumer.endOffsets(List.of(tp), Duration.ofSeconds(20)));
                consumer.assign(List.of(tp));
                consumer.seekToEnd(List.of(tp));
                scene.say("position", consumer.position(tp));
                scene.say("by time", consumer.offsetsForTimes(Map.of(tp, TIMESTAMP)));
            }
        }
    }

    private static KafkaProducer<String, String> transactional(Scene scene, String id, int timeoutMillis) {
        return scene.producer(Map.of("transactional.id", id, "transaction.timeout.ms", timeoutMillis));
    }

    private static String send(KafkaProducer<String, String> producer, String topic, int partition, String value)
            throws Exception {
        return Scene.show(
                producer.send(Scene.record(topic, partition, TIMESTAMP, value)).get(20, TimeUnit.SECONDS));
    }
}
