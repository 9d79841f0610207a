package io.millrace.it.bench;

import io.millrace.it.harness.Await;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Clients as Kafka has them by default, but for what is said: {@code acks=all}, idempotent, {@code linger.ms=5}. */
final class BrokerClients {
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(60);

    private BrokerClients() {}

    static Admin admin(String bootstrapServers) {
        return Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    }

    /**
     * Makes a topic and waits until all its partitions answer. An idempotent producer that comes earlier can stop for good with Kafka: where
     * the leader refuses the first of its batches as not being one yet and takes the second, the first is out of order ever after.
     */
    static void createTopic(String bootstrapServers, String topic, int partitions) throws Exception {
        try (Admin admin = admin(bootstrapServers)) {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                    .all()
                    .get();
            awaitAnswers(admin, List.of(topic), partitions);
        }
    }

    /** Waits until each partition of some topics tells its end. */
    static void awaitAnswers(Admin admin, List<String> topics, int partitions) throws Exception {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (String topic : topics) {
            IntStream.range(0, partitions)
                    .forEach(partition -> ends.put(new TopicPartition(topic, partition), OffsetSpec.latest()));
        }
        Await.until(ANSWERS_WITHIN, () -> assertAnswer(admin, ends));
    }

    private static void assertAnswer(Admin admin, Map<TopicPartition, OffsetSpec> partitions) throws Exception {
        try {
            admin.listOffsets(partitions).all().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                // Kafka's broker learns of a topic some time after the creation of it was answered
                throw new AssertionError("not all of " + partitions.keySet() + " answer", e);
            }
            throw e;
        }
    }

    static KafkaProducer<byte[], byte[]> producer(String bootstrapServers, Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>(Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "acks",
                "all",
                "enable.idempotence",
                true,
                "linger.ms",
                5,
                "delivery.timeout.ms",
                180_000));
        config.putAll(more);
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    static KafkaConsumer<byte[], byte[]> consumer(String bootstrapServers, Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>(Map.of(
                "bootstrap.servers", bootstrapServers, "enable.auto.commit", false, "auto.offset.reset", "earliest"));
        config.putAll(more);
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
