package io.millrace.broker.crash;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Clients that are patient enough to outlive a broker, and that come back to it at once. */
final class Clients {
    private static final Map<String, Object> PATIENT = Map.of(
            "reconnect.backoff.ms", "20",
            "reconnect.backoff.max.ms", "100",
            "retry.backoff.ms", "20",
            "retry.backoff.max.ms", "100");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String bootstrapServers;

    Clients(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    Map<String, Object> config(Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>(PATIENT);
        config.put("bootstrap.servers", bootstrapServers);
        config.putAll(more);
        return config;
    }

    KafkaProducer<String, String> producer(Map<String, Object> more) {
        Map<String, Object> config = config(Map.of(
                "acks",
                "all",
                "max.block.ms",
                PATIENCE.toMillis(),
                "request.timeout.ms",
                5_000,
                "delivery.timeout.ms",
                (int) PATIENCE.toMillis()));
        config.putAll(more);
        return new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
    }

    KafkaConsumer<String, String> consumer(Map<String, Object> more) {
        Map<String, Object> config = config(Map.of(
                "enable.auto.commit",
                "false",
                "auto.offset.reset",
                "earliest",
                "request.timeout.ms",
                5_000,
                "default.api.timeout.ms",
                (int) PATIENCE.toMillis()));
        config.putAll(more);
        return new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
    }

    /** All committed records of a topic up to its end; fails if a reader of committed records cannot get there. */
    List<ConsumerRecord<String, String>> committed(String topic) {
        try (KafkaConsumer<String, String> consumer = consumer(Map.of("isolation.level", "read_committed"));
                KafkaConsumer<String, String> ends = consumer(Map.of())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .collect(Collectors.toList());
            consumer.assign(partitions);
            Map<TopicPartition, Long> end = ends.endOffsets(partitions);
            List<ConsumerRecord<String, String>> records = new ArrayList<>();
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (partitions.stream().anyMatch(p -> consumer.position(p) < end.get(p))) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("a reader of committed records stalls: at "
                            + partitions.stream().collect(Collectors.toMap(p -> p, consumer::position)) + " of " + end);
                }
            }
            return records;
        }
    }

    static List<TopicPartition> partitions(List<PartitionInfo> infos) {
        return infos.stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .collect(Collectors.toList());
    }
}
