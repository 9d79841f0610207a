package io.millrace.worker.task;

import io.millrace.plugin.record.ReplayHeaders;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads the dead letters of one source that enter it again, from all partitions of the pipeline's replay topic, and passes those of other
 * stages over. Owned by the task thread, but for {@link #wakeup()}.
 *
 * <p>How far it has read is a source offset of its own, so that it is committed with what was made of the records, is fenced as the task
 * is, and is never forgotten, as the offsets of a group without members are.
 */
final class SourceReplays implements AutoCloseable {
    private static final Duration BETWEEN_POLLS = Duration.ofMillis(50);
    private static final Duration UNTIL_LOOKED_AGAIN = Duration.ofSeconds(5);

    /** After so many of other stages the place is worth a transaction. */
    private static final int MANY_OF_OTHERS = 1_000;

    private static final String OFFSET = "offset";

    private final String topic;
    private final String stage;
    private final OffsetStorageReader offsets;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final Clock clock;
    private volatile @Nullable Consumer<byte[], byte[]> consumer;
    private List<TopicPartition> partitions = List.of();
    private Instant next = Instant.MIN;
    private int ofOthers;

    SourceReplays(
            String topic,
            String stage,
            OffsetStorageReader offsets,
            Supplier<Consumer<byte[], byte[]>> consumers,
            Clock clock) {
        this.topic = topic;
        this.stage = stage;
        this.offsets = offsets;
        this.consumers = consumers;
        this.clock = clock;
    }

    /** What has come for this source; does not wait. */
    List<ConsumerRecord<byte[], byte[]>> poll() {
        Instant now = clock.instant();
        if (now.isBefore(next)) {
            return List.of();
        }
        if (partitions.isEmpty()) {
            assign();
        }
        next = now.plus(partitions.isEmpty() ? UNTIL_LOOKED_AGAIN : BETWEEN_POLLS);
        if (partitions.isEmpty()) {
            return List.of();
        }
        List<ConsumerRecord<byte[], byte[]>> own = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> read : consumer().poll(Duration.ZERO)) {
            if (stage.equals(ReplayHeaders.text(read.headers(), ReplayHeaders.STAGE))) {
                own.add(read);
            } else {
                ofOthers++;
            }
        }
        return own;
    }

    private void assign() {
        List<TopicPartition> found = consumer().partitionsFor(topic).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        Map<Map<String, Object>, TopicPartition> keys = new HashMap<>();
        found.forEach(partition -> keys.put(key(partition), partition));
        Map<Map<String, Object>, Map<String, Object>> stored = offsets.offsets(keys.keySet());
        consumer().assign(found);
        consumer().seekToBeginning(found);
        keys.forEach((key, partition) -> {
            Map<String, Object> place = stored.get(key);
            if (place != null && place.get(OFFSET) instanceof Number offset) {
                consumer().seek(partition, offset.longValue());
            }
        });
        partitions = found;
    }

    private Consumer<byte[], byte[]> consumer() {
        Consumer<byte[], byte[]> current = consumer;
        if (current == null) {
            current = consumers.get();
            consumer = current;
        }
        return current;
    }

    /** Whether so much was passed over that the place should be committed though nothing came for this source. */
    boolean isFarAhead() {
        return ofOthers >= MANY_OF_OTHERS;
    }

    /** Gives the transaction how far was read. */
    void addPlaces(SourceTransaction transaction) {
        for (TopicPartition partition : partitions) {
            transaction.addOffset(key(partition), Map.of(OFFSET, consumer().position(partition)));
        }
        ofOthers = 0;
    }

    /** As a source partition; no connector names its own so. */
    private static Map<String, Object> key(TopicPartition partition) {
        return Map.of("millrace.replay.topic", partition.topic(), "partition", partition.partition());
    }

    /** From any thread: a call that waits for the broker fails. */
    void wakeup() {
        Consumer<byte[], byte[]> current = consumer;
        if (current != null) {
            current.wakeup();
        }
    }

    @Override
    public void close() {
        Consumer<byte[], byte[]> current = consumer;
        if (current != null) {
            current.close(CloseOptions.timeout(Duration.ofSeconds(1)));
        }
    }
}
