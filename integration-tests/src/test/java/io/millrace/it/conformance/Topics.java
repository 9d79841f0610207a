package io.millrace.it.conformance;

import io.millrace.it.harness.TopicReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** The broker of a runtime, seen from outside. Thread-safe. */
final class Topics implements AutoCloseable {
    private static final int SECONDS = 30;

    private final String bootstrapServers;
    private final Admin admin;
    private final KafkaProducer<String, String> producer;

    Topics(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
        // records of one call are one batch, so that they are read at once
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "linger.ms", 5_000, "batch.size", 100_000),
                new StringSerializer(),
                new StringSerializer());
    }

    void create(String topic, int partitions) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .all()
                .get(SECONDS, TimeUnit.SECONDS);
    }

    /** Records v&lt;from&gt; to v&lt;to&gt; in one batch, with a header each. */
    synchronized void produce(String topic, int partition, int from, int to) {
        for (int n = from; n <= to; n++) {
            producer.send(new ProducerRecord<>(
                    topic,
                    partition,
                    null,
                    "k" + n,
                    "v" + n,
                    List.of(new RecordHeader("h", ("h" + n).getBytes(StandardCharsets.UTF_8)))));
        }
        producer.flush();
    }

    /** Writes a record in a transaction that is aborted. */
    void abort(String topic, String value) {
        Map<String, Object> config = Map.of("bootstrap.servers", bootstrapServers, "transactional.id", topic);
        try (KafkaProducer<String, String> aborting =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            aborting.initTransactions();
            aborting.beginTransaction();
            aborting.send(new ProducerRecord<>(topic, 0, "k", value));
            aborting.flush();
            aborting.abortTransaction();
        }
    }

    /** A topic of one partition with so many records. */
    void filled(String topic, int records) throws Exception {
        create(topic, 1);
        produce(topic, 0, 1, records);
    }

    /** All that is committed. */
    List<ConsumerRecord<byte[], byte[]>> records(String topic) throws Exception {
        try (TopicReader reader = TopicReader.open(bootstrapServers, topic)) {
            return reader.all();
        }
    }

    /** Keys and values, in the order of each partition. */
    List<String> values(String topic) throws Exception {
        return records(topic).stream()
                .map(record -> text(record.key()) + ":" + text(record.value()))
                .toList();
    }

    static String text(byte[] bytes) {
        return bytes == null ? "null" : new String(bytes, StandardCharsets.UTF_8);
    }

    static Map<String, String> headers(ConsumerRecord<byte[], byte[]> record) {
        return StreamSupport.stream(record.headers().spliterator(), false)
                .collect(Collectors.toMap(
                        header -> header.key(), header -> text(header.value()), (a, b) -> a + "," + b, TreeMap::new));
    }

    boolean exists(String topic) throws Exception {
        return partitions(topic).isPresent();
    }

    Optional<Integer> partitions(String topic) throws Exception {
        try {
            return Optional.of(admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get(SECONDS, TimeUnit.SECONDS)
                    .get(topic)
                    .partitions()
                    .size());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** What a sink's group has committed, by partition. */
    Map<String, Long> committed(String group) throws Exception {
        Map<String, Long> committed = new TreeMap<>();
        admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get(SECONDS, TimeUnit.SECONDS)
                .forEach((partition, offset) -> committed.put(partition.toString(), offset.offset()));
        return committed;
    }

    long committed(String group, TopicPartition partition) throws Exception {
        return committed(group).getOrDefault(partition.toString(), -1L);
    }

    /** What is done while somebody else is a member of a group too. */
    interface Meanwhile {
        void run() throws Exception;
    }

    /** Joins a group in either way that its members may speak, until the time it was joined for is over. */
    void joined(String group, String topic, Meanwhile meanwhile) throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        Map<String, Object> config = Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "group.id",
                group,
                "enable.auto.commit",
                false,
                "partition.assignment.strategy",
                List.of(RangeAssignor.class.getName(), CooperativeStickyAssignor.class.getName()));
        Thread member = new Thread(() -> {
            try (Consumer<String, String> consumer =
                    new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
                consumer.subscribe(List.of(topic));
                while (!over.get()) {
                    consumer.poll(Duration.ofMillis(100));
                }
            }
        });
        member.start();
        try {
            meanwhile.run();
        } finally {
            over.set(true);
            member.join();
        }
    }

    List<String> groups() throws Exception {
        return admin.listGroups().all().get(SECONDS, TimeUnit.SECONDS).stream()
                .map(group -> group.groupId())
                .sorted()
                .toList();
    }

    List<String> transactionalIds(String containing) throws Exception {
        List<String> ids = new ArrayList<>();
        for (TransactionListing one : admin.listTransactions().all().get(SECONDS, TimeUnit.SECONDS)) {
            if (one.transactionalId().contains(containing)) {
                ids.add(one.transactionalId());
            }
        }
        ids.sort(null);
        return ids;
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
        admin.close(Duration.ZERO);
    }
}
