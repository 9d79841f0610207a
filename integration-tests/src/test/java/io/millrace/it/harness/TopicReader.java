package io.millrace.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads what is committed on a topic, from its beginning. */
public final class TopicReader implements AutoCloseable {
    private static final Duration READ_WITHIN = Duration.ofSeconds(30);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Set<String> keys = new HashSet<>();
    private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();

    private TopicReader(KafkaConsumer<byte[], byte[]> consumer) {
        this.consumer = consumer;
    }

    public static TopicReader open(String bootstrapServers, String topic) {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "isolation.level",
                        "read_committed",
                        "auto.offset.reset",
                        "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(topic, Duration.ofSeconds(30)).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        return new TopicReader(consumer);
    }

    /** Waits for a record with a key. */
    public void awaitKey(String key, Duration timeout) throws Exception {
        Await.until(timeout, () -> {
            read();
            assertThat(keys).contains(key);
        });
    }

    /** Waits until there are so many records, and gives them in the order they were read. */
    public List<ConsumerRecord<byte[], byte[]>> awaitRecords(int count, Duration timeout) throws Exception {
        Await.until(timeout, () -> {
            read();
            assertThat(records).as("records read").hasSizeGreaterThanOrEqualTo(count);
        });
        return List.copyOf(records);
    }

    /** Waits for the record at a position. */
    public ConsumerRecord<byte[], byte[]> awaitRecord(int partition, long offset, Duration timeout) throws Exception {
        return Await.value(timeout, () -> {
            read();
            List<ConsumerRecord<byte[], byte[]>> found = records.stream()
                    .filter(record -> record.partition() == partition && record.offset() == offset)
                    .toList();
            assertThat(found).as("the record %s@%s", partition, offset).hasSize(1);
            return found.get(0);
        });
    }

    /** All that is committed by now, in the order it was read. */
    public List<ConsumerRecord<byte[], byte[]>> all() throws Exception {
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        Await.until(READ_WITHIN, () -> {
            read();
            for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
                assertThat(consumer.position(end.getKey()))
                        .as("%s is read", end.getKey())
                        .isGreaterThanOrEqualTo(end.getValue());
            }
        });
        return List.copyOf(records);
    }

    private void read() {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
            records.add(record);
            if (record.key() != null) {
                keys.add(new String(record.key(), StandardCharsets.UTF_8));
            }
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
