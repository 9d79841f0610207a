package io.millrace.broker.crash;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** Reads a topic in a group and writes it to another one, each record exactly once. */
final class MovingLoad extends Load {
    private final Clients clients;
    private final String from;
    private final String to;
    private final String protocol;
    private final AtomicInteger failures = new AtomicInteger();

    /** @param protocol the group's: {@code classic} or {@code consumer} */
    MovingLoad(Clients clients, String from, String to, String protocol) {
        this.clients = clients;
        this.from = from;
        this.to = to;
        this.protocol = protocol;
    }

    @Override
    void work() {
        while (!stopping()) {
            try (KafkaConsumer<String, String> consumer = clients.consumer(
                            Map.of("group.id", to, "group.protocol", protocol, "isolation.level", "read_committed"));
                    KafkaProducer<String, String> producer =
                            clients.producer(Map.of("transactional.id", to, "transaction.timeout.ms", 60_000))) {
                producer.initTransactions();
                consumer.subscribe(List.of(from));
                while (!stopping()) {
                    move(consumer, producer);
                }
            } catch (KafkaException e) {
                // fatal for these clients, as its API says; new ones go on where the last transaction ended
                failures.incrementAndGet();
            }
        }
    }

    private void move(KafkaConsumer<String, String> consumer, KafkaProducer<String, String> producer) {
        ConsumerRecords<String, String> records = consumer.poll(Duration.ofMillis(50));
        if (records.isEmpty()) {
            return;
        }
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        producer.beginTransaction();
        for (ConsumerRecord<String, String> each : records) {
            producer.send(new ProducerRecord<>(to, each.partition(), null, each.value()));
            offsets.put(new TopicPartition(each.topic(), each.partition()), new OffsetAndMetadata(each.offset() + 1));
        }
        producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
        producer.commitTransaction();
        stepped();
    }

    int failures() {
        return failures.get();
    }
}
