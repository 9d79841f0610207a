package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The topics that coordinators keep their states in: deleted, and damaged for a while. */
class InternalTopicsTest {
    private static final TopicPartition T0 = new TopicPartition("t", 0);
    private static final Map<String, String> SMALL =
            Map.of("offsets.topic.num.partitions", "1", "transaction.state.log.num.partitions", "1");

    @TempDir
    Path folder;

    private Brokers.Running start() {
        return Brokers.start(folder, "light", SMALL);
    }

    private static Admin admin(Brokers.Running broker) throws Exception {
        Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
        if (!admin.listTopics().names().get().contains("t")) {
            admin.createTopics(List.of(new NewTopic("t", 1, (short) 1))).all().get();
        }
        return admin;
    }

    private static KafkaConsumer<String, String> member(Brokers.Running broker, String group) {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "group.id", group),
                new StringDeserializer(),
                new StringDeserializer());
    }

    private static void commit(Brokers.Running broker, String group, long... offsets) {
        try (var consumer = member(broker, group)) {
            consumer.assign(List.of(T0));
            for (long offset : offsets) {
                consumer.commitSync(Map.of(T0, new OffsetAndMetadata(offset)));
            }
        }
    }

    private static Optional<Long> committed(Brokers.Running broker, String group, Duration patience) {
        try (var consumer = member(broker, group)) {
            return Optional.ofNullable(consumer.committed(Set.of(T0), patience).get(T0))
                    .map(OffsetAndMetadata::offset);
        }
    }

    @Test
    void groupsGoOnWithNothingAfterTheirTopicWasDeleted() throws Exception {
        try (Brokers.Running broker = start();
                Admin admin = admin(broker)) {
            commit(broker, "g", 1, 2, 3);
            commit(broker, "other", 7);

            admin.deleteTopics(List.of("__consumer_offsets")).all().get();
            commit(broker, "g", 5, 6);

            assertThat(committed(broker, "g", Duration.ofSeconds(30))).contains(6L);
            assertThat(committed(broker, "other", Duration.ofSeconds(30))).isEmpty();
        }
    }

    @Test
    void transactionalIdsAreGoneAfterTheirTopicWasDeletedAndNewOnesWork() throws Exception {
        try (Brokers.Running broker = start();
                Admin admin = admin(broker)) {
            transact(broker, "x");

            admin.deleteTopics(List.of("__transaction_state")).all().get();
            transact(broker, "y");

            assertThatThrownBy(() -> admin.describeTransactions(List.of("x"))
                            .description("x")
                            .get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(TransactionalIdNotFoundException.class);
            transact(broker, "x");
        }
    }

    private static void transact(Brokers.Running broker, String id) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", id),
                new StringSerializer(),
                new StringSerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("t", id)).get();
            producer.commitTransaction();
        }
    }

    @Test
    void groupsAreServedWhenTheirLogCanBeOpenedAgain() throws Exception {
        try (Brokers.Running broker = start();
                Admin admin = admin(broker)) {
            commit(broker, "g", 3);
        }
        Path identity = folder.resolve("__consumer_offsets-0/partition.metadata");
        String good = Files.readString(identity);
        Files.writeString(identity, "not what it was");
        try (Brokers.Running broker = start()) {
            assertThatThrownBy(() -> committed(broker, "g", Duration.ofSeconds(2)))
                    .isInstanceOf(TimeoutException.class);

            Files.writeString(identity, good);

            assertThat(committed(broker, "g", Duration.ofSeconds(30))).contains(3L);
        }
    }
}
