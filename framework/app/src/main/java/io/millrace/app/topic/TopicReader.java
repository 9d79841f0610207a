package io.millrace.app.topic;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads topics from a beginning to their present end: committed records only, without a group. What is written meanwhile is not waited
 * for. Owned by one thread.
 */
public final class TopicReader implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** After which a transaction that is not committed counts as open, and is not waited for. */
    private static final Duration SETTLE = Duration.ofSeconds(1);

    private static final Duration POLL = Duration.ofMillis(100);

    private final String bootstrapServers;
    private final Consumer<byte[], byte[]> consumer;

    private TopicReader(String bootstrapServers, Consumer<byte[], byte[]> consumer) {
        this.bootstrapServers = bootstrapServers;
        this.consumer = consumer;
    }

    /** @throws ProblemException ENVIRONMENT, {@code cli.broker-unreachable}, where the address is none */
    public static TopicReader at(String bootstrapServers) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", bootstrapServers);
        config.put("isolation.level", "read_committed");
        config.put("enable.auto.commit", false);
        config.put("allow.auto.create.topics", false);
        config.put("fetch.max.wait.ms", 50);
        config.put("default.api.timeout.ms", (int) PATIENCE.toMillis());
        config.put("request.timeout.ms", (int) PATIENCE.toMillis());
        try {
            return new TopicReader(
                    bootstrapServers,
                    new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
        } catch (KafkaException e) {
            throw unreachable(bootstrapServers, e);
        }
    }

    /** How many partitions the topic has; 0 where it is not there. */
    public int partitions(String topic) {
        return partitionsOf(topic).size();
    }

    /** Whether the topic holds a table: of its keys the newest record counts. A topic that is not there holds none. */
    public boolean isCompacted(String topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try (Admin admin = admin()) {
            return admin.describeConfigs(List.of(resource)).all().get().values().stream()
                    .flatMap(config -> config.entries().stream())
                    .filter(entry -> entry.name().equals(TopicConfig.CLEANUP_POLICY_CONFIG))
                    .anyMatch(entry -> String.valueOf(entry.value()).contains(TopicConfig.CLEANUP_POLICY_COMPACT));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return false;
            }
            throw unreachable(bootstrapServers, new KafkaException(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }

    /** Where reading begins. */
    public sealed interface Start {
        /** All there is. */
        record Beginning() implements Start {}

        /** The first record of each partition that is as young. */
        record Since(Instant instant) implements Start {}

        /**
         * The newest of each partition.
         *
         * @param offsets how far to go back from the end; marks of transactions take offsets too
         */
        record Last(long offsets) implements Start {}

        /** Of the partitions named only, from these offsets on, or from what retention has left. */
        record Offsets(Map<TopicPartition, Long> from) implements Start {
            public Offsets {
                from = Map.copyOf(from);
            }
        }
    }

    /**
     * Gives every record up to the present end, in order within a partition. A topic that is not there has none.
     *
     * @throws ProblemException ENVIRONMENT, {@code cli.broker-unreachable}
     */
    public void read(String topic, Start start, java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> into) {
        try {
            List<TopicPartition> partitions = start instanceof Start.Offsets offsets
                    ? List.copyOf(offsets.from().keySet())
                    : partitionsOf(topic);
            if (partitions.isEmpty()) {
                return;
            }
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = ends(partitions);
            seek(partitions, start, ends);
            Instant begin = Instant.now();
            while (isBefore(ends)) {
                boolean moved = false;
                for (ConsumerRecord<byte[], byte[]> read : consumer.poll(POLL)) {
                    moved = true;
                    if (read.offset() < ends.getOrDefault(new TopicPartition(read.topic(), read.partition()), 0L)) {
                        into.accept(read);
                    }
                }
                Duration quiet = Duration.between(begin, Instant.now());
                if (moved) {
                    begin = Instant.now();
                } else if (quiet.compareTo(SETTLE) > 0 && !isBefore(consumer.endOffsets(partitions))) {
                    // What is left belongs to a transaction that is still open.
                    return;
                } else if (quiet.compareTo(PATIENCE) > 0) {
                    throw new TimeoutException("'" + topic + "' gave nothing for " + PATIENCE.toSeconds() + " s");
                }
            }
        } catch (KafkaException e) {
            throw unreachable(bootstrapServers, e);
        }
    }

    private boolean isBefore(Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue());
    }

    /**
     * The ends of what was written, not of what is visible: a transaction may be committed and its markers on their way, and who replays must
     * see what was replayed just before.
     */
    private Map<TopicPartition, Long> ends(List<TopicPartition> partitions) {
        Map<TopicPartition, OffsetSpec> latest =
                partitions.stream().collect(Collectors.toMap(Function.identity(), one -> OffsetSpec.latest()));
        try (Admin admin = admin()) {
            return admin
                    .listOffsets(latest, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
                    .all()
                    .get()
                    .entrySet()
                    .stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, end -> end.getValue().offset()));
        } catch (ExecutionException e) {
            throw new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }

    private Admin admin() {
        return Admin.create(Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "default.api.timeout.ms",
                (int) PATIENCE.toMillis(),
                "request.timeout.ms",
                (int) PATIENCE.toMillis()));
    }

    private void seek(List<TopicPartition> partitions, Start start, Map<TopicPartition, Long> ends) {
        consumer.seekToBeginning(partitions);
        if (start instanceof Start.Offsets offsets) {
            Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
            // What retention took is not there to be sought: the consumer would go to the end instead.
            offsets.from().forEach((one, from) -> consumer.seek(one, Math.max(from, beginnings.getOrDefault(one, 0L))));
        } else if (start instanceof Start.Last last) {
            Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
            for (TopicPartition one : partitions) {
                consumer.seek(
                        one, Math.max(beginnings.getOrDefault(one, 0L), ends.getOrDefault(one, 0L) - last.offsets()));
            }
        } else if (start instanceof Start.Since since) {
            Map<TopicPartition, Long> wanted = new HashMap<>();
            partitions.forEach(one -> wanted.put(one, since.instant().toEpochMilli()));
            Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(wanted);
            for (TopicPartition one : partitions) {
                long offset = Optional.ofNullable(found.get(one))
                        .map(OffsetAndTimestamp::offset)
                        .orElse(ends.getOrDefault(one, 0L));
                consumer.seek(one, offset);
            }
        }
    }

    private List<TopicPartition> partitionsOf(String topic) {
        try {
            return Optional.ofNullable(consumer.listTopics().get(topic)).orElse(List.of()).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
        } catch (KafkaException e) {
            throw unreachable(bootstrapServers, e);
        }
    }

    private static ProblemException unreachable(String bootstrapServers, KafkaException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        boolean silent = cause instanceof TimeoutException;
        return new ProblemException(
                ExitCode.ENVIRONMENT,
                Problem.error(
                        "cli.broker-unreachable",
                        bootstrapServers,
                        "The broker at '" + bootstrapServers + "' "
                                + (silent ? "does not answer." : "cannot be used: " + cause.getMessage() + "."),
                        "Check that the pipeline runs and that the address is right."),
                e);
    }

    @Override
    public void close() {
        consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(1)));
    }
}
