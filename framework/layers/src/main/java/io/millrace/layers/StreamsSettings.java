package io.millrace.layers;

import io.millrace.pipeline.plan.PipelinePlan;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.StreamsConfig;

/** The settings of Kafka Streams for a pipeline. */
final class StreamsSettings {
    private static final int HEARTBEATS_PER_SESSION = 4;

    /** A dead letter has the whole raw record, which a source sends up to half this size. */
    private static final int MAX_REQUEST_BYTES = 64 << 20;

    /** A change of a table travels with the row before it; less than a segment of an internal topic, 50 MiB. */
    private static final int MAX_INTERNAL_BYTES = 40 << 20;

    private StreamsSettings() {}

    static String applicationId(PipelinePlan plan) {
        return "millrace." + plan.pipeline();
    }

    static Properties of(PipelinePlan plan, LayersConfig config) {
        Properties settings = new Properties();
        int session = Math.toIntExact(config.sessionTimeout().toMillis());
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId(plan));
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        settings.put(StreamsConfig.STATE_DIR_CONFIG, config.stateDir().toString());
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, config.threads());
        settings.put(
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, config.commitInterval().toMillis());
        settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, config.replication());
        settings.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_GLOBAL_ENABLED_CONFIG, true);
        // Every update is emitted and counted.
        settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0L);
        settings.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, StateMemory.Setter.class);
        settings.put(main(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), config.instance());
        settings.put(consumer(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), session);
        settings.put(consumer(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), session / HEARTBEATS_PER_SESSION);
        settings.put(consumer(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        settings.put(consumer(ConsumerConfig.ISOLATION_LEVEL_CONFIG), "read_committed");
        // A worker that lost its state folder leaves a transaction that holds up readers until it times out.
        settings.put(producer(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), session);
        settings.put(producer(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
        settings.put(producer(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), MAX_REQUEST_BYTES);
        settings.put(producer(ProducerConfig.BUFFER_MEMORY_CONFIG), 2L * MAX_REQUEST_BYTES);
        settings.put(StreamsConfig.topicPrefix(TopicConfig.MAX_MESSAGE_BYTES_CONFIG), MAX_INTERNAL_BYTES);
        settings.put(StreamsConfig.topicPrefix(TopicConfig.COMPRESSION_TYPE_CONFIG), "producer");
        settings.putAll(config.properties());
        return settings;
    }

    private static String main(String key) {
        return StreamsConfig.mainConsumerPrefix(key);
    }

    private static String consumer(String key) {
        return StreamsConfig.consumerPrefix(key);
    }

    private static String producer(String key) {
        return StreamsConfig.producerPrefix(key);
    }
}
