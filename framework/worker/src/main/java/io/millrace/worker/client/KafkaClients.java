package io.millrace.worker.client;

import io.millrace.plugin.discovery.ContextClassLoader;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Makes the worker's Kafka clients. Settings are taken in this order, later ones win: our defaults, the worker's extra client
 * settings, the connector's {@code producer.override.*}, {@code consumer.override.*} (KIP-458), and last the ones that exactly-once
 * stands on.
 */
public final class KafkaClients {
    /** Largest record a producer of ours sends; the topic's own limit is what usually says no. */
    private static final int MAX_REQUEST_BYTES = 32 * 1024 * 1024;

    /** A sink may upload, or wait for a slow target, for long inside of one put; a task that died is told by its session. */
    private static final int MAX_POLL_INTERVAL_MS = 15 * 60 * 1000;

    private static final Set<String> NOT_OVERRIDABLE = Set.of(
            ProducerConfig.TRANSACTIONAL_ID_CONFIG,
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
            ProducerConfig.ACKS_CONFIG,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            "key.serializer",
            "value.serializer",
            "key.deserializer",
            "value.deserializer");

    private static final Set<String> KINDS = Set.of("producer.", "consumer.", "admin.");

    private final String bootstrapServers;
    private final Map<String, String> extra;

    public KafkaClients(String bootstrapServers, Map<String, String> extra) {
        this.bootstrapServers = bootstrapServers;
        this.extra = Map.copyOf(extra);
    }

    public Admin admin(String clientId) {
        Map<String, Object> config = base("admin.", clientId);
        return make(config, Admin::create);
    }

    /**
     * A producer that writes in transactions only. {@code initTransactions()} is the caller's to call: it fences every earlier producer
     * of the same id.
     *
     * @param connectorConfig where {@code producer.override.*} is looked for
     */
    public Producer<byte[], byte[]> transactionalProducer(
            String transactionalId, Duration transactionTimeout, Map<String, String> connectorConfig) {
        Map<String, Object> config = base("producer.", transactionalId);
        config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        config.put(ProducerConfig.LINGER_MS_CONFIG, "2");
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_BYTES);
        config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 2L * MAX_REQUEST_BYTES);
        config.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int) transactionTimeout.toMillis());
        override(config, "producer.override.", connectorConfig);
        config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        return make(config, c -> new KafkaProducer<>(c, new ByteArraySerializer(), new ByteArraySerializer()));
    }

    /** A producer without transactions; what it sends twice is there once. */
    public Producer<byte[], byte[]> plainProducer(String clientId) {
        Map<String, Object> config = base("producer.", clientId);
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        return make(config, c -> new KafkaProducer<>(c, new ByteArraySerializer(), new ByteArraySerializer()));
    }

    /** The consumer of a sink task: a static member, so that a restart is no rebalance. */
    public Consumer<byte[], byte[]> sinkConsumer(String group, String instanceId, Map<String, String> connectorConfig) {
        Map<String, Object> config = base("consumer.", instanceId);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
        config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 2_000);
        config.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, MAX_POLL_INTERVAL_MS);
        // Topics of a pattern, and topics that do not exist yet, are found soon.
        config.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 5_000);
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        config.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        override(config, "consumer.override.", connectorConfig);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        config.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instanceId);
        return readCommitted(config);
    }

    /** A consumer without a group, for reading the offsets topic. */
    public Consumer<byte[], byte[]> offsetConsumer(String clientId) {
        Map<String, Object> config = base("consumer.", clientId);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        // Reading to the end must not wait long for a transaction's marker that is just being written.
        config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 20);
        return readCommitted(config);
    }

    /** A consumer without a group, for a topic on which seldom something comes: it asks the broker twice a second. */
    public Consumer<byte[], byte[]> replayConsumer(String clientId) {
        Map<String, Object> config = base("consumer.", clientId);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 100);
        return readCommitted(config);
    }

    private static Consumer<byte[], byte[]> readCommitted(Map<String, Object> config) {
        // Invariant: nothing of an open or aborted transaction is ever seen by a task.
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        return make(config, c -> new KafkaConsumer<>(c, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    /** @param kind the prefix of settings that are of this kind of client only; they stand above those of all */
    private Map<String, Object> base(String kind, String clientId) {
        Map<String, Object> config = new HashMap<>();
        extra.forEach((key, value) -> {
            if (KINDS.stream().noneMatch(key::startsWith)) {
                config.put(key, value);
            }
        });
        override(config, kind, extra);
        NOT_OVERRIDABLE.forEach(config::remove);
        config.put("bootstrap.servers", bootstrapServers);
        config.put("client.id", clientId);
        return config;
    }

    private static void override(Map<String, Object> config, String prefix, Map<String, String> connectorConfig) {
        connectorConfig.forEach((key, value) -> {
            if (key.startsWith(prefix) && !NOT_OVERRIDABLE.contains(key.substring(prefix.length()))) {
                config.put(key.substring(prefix.length()), value);
            }
        });
    }

    private static <T> T make(Map<String, Object> config, Function<Map<String, Object>, T> constructor) {
        try (ContextClassLoader.Scope scope = ContextClassLoader.enter(KafkaClients.class.getClassLoader())) {
            return constructor.apply(config);
        }
    }
}
