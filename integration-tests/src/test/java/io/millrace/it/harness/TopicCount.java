package io.millrace.it.harness;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What is committed on topics at this moment. */
public final class TopicCount {
    private TopicCount() {}

    /** How many records a topic has. */
    public static long of(String bootstrapServers, String topic) {
        return records(bootstrapServers, topic).size();
    }

    /** Their values. */
    public static List<byte[]> values(String bootstrapServers, String topic) {
        return records(bootstrapServers, topic).stream()
                .map(ConsumerRecord::value)
                .toList();
    }

    /** How many dead letters a pipeline has of a stage and a rule. */
    public static long deadLetters(String bootstrapServers, String pipeline, String stream, String rule) {
        return records(bootstrapServers, "deadletter." + pipeline).stream()
                .filter(record -> header(record, "millrace.stage").startsWith(stream))
                .filter(record -> header(record, "millrace.rule").equals(rule))
                .count();
    }

    static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(String bootstrapServers, String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            consumer.seekToBeginning(partitions);
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
            return records;
        }
    }
}
