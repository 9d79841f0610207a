package io.millrace.worker.task;

import io.millrace.plugin.record.ReplayHeaders;
import io.millrace.worker.fault.Arrival;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * Which rows that enter again were followed by newer ones of their keys. It asks the topics themselves, those that are compacted: reads
 * what came to them since the oldest of the rows, a piece at each call, while the source goes on. Used for one batch, by the task thread.
 *
 * <p>Newer is what {@link Arrival} says; a row of another task or source that is written between this look and the commit is not seen.
 */
final class NewerRows implements AutoCloseable {
    private static final Duration PIECE = Duration.ofMillis(100);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final long TIMEOUT_SECONDS = 30;

    enum Verdict {
        /** It is the newest of its key, or not of a table. */
        NEWEST,
        /** A newer one is in its topic. */
        SUPERSEDED,
        /** It is older than what its topic keeps of deletions. */
        TOO_LATE
    }

    private record Row(String topic, ByteBuffer key) {}

    private final Admin admin;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final long now;
    /** For how many milliseconds a deletion is seen; empty for a topic of events. */
    private final Map<String, OptionalLong> tables = new HashMap<>();

    private final Map<Row, Arrival> newest = new HashMap<>();
    private final Map<String, Long> since = new HashMap<>();
    private List<TopicPartition> partitions = List.of();
    private @Nullable Consumer<byte[], byte[]> consumer;

    /** @param now milliseconds since 1970 */
    NewerRows(Admin admin, Supplier<Consumer<byte[], byte[]>> consumers, long now) {
        this.admin = admin;
        this.consumers = consumers;
        this.now = now;
    }

    /** Adds a row before the first call of {@link #readOn}. */
    void watch(ProducerRecord<byte[], byte[]> row, Arrival arrival) {
        if (isOfTable(row)) {
            newest.put(row(row.topic(), row.key()), new Arrival(Long.MIN_VALUE, Arrival.UNKNOWN));
            since.merge(row.topic(), arrival.millis(), Math::min);
        }
    }

