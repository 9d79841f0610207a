package io.millrace.broker.differential;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** What a script plays with: one broker, and the transcript of what it answered. */
final class Scene {
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private final String bootstrapServers;
    private final List<String> transcript = new ArrayList<>();

    Scene(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    /** Answers in the order given, free of what may differ: ports. */
    List<String> transcript() {
        return List.copyOf(transcript);
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    void say(String what, Object value) {
        transcript.add((what + ": " + value).replace(bootstrapServers, "broker"));
    }

    /** Notes the value, or how it failed. */
    void attempt(String what, Callable<?> action) {
        try {
            say(what, action.call());
        } catch (ExecutionException e) {
            say(what, error(e.getCause()));
        } catch (Exception e) {
            say(what, error(e));
        }
    }

    private static String error(Throwable e) {
        String cause = e.getCause() == null ? "" : " <- " + error(e.getCause());
        return e.getClass().getSimpleName() + " '" + e.getMessage() + "'" + cause;
    }

    void topic(String name, int partitions, Map<String, String> config) throws Exception {
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(config)))
                    .all()
                    .get(20, TimeUnit.SECONDS);
        }
    }

    void topic(String name, int partitions) throws Exception {
        topic(name, partitions, Map.of());
    }

    Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    }

    KafkaProducer<String, String> producer(Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>(
                Map.of("bootstrap.servers", bootstrapServers, "max.block.ms", 5_000, "retry.backoff.ms", 20));
        config.putAll(more);
        return new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
    }

    KafkaConsumer<String, String> consumer(Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>(Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "enable.auto.commit",
                "false",
                "auto.offset.reset",
                "earliest",
                "retry.backoff.ms",
                20));
        config.putAll(more);
        return new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
    }

    /** The records of a partition from its beginning up to the end that this isolation level sees. */
    List<String> records(String topic, int partition, String isolation) {
        TopicPartition tp = new TopicPartition(topic, partition);
        try (KafkaConsumer<String, String> consumer = consumer(Map.of("isolation.level", isolation))) {
            consumer.assign(List.of(tp));
            consumer.seekToBeginning(List.of(tp));
            long end = consumer.endOffsets(List.of(tp)).get(tp);
            List<String> records = new ArrayList<>();
            pollUntil(consumer, records, () -> consumer.position(tp) >= end);
            return records;
        }
    }

    void pollUntil(KafkaConsumer<String, String> consumer, List<String> records, BooleanSupplier done) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!done.getAsBoolean()) {
            consumer.poll(Duration.ofMillis(50)).forEach(record -> records.add(show(record)));
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain; transcript " + transcript + ", records " + records);
            }
        }
    }

    static String show(ConsumerRecord<String, String> record) {
        return record.partition() + "@" + record.offset() + " " + record.timestampType() + " "
                + ("LogAppendTime".equals(record.timestampType().name) ? "now" : record.timestamp()) + " "
                + record.key() + "=" + record.value() + " " + record.headers() + " " + record.leaderEpoch()
                + " " + record.serializedKeySize() + "/" + record.serializedValueSize();
    }

    static ProducerRecord<String, String> record(String topic, int partition, long timestamp, String value) {
        return new ProducerRecord<>(topic, partition, timestamp, "key", value);
    }

    static String show(RecordMetadata metadata) {
        return metadata + " " + metadata.hasOffset() + " " + metadata.serializedKeySize() + "/"
                + metadata.serializedValueSize();
    }
}
