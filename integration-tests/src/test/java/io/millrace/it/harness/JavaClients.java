package io.millrace.it.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Apache's own clients of a broker, which other clients are checked with. */
public record JavaClients(String bootstrapServers) {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** A record as a client tells it. */
    public record Told(
            int partition, long offset, long timestamp, String key, String value, Map<String, String> headers) {
        /** {@code key=value}. */
        public String pair() {
            return key + "=" + value;
        }
    }

    /** Makes a topic. */
    public void topic(String name, int partitions) throws Exception {
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
                    .all()
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    public Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    }

    /** Writes to partition 0, one record for each value, keys {@code k0} and so on, a millisecond apart. */
    public void write(String topic, String compression, long timestamp, List<String> values) {
        producing(Map.of("compression.type", compression, "linger.ms", 100), producer -> {
            for (int i = 0; i < values.size(); i++) {
                ProducerRecord<String, String> written =
                        new ProducerRecord<>(topic, 0, timestamp + i, "k" + i, values.get(i));
                written.headers().add("number", Integer.toString(i).getBytes(StandardCharsets.UTF_8));
                producer.send(written);
            }
            producer.flush();
        });
    }

    /** Writes records to all partitions in turn. */
    public void writeEvenly(String topic, int partitions, int count) {
        producing(Map.of(), producer -> {
            for (int i = 0; i < count; i++) {
                producer.send(new ProducerRecord<>(topic, i % partitions, "k" + i, "v" + i));
            }
        });
    }

    /** Writes a value in a transaction, which ends as said. */
    public void transact(String topic, String value, boolean commit) {
        producing(Map.of("transactional.id", "java-" + topic), producer -> {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, 0, "k", value));
            if (commit) {
                producer.commitTransaction();
            } else {
                producer.flush();
                producer.abortTransaction();
            }
        });
    }

    private void producing(Map<String, Object> more, Consumer<KafkaProducer<String, String>> body) {
        Map<String, Object> config = new HashMap<>(Map.of("bootstrap.servers", bootstrapServers));
        config.putAll(more);
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            body.accept(producer);
        }
    }

    /** All that is on a topic, partition by partition. */
    public List<Told> read(String topic, String isolation) {
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", isolation),
                new StringDeserializer(),
                new StringDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic, PATIENCE).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, PATIENCE);
            List<Told> all = new ArrayList<>();
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
                consumer.poll(Duration.ofMillis(100)).forEach(each -> all.add(told(each)));
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("'" + topic + "' is not read to " + ends + " in time, only " + all);
                }
            }
            return all;
        }
    }

    private static Told told(ConsumerRecord<String, String> read) {
        Map<String, String> headers = new TreeMap<>();
        for (Header header : read.headers()) {
            headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
        }
        return new Told(
                read.partition(),
                read.offset(),
                read.timestamp(),
                String.valueOf(read.key()),
                String.valueOf(read.value()),
                headers);
    }

    /** What a group has committed, partition to offset. */
    public Map<Integer, Long> committed(String group) throws Exception {
        try (Admin admin = admin()) {
            Map<Integer, Long> offsets = new TreeMap<>();
            admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    .forEach((partition, offset) -> offsets.put(partition.partition(), offset.offset()));
            return offsets;
        }
    }

    /** The ids of the producers that partition 0 remembers. */
    public List<Long> producers(String topic) throws Exception {
        TopicPartition partition = new TopicPartition(topic, 0);
        try (Admin admin = admin()) {
            return admin
                    .describeProducers(List.of(partition))
                    .partitionResult(partition)
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    .activeProducers()
                    .stream()
                    .map(ProducerState::producerId)
                    .toList();
        }
    }

    /** How the batches of a segment are compressed, as they lie on the disk. */
    public static Set<String> compressions(Path segment) throws IOException {
        Set<String> names = new TreeSet<>();
        try (FileRecords records = FileRecords.open(segment.toFile())) {
            for (RecordBatch batch : records.batches()) {
                names.add(batch.compressionType().name);
            }
        }
        return names;
    }
}