    /**
     * Reads on for a moment.
     *
     * @param isQuiet whether this task has no transaction open: else the end cannot be reached
     * @return whether all that was written until now is read
     * @throws ConnectException when the broker does not answer
     */
    boolean readOn(boolean isQuiet) {
        if (since.isEmpty()) {
            return true;
        }
        Consumer<byte[], byte[]> reading = consumer == null ? open() : consumer;
        if (!isQuiet) {
            reading.poll(Duration.ZERO).forEach(this::see);
            return false;
        }
        // Not the last stable offset: a newer row may stand behind the open transaction of another task.
        Map<TopicPartition, Long> ends = ends();
        long deadline = System.nanoTime() + PIECE.toNanos();
        while (ends.entrySet().stream().anyMatch(end -> reading.position(end.getKey()) < end.getValue())) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            reading.poll(POLL).forEach(this::see);
        }
        return true;
    }

    private Consumer<byte[], byte[]> open() {
        Consumer<byte[], byte[]> made = consumers.get();
        consumer = made;
        List<TopicPartition> all = new ArrayList<>();
        Map<TopicPartition, Long> times = new HashMap<>();
        since.forEach((topic, millis) -> made.partitionsFor(topic).forEach(info -> {
            TopicPartition partition = new TopicPartition(info.topic(), info.partition());
            all.add(partition);
            times.put(partition, Math.max(0, millis));
        }));
        partitions = all;
        made.assign(all);
        // The ends first: what is written in between is to be read.
        Map<TopicPartition, Long> stable = made.endOffsets(all);
        Map<TopicPartition, OffsetAndTimestamp> found = made.offsetsForTimes(times);
        for (TopicPartition partition : all) {
            OffsetAndTimestamp first = found.get(partition);
            made.seek(partition, first == null ? stable.getOrDefault(partition, 0L) : first.offset());
        }
        return made;
    }

    private void see(ConsumerRecord<byte[], byte[]> read) {
        if (read.key() != null) {
            newest.computeIfPresent(row(read.topic(), read.key()), (row, known) -> {
                Arrival arrival = arrival(read);
                return arrival.compareTo(known) > 0 ? arrival : known;
            });
        }
    }

    private static Arrival arrival(ConsumerRecord<byte[], byte[]> read) {
        String text = ReplayHeaders.text(read.headers(), Incoming.ORDINAL);
        try {
            return new Arrival(read.timestamp(), text == null ? Arrival.BEFORE_DEATHS : Integer.parseInt(text));
        } catch (NumberFormatException notOurs) {
            return new Arrival(read.timestamp(), Arrival.BEFORE_DEATHS);
        }
    }

    /** What the topic, read to its end, and the rows of this batch say of a row that was watched. */
    Verdict judge(ProducerRecord<byte[], byte[]> row, Arrival arrival) {
        if (!isOfTable(row)) {
            return Verdict.NEWEST;
        }
        Row key = row(row.topic(), row.key());
        Arrival known = newest.get(key);
        if (known != null && known.compareTo(arrival) > 0) {
            return Verdict.SUPERSEDED;
        }
        OptionalLong kept = tables.getOrDefault(row.topic(), OptionalLong.empty());
        if (kept.isPresent() && now - arrival.millis() > kept.getAsLong()) {
            return Verdict.TOO_LATE;
        }
        newest.put(key, arrival);
        return Verdict.NEWEST;
    }

    private boolean isOfTable(ProducerRecord<byte[], byte[]> row) {
        return row.key() != null
                && tables.computeIfAbsent(row.topic(), this::deletionsKept).isPresent();
    }

    private OptionalLong deletionsKept(String topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Config config;
        try {
            config = get(admin.describeConfigs(Set.of(resource)).all()).get(resource);
        } catch (UnknownTopicOrPartitionException e) {
            return OptionalLong.empty();
        }
        String policy = value(config, TopicConfig.CLEANUP_POLICY_CONFIG, "");
        if (!policy.contains(TopicConfig.CLEANUP_POLICY_COMPACT)) {
            return OptionalLong.empty();
        }
        long deletions = Long.parseLong(value(config, TopicConfig.DELETE_RETENTION_MS_CONFIG, "0"));
        long retention = Long.parseLong(value(config, TopicConfig.RETENTION_MS_CONFIG, "-1"));
        boolean forgets = policy.contains(TopicConfig.CLEANUP_POLICY_DELETE) && retention >= 0;
        return OptionalLong.of(forgets ? Math.min(deletions, retention) : deletions);
    }

    private static String value(@Nullable Config config, String name, String absent) {
        ConfigEntry entry = config == null ? null : config.get(name);
        return entry == null || entry.value() == null ? absent : entry.value();
    }

    private Map<TopicPartition, Long> ends() {
        Map<TopicPartition, OffsetSpec> latest =
                partitions.stream().collect(Collectors.toMap(Function.identity(), one -> OffsetSpec.latest()));
        Map<TopicPartition, Long> ends = new HashMap<>();
        get(admin.listOffsets(latest, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
                        .all())
                .forEach((partition, end) -> ends.put(partition, end.offset()));
        return ends;
    }

    private static <T> T get(KafkaFuture<T> answer) {
        try {
            return answer.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException unknown) {
                throw unknown;
            }
            throw failure(e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw failure(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure(e);
        }
    }

    private static ConnectException failure(Throwable cause) {
        return new ConnectException(
                "Whether newer rows follow those that are replayed could not be read from their topics: "
                        + cause.getMessage(),
                cause);
    }

    private static Row row(String topic, byte[] key) {
        return new Row(topic, ByteBuffer.wrap(key));
    }

    @Override
    public void close() {
        if (consumer != null) {
            consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
        }
    }
}
