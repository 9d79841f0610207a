package io.millrace.broker.crash;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;

/** A member of a group that commits what it read, and remembers what the broker said it had kept. */
final class CommittingLoad extends Load {
    static final String GROUP = "committing";

    private final Clients clients;
    private final String topic;
    private final Map<TopicPartition, Long> committed = new ConcurrentHashMap<>();

    CommittingLoad(Clients clients, String topic) {
        this.clients = clients;
        this.topic = topic;
    }

    @Override
    void work() {
        try (KafkaConsumer<String, String> consumer = clients.consumer(Map.of("group.id", GROUP))) {
            consumer.subscribe(List.of(topic));
            while (!stopping()) {
                consumer.poll(Duration.ofMillis(50));
                commit(consumer);
            }
        }
    }

    private void commit(KafkaConsumer<String, String> consumer) {
        Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
        consumer.assignment().forEach(p -> positions.put(p, new OffsetAndMetadata(consumer.position(p))));
        if (positions.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(positions);
        } catch (CommitFailedException | RebalanceInProgressException e) {
            return;
        } catch (KafkaException e) {
            throw new KafkaException("commit of " + positions, e);
        }
        positions.forEach((partition, offset) -> committed.put(partition, offset.offset()));
        stepped();
    }

    Map<TopicPartition, Long> committed() {
        return committed;
    }
}
