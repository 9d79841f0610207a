package io.millrace.it.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.it.harness.Await;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Tells when consumer groups have read and committed all there is. The end of a partition is no measure: behind the last record stands the
 * mark of its transaction, which no sink commits. So what lies between the committed offset and the end is read: nothing may come.
 */
final class Drained implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    /** For one look: marks alone are passed in no time. */
    private static final Duration LOOK = Duration.ofSeconds(10);

    private final Admin admin;
    private final KafkaConsumer<byte[], byte[]> reader;

    Drained(String bootstrapServers) {
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
        this.reader = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", bootstrapServers,
                        "isolation.level", "read_committed",
                        "enable.auto.commit", "false",
                        "max.poll.records", "1"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /** Waits until each group has committed the last record of each partition that it reads. */
    void await(Collection<String> groups, Duration timeout) throws Exception {
        for (String group : groups) {
            Await.until(timeout, () -> assertThat(behind(group))
                    .as("partitions that %s has not read to their end", group)
                    .isEmpty());
        }
    }

    /** Waits until a topic has so many positions. */
    void awaitAtLeast(String topic, long positions, Duration timeout) throws Exception {
        Await.until(timeout, () -> assertThat(ends(Set.of(topic)))
                .as("positions of %s", topic)
                .isGreaterThanOrEqualTo(positions));
    }

    private Set<String> behind(String group) throws Exception {
        Map<TopicPartition, Long> committed = new HashMap<>();
        admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get()
                .forEach((partition, offset) -> committed.put(partition, offset.offset()));
        if (committed.isEmpty()) {
            return Set.of("all");
        }
        Map<TopicPartition, Long> open = new HashMap<>();
        ends(
                        committed.keySet().stream().map(TopicPartition::topic).collect(Collectors.toSet()),
                        IsolationLevel.READ_UNCOMMITTED)
                .forEach((partition, end) -> {
                    if (end > committed.getOrDefault(partition, 0L)) {
                        open.put(partition, end);
                    }
                });
        return withRecords(open, committed);
    }

    /** Those of the partitions that have a record, or what may yet become one, between the offset and the end. */
    private Set<String> withRecords(Map<TopicPartition, Long> ends, Map<TopicPartition, Long> from) {
        Map<TopicPartition, Long> left = new HashMap<>(ends);
        Set<String> found = new TreeSet<>();
        reader.assign(left.keySet());
        left.keySet().forEach(partition -> reader.seek(partition, from.getOrDefault(partition, 0L)));
        long deadline = System.nanoTime() + LOOK.toNanos();
        while (!left.isEmpty() && found.isEmpty() && System.nanoTime() < deadline) {
            ConsumerRecords<byte[], byte[]> records = reader.poll(POLL);
            records.partitions().forEach(partition -> found.add(partition.toString()));
            left.entrySet().removeIf(end -> reader.position(end.getKey()) >= end.getValue());
        }
        if (found.isEmpty()) {
            left.keySet().forEach(partition -> found.add(partition.toString()));
        }
        return found;
    }

    /** How many offsets the topics hold: their records, and the marks of transactions. */
    long ends(Set<String> topics) throws Exception {
        return ends(topics, IsolationLevel.READ_COMMITTED).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private Map<TopicPartition, Long> ends(Set<String> topics, IsolationLevel isolation) throws Exception {
        Map<TopicPartition, OffsetSpec> latest = admin.describeTopics(topics).allTopicNames().get().values().stream()
                .flatMap(topic -> topic.partitions().stream()
                        .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest()));
        Map<TopicPartition, Long> ends = new HashMap<>();
        for (Map.Entry<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> end : admin.listOffsets(
                        latest, new ListOffsetsOptions(isolation))
                .all()
                .get()
                .entrySet()) {
            ends.put(end.getKey(), end.getValue().offset());
        }
        return ends;
    }

    /** Group to the sum of its committed offsets: how far it is, for a log of progress. */
    Map<String, Long> progress(Collection<String> groups) throws Exception {
        Map<String, Long> progress = new TreeMap<>();
        for (String group : groups) {
            progress.put(
                    group,
                    admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().values().stream()
                            .mapToLong(offset -> offset.offset())
                            .sum());
        }
        return progress;
    }

    @Override
    public void close() {
        reader.close();
        admin.close();
    }
}
