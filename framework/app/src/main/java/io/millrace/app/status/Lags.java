package io.millrace.app.status;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** How far groups are behind, by what they have committed. Owned by one thread. */
public final class Lags implements AutoCloseable {
    private static final int PATIENCE_MS = 10_000;
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration LOOK = Duration.ofSeconds(2);

    private final String bootstrapServers;
    private final Clock clock;
    private final Admin admin;
    private final Consumer<byte[], byte[]> consumer;

    /**
     * Of one topic, all partitions together.
     *
     * @param records committed and not yet read; at most so many where there are many, since marks of transactions are counted then
     * @param seconds since the oldest of them arrived
     */
    public record Lag(long records, long seconds) {
        public static final Lag NONE = new Lag(0, 0);

        public Lag plus(Lag other) {
            return new Lag(records + other.records, Math.max(seconds, other.seconds));
        }
    }

    public Lags(String bootstrapServers, Clock clock) {
        this.bootstrapServers = bootstrapServers;
        this.clock = clock;
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", bootstrapServers);
        config.put("default.api.timeout.ms", PATIENCE_MS);
        config.put("request.timeout.ms", PATIENCE_MS);
        this.admin = Admin.create(config);
        config.put("isolation.level", "read_committed");
        config.put("enable.auto.commit", false);
        config.put("allow.auto.create.topics", false);
        config.put("fetch.max.wait.ms", 50);
        this.consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /**
     * Where a group stands: for each partition the offset that it would read next.
     *
     * @throws ProblemException ENVIRONMENT, {@code cli.broker-unreachable}
     */
    public Map<TopicPartition, Long> committed(String group) {
        try {
            Map<TopicPartition, Long> offsets = new HashMap<>();
            Map<TopicPartition, OffsetAndMetadata> found = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get();
            found.forEach((partition, offset) -> {
                if (offset != null) {
                    offsets.put(partition, offset.offset());
                }
            });
            return offsets;
        } catch (ExecutionException e) {
            throw unreachable(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }

    /**
     * How far a group is behind, by topic.
     *
     * @param topics that it reads, also those of which it has committed nothing yet
     * @throws ProblemException ENVIRONMENT, {@code cli.broker-unreachable}
     */
    public Map<String, Lag> of(String group, Collection<String> topics) {
        Map<TopicPartition, Long> next = committed(group);
        try {
            List<TopicPartition> unread = new ArrayList<>();
            for (String topic : topics) {
                consumer.partitionsFor(topic).stream()
                        .map(info -> new TopicPartition(topic, info.partition()))
                        .filter(partition -> !next.containsKey(partition))
                        .forEach(unread::add);
            }
            next.putAll(consumer.beginningOffsets(unread));
            Map<TopicPartition, Long> ends = consumer.endOffsets(next.keySet());
            Map<String, Lag> lags = new TreeMap<>();
            next.forEach((partition, offset) ->
                    lags.merge(partition.topic(), lag(partition, offset, ends.getOrDefault(partition, 0L)), Lag::plus));
            return lags;
        } catch (KafkaException e) {
            throw unreachable(e);
        }
    }

    /** Offsets are also taken by marks of transactions: only a record that can be read says that something is behind. */
    private Lag lag(TopicPartition partition, long next, long end) {
        if (next >= end) {
            return Lag.NONE;
        }
        consumer.assign(List.of(partition));
        consumer.seek(partition, next);
        long first = -1;
        long count = 0;
        Instant until = clock.instant().plus(LOOK);
        while (consumer.position(partition) < end && clock.instant().isBefore(until)) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (record.offset() < end) {
                    first = first < 0 ? record.timestamp() : first;
                    count++;
                }
            }
            if (first >= 0) {
                break;
            }
        }
        if (first < 0) {
            return consumer.position(partition) >= end ? Lag.NONE : new Lag(end - next, 0);
        }
        long records = consumer.position(partition) >= end ? count : end - next;
        return new Lag(records, Math.max(0, (clock.millis() - first) / 1000));
    }

    private ProblemException unreachable(Throwable cause) {
        return new ProblemException(
                ExitCode.ENVIRONMENT,
                Problem.error(
                        "cli.broker-unreachable",
                        bootstrapServers,
                        "The broker at '" + bootstrapServers + "' does not answer: "
                                + Objects.toString(
                                        cause.getMessage(), cause.getClass().getSimpleName()) + ".",
                        "Check that the pipeline runs and that the address is right."),
                cause);
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(1));
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
    }
}
