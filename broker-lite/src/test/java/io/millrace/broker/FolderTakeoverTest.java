package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A data folder of either engine is the other's, too: topics, records, transactions, committed offsets. */
class FolderTakeoverTest {
    private static final TopicPartition PARTITION = new TopicPartition("orders", 0);

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"kafka,light", "light,kafka", "light,light"})
    void anEngineGoesOnWhereAnotherStopped(String former, String next) throws Exception {
        try (Brokers.Running broker = Brokers.start(folder, former)) {
            create(broker, "orders");
            transact(broker, "first", true);
            transact(broker, "given up", false);
            commitOffset(broker, 1);
        }
        try (Brokers.Running broker = Brokers.start(folder, next)) {
            assertThat(committedOffset(broker)).isEqualTo(1);
            transact(broker, "second", true);
            create(broker, "invoices");
            assertThat(read(broker, 2)).containsExactly("first", "second");
        }
        try (Brokers.Running broker = Brokers.start(folder, former)) {
            assertThat(topics(broker)).contains("orders", "invoices");
            assertThat(committedOffset(broker)).isEqualTo(1);
            assertThat(read(broker, 2)).containsExactly("first", "second");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"light", "kafka"})
    void topicsAreKnownFromASnapshotOfTheMetadata(String next) throws Exception {
        Map<String, String> often = Map.of("metadata.log.max.record.bytes.between.snapshots", "1");
        try (Brokers.Running broker = Brokers.start(folder, "light", often)) {
            create(broker, "orders");
            transact(broker, "first", true);
        }
        try (Stream<Path> files = Files.list(folder.resolve("__cluster_metadata-0"))) {
            assertThat(files).anyMatch(file -> file.toString().endsWith(".checkpoint"));
        }
        try (Brokers.Running broker = Brokers.start(folder, next)) {
            assertThat(topics(broker)).contains("orders");
            assertThat(read(broker, 1)).containsExactly("first");
        }
    }

    private static void create(Brokers.Running broker, String topic) throws Exception {
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic, 2, (short) 1))).all().get(20, TimeUnit.SECONDS);
        }
    }

    private static Set<String> topics(Brokers.Running broker) throws Exception {
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()))) {
            return admin.listTopics().names().get(20, TimeUnit.SECONDS);
        }
    }

    private static void transact(Brokers.Running broker, String value, boolean commit) throws Exception {
        Map<String, Object> config =
                Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", "takeover");
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("orders", 0, "k", value)).get(20, TimeUnit.SECONDS);
            if (commit) {
                producer.commitTransaction();
            } else {
                producer.abortTransaction();
            }
        }
    }

    private static KafkaConsumer<String, String> consumer(Brokers.Running broker) {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        broker.bootstrapServers(),
                        "group.id",
                        "readers",
                        "enable.auto.commit",
                        "false",
                        "isolation.level",
                        "read_committed"),
                new StringDeserializer(),
                new StringDeserializer());
    }

    private static void commitOffset(Brokers.Running broker, long offset) {
        try (KafkaConsumer<String, String> consumer = consumer(broker)) {
            consumer.assign(List.of(PARTITION));
            consumer.commitSync(Map.of(PARTITION, new OffsetAndMetadata(offset)), Duration.ofSeconds(20));
        }
    }

    private static long committedOffset(Brokers.Running broker) {
        try (KafkaConsumer<String, String> consumer = consumer(broker)) {
            return consumer.committed(Set.of(PARTITION), Duration.ofSeconds(20))
                    .get(PARTITION)
                    .offset();
        }
    }

    private static List<String> read(Brokers.Running broker, int count) {
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = consumer(broker)) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (values.size() < count && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
            }
        }
        return values;
    }
}
