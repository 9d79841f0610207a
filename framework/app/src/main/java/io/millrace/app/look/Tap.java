package io.millrace.app.look;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Follows a topic. Live, what comes faster than it is taken is skipped, and told. Owned by one thread. */
public final class Tap implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int PATIENCE_MS = 10_000;
    /** A batch of this size says that there may be more than can be shown. */
    private static final int BATCH = 500;
    /** Further behind than this is not live. */
    private static final long BEHIND = 2_000;

    private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private final boolean fromBeginning;

    /**
     * @param fromBeginning whether all there is comes first, and nothing is skipped
     * @throws org.apache.kafka.common.KafkaException when the broker does not answer
     */
    public Tap(String bootstrapServers, String topic, boolean fromBeginning) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", bootstrapServers);
        config.put("isolation.level", "read_committed");
        config.put("enable.auto.commit", false);
        config.put("allow.auto.create.topics", false);
        config.put("max.poll.records", BATCH);
        config.put("default.api.timeout.ms", PATIENCE_MS);
        config.put("request.timeout.ms", PATIENCE_MS);
        this.consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.fromBeginning = fromBeginning;
        try {
            this.partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            if (fromBeginning) {
                consumer.seekToBeginning(partitions);
            } else {
                consumer.seekToEnd(partitions);
            }
            // a seek is done when the place is asked for: what is written after this is seen
            partitions.forEach(consumer::position);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Gives records as they come.
     *
     * @param goOn asked before each record and at least five times a second
     * @param skipped told how many were passed over; marks of transactions are counted too
     */
    public void follow(Consumer<ConsumerRecord<byte[], byte[]>> into, BooleanSupplier goOn, LongConsumer skipped) {
        while (goOn.getAsBoolean()) {
            ConsumerRecords<byte[], byte[]> batch = consumer.poll(POLL);
            for (ConsumerRecord<byte[], byte[]> record : batch) {
                if (!goOn.getAsBoolean()) {
                    return;
                }
                into.accept(record);
            }
            if (!fromBeginning && batch.count() >= BATCH) {
                skip(skipped);
            }
        }
    }

    private void skip(LongConsumer skipped) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        long behind = partitions.stream()
                .mapToLong(one -> ends.getOrDefault(one, 0L) - consumer.position(one))
                .sum();
        if (behind > BEHIND) {
            ends.forEach(consumer::seek);
            skipped.accept(behind);
        }
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
    }
}
