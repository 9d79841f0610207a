package io.millrace.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads what is committed on a topic. */
public final class TopicReader implements AutoCloseable {
    private static final Duration READ_WITHIN = Duration.ofSeconds(30);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Set<String> keys = new HashSet<>();
    private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();

    private TopicReader(KafkaConsumer<byte[], byte[]> consumer) {
        this.consumer = consumer;
    }

    /** From its beginning. */
    public static TopicReader open(String bootstrapServers, String topic) {
        TopicReader reader = new TopicReader(consumer(bootstrapServers));
        reader.consumer.assign(reader.partitions(topic));
        return reader;
    }

    /** From the first record that arrived at a time or later; records that come from now on are among them. */
    public static TopicReader since(String bootstrapServers, String topic, Instant time) {
        TopicReader reader = new TopicReader(consumer(bootstrapServers));
        List<TopicPartition> partitions = reader.partitions(topic);
        reader.consumer.assign(partitions);
        // asked first: what comes between the two questions is behind this end
        Map<TopicPartition, Long> ends = reader.consumer.endOffsets(partitions);
        Map<TopicPartition, Long> times =
                partitions.stream().collect(Collectors.toMap(each -> each, each -> time.toEpochMilli()));
        reader.consumer
                .offsetsForTimes(times)
                .forEach((partition, found) -> reader.consumer.seek(
                        partition,
                        found == null ? ends.get(partition) : Math.min(found.offset(), ends.get(partition))));
        return reader;
    }

    private List<TopicPartition> partitions(String topic) {
        return consumer.partitionsFor(topic, Duration.ofSeconds(30)).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String bootstrapServers) {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "isolation.level",
                        "read_committed",
                        "auto.offset.reset",
                        "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /** Waits for a record with a key. */
    public void awaitKey(String key, Duration timeout) throws Exception {
        Await.until(timeout, () -> {
            read();
            assertThat(keys).contains(key);
        });
    }

    /** Waits for a record whose value holds a text. */
    public void awaitValue(String text, Duration timeout) throws Exception {
        Await.until(timeout, () -> {
            read();
            boolean found = records.stream()
                    .anyMatch(record -> record.value() != null
                            && new String(record.value(), StandardCharsets.UTF_8).contains(text));
            assertThat(found)
                    .as("a record with '%s' is among the %s that were read", text, records.size())
                    .isTrue();
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
