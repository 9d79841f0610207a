package io.millrace.app;

import io.millrace.app.deadletter.Letter;
import io.millrace.app.deadletter.LetterGroup;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The groups of a run's dead letters, those of earlier runs included as far as they are kept. Each look goes on where the last one ended,
 * for a bounded time. The looks belong to one thread, the close to any.
 */
final class DeadLetterTail implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterTail.class);
    private static final Duration LOOK = Duration.ofMillis(20);
    private static final int MOST_POLLS = 10;
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(1);

    private final Consumer<byte[], byte[]> consumer;
    private final LetterGroup.Counter counter = new LetterGroup.Counter();
    private boolean closed;

    DeadLetterTail(String bootstrapServers, String topic) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", bootstrapServers);
        config.put("client.id", "deadletter-groups");
        config.put("isolation.level", "read_committed");
        config.put("enable.auto.commit", false);
        config.put("allow.auto.create.topics", false);
        config.put("auto.offset.reset", "earliest");
        consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = List.of(new TopicPartition(topic, 0));
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** The groups so far, the largest first. */
    synchronized List<LetterGroup> look() {
        try {
            boolean more = !closed;
            for (int poll = 0; more && poll < MOST_POLLS; poll++) {
                more = false;
                for (ConsumerRecord<byte[], byte[]> read : consumer.poll(LOOK)) {
                    counter.add(new Letter(read));
                    more = true;
                }
            }
        } catch (KafkaException e) {
            // A summary is no reason to end a run.
            LOG.atWarn().addKeyValue("error", e.toString()).log("the dead letters cannot be read for the summary");
        }
        return counter.groups();
    }

    @Override
    public synchronized void close() {
        closed = true;
        consumer.close(CloseOptions.timeout(CLOSE_WITHIN));
    }
}
