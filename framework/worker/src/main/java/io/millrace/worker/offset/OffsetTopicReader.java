package io.millrace.worker.offset;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one connector's offsets from the offsets topic, to its end at every call. Callable from any thread, one call at a time; a
 * consumer is opened with the first call. {@link #close()} makes a waiting call fail.
 *
 * <p>The end is the high watermark, not the last stable offset: an offset of ours may stand behind an open transaction of another
 * task, so a call waits for such transactions to end instead of answering with an older offset.
 */
public final class OffsetTopicReader implements OffsetStorageReader, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OffsetTopicReader.class);
    /** Ten seconds of nothing. */
    private static final int MANY_EMPTY_POLLS = 100;

    private static final Duration POLL = Duration.ofMillis(100);
    private static final long ADMIN_TIMEOUT_SECONDS = 30;

    /** What was read last of a source partition; no value where it was deleted. */
    private record Stored(@Nullable Map<String, Object> value, int partition, long timestamp) {
        /**
         * Kafka Connect writes the names of a source partition in the connector's order, so one may stand under several keys and in several
         * partitions of the topic; then the newest counts.
         */
        boolean isOlderThan(ConsumerRecord<byte[], byte[]> record) {
            return partition == record.partition() || timestamp <= record.timestamp();
        }
    }

    private final String connector;
    private final String topic;
    private final OffsetCodec codec;
    private final Admin admin;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final Map<Map<String, Object>, Stored> offsets = new HashMap<>();
    private volatile boolean closed;
    private volatile @Nullable Consumer<byte[], byte[]> consumer;
    private List<TopicPartition> partitions = List.of();

    public OffsetTopicReader(
            String connector,
            String topic,
            OffsetCodec codec,
            Admin admin,
            Supplier<Consumer<byte[], byte[]>> consumers) {
        this.connector = connector;
        this.topic = topic;
        this.codec = codec;
        this.admin = admin;
        this.consumers = consumers;
    }

    @Override
    @SuppressWarnings("NullAway") // the Connect API answers null for an unknown partition
    public <T> Map<String, Object> offset(Map<String, T> partition) {
        return offsets(List.of(partition)).get(partition);
    }

    @Override
    @SuppressWarnings("NullAway")
    public synchronized <T> Map<Map<String, T>, Map<String, Object>> offsets(Collection<Map<String, T>> asked) {
        readToEnd();
        Map<Map<String, T>, Map<String, Object>> answer = new HashMap<>();
        for (Map<String, T> partition : asked) {
            Stored stored = offsets.get(codec.asRead(partition));
            answer.put(partition, stored == null || stored.value() == null ? null : new HashMap<>(stored.value()));
        }
        return answer;
    }

    private void readToEnd() {
        try {
            Consumer<byte[], byte[]> open = open();
            Map<TopicPartition, Long> ends = ends();
            int emptyPolls = 0;
            while (partitions.stream().anyMatch(tp -> open.position(tp) < ends.getOrDefault(tp, 0L))) {
                checkOpen();
                ConsumerRecords<byte[], byte[]> records = open.poll(POLL);
                records.forEach(this::remember);
                emptyPolls = records.isEmpty() ? emptyPolls + 1 : 0;
                if (emptyPolls == MANY_EMPTY_POLLS) {
                    LOG.atWarn()
                            .addKeyValue("connector", connector)
                            .addKeyValue("topic", topic)
                            .log(
                                    "offsets cannot be read to their end yet: a transaction is open, or the broker does not"
                                            + " answer");
                }
            }
        } catch (WakeupException e) {
            throw stopped(e);
        } finally {
            if (closed) {
                // Opened while it was being closed.
                closeConsumer();
            }
        }
    }

    private Consumer<byte[], byte[]> open() {
        checkOpen();
        Consumer<byte[], byte[]> current = consumer;
        if (current == null) {
            current = consumers.get();
            consumer = current;
            partitions = current.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            current.assign(partitions);
            current.seekToBeginning(partitions);
        }
        return current;
    }

    private Map<TopicPartition, Long> ends() {
        Map<TopicPartition, OffsetSpec> latest =
                partitions.stream().collect(Collectors.toMap(tp -> tp, tp -> OffsetSpec.latest()));
        try {
            Map<TopicPartition, Long> ends = new HashMap<>();
            admin.listOffsets(latest, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
                    .all()
                    .get(ADMIN_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                    .forEach((tp, info) -> ends.put(tp, info.offset()));
            return ends;
        } catch (ExecutionException | TimeoutException e) {
            throw new ConnectException("The end of offsets topic '" + topic + "' could not be read.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw stopped(e);
        }
    }

    private void remember(ConsumerRecord<byte[], byte[]> record) {
        OffsetCodec.Key key = codec.readKey(record.key()).orElse(null);
        if (key == null || key.partition() == null || !key.connector().equals(connector)) {
            return;
        }
        Stored before = offsets.get(key.partition());
        if (before == null || before.isOlderThan(record)) {
            offsets.put(
                    key.partition(),
                    new Stored(codec.readValue(record.value()), record.partition(), record.timestamp()));
        }
    }

    private void checkOpen() {
        if (closed) {
            throw stopped(null);
        }
    }

    private ConnectException stopped(@Nullable Throwable cause) {
        return new ConnectException("Offsets of connector '" + connector + "' were asked for after its stop.", cause);
    }

    @Override
    public void close() {
        closed = true;
        Consumer<byte[], byte[]> current = consumer;
        if (current != null) {
            current.wakeup();
            closeConsumer();
        }
    }

    private synchronized void closeConsumer() {
        Consumer<byte[], byte[]> current = consumer;
        consumer = null;
        if (current != null) {
            current.close(CloseOptions.timeout(Duration.ofSeconds(1)));
        }
    }
}
