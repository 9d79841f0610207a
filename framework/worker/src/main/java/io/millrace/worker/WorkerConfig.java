package io.millrace.worker;

import io.millrace.worker.fault.RestartBackoff;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * How a worker runs.
 *
 * @param bootstrapServers of the broker
 * @param groupId prefix of all transactional ids; never the same for two workers that run different connectors
 * @param workerId as it appears in the status
 * @param offsetTopic where source offsets are kept, compacted, in Kafka Connect's own format
 * @param offsetTopicPartitions when it has to be created
 * @param offsetTopicReplication when it has to be created; -1 is the broker's default
 * @param clientConfig more settings of every Kafka client, for example security; below {@code producer.}, {@code consumer.} or
 *     {@code admin.} of that kind of client only
 * @param converters {@code key.converter}, {@code value.converter} and their settings, for connectors that set none
 * @param offsetFlushInterval how often sinks commit
 * @param gracefulShutdown how long tasks get to stop
 * @param restarts how failed connectors and tasks start again
 * @param seed of the jitter of restarts and retries
 */
public record WorkerConfig(
        String bootstrapServers,
        String groupId,
        String workerId,
        String offsetTopic,
        int offsetTopicPartitions,
        short offsetTopicReplication,
        Map<String, String> clientConfig,
        Map<String, String> converters,
        Duration offsetFlushInterval,
        Duration gracefulShutdown,
        RestartBackoff.Policy restarts,
        long seed) {
    public WorkerConfig {
        clientConfig = Map.copyOf(clientConfig);
        converters = Map.copyOf(converters);
    }

    public static Builder at(String bootstrapServers) {
        return new Builder(bootstrapServers);
    }

    /** Client settings may hold secrets, so they are not shown. */
    @Override
    public String toString() {
        return "WorkerConfig[" + bootstrapServers + ", group '" + groupId + "', worker '" + workerId + "']";
    }

    /** Starts from the defaults that the README names. */
    public static final class Builder {
        private static final String JSON = "org.apache.kafka.connect.json.JsonConverter";

        private final String bootstrapServers;
        private String groupId = "millrace";
        private String workerId = "millrace-1";
        private String offsetTopic = "millrace-offsets";
        private int offsetTopicPartitions = 5;
        private short offsetTopicReplication = -1;
        private Map<String, String> clientConfig = Map.of();
        private final Map<String, String> converters = new HashMap<>(Map.of(
                "key.converter", JSON,
                "key.converter.schemas.enable", "false",
                "key.converter.decimal.format", "NUMERIC",
                "value.converter", JSON,
                "value.converter.schemas.enable", "true",
                "value.converter.decimal.format", "NUMERIC"));
        private Duration offsetFlushInterval = Duration.ofSeconds(1);
        private Duration gracefulShutdown = Duration.ofSeconds(5);
        private RestartBackoff.Policy restarts = RestartBackoff.Policy.DEFAULT;
        private long seed = 1;

        private Builder(String bootstrapServers) {
            this.bootstrapServers = bootstrapServers;
        }

        public Builder groupId(String value) {
            groupId = value;
            return this;
        }

        public Builder workerId(String value) {
            workerId = value;
            return this;
        }

        public Builder offsetTopic(String name, int partitions, short replication) {
            offsetTopic = name;
            offsetTopicPartitions = partitions;
            offsetTopicReplication = replication;
            return this;
        }

        public Builder clientConfig(Map<String, String> value) {
            clientConfig = value;
            return this;
        }

        /** Replaces single converter settings. */
        public Builder converters(Map<String, String> changes) {
            converters.putAll(changes);
            return this;
        }

        /** These converter settings and no others. */
        public Builder onlyConverters(Map<String, String> settings) {
            converters.clear();
            converters.putAll(settings);
            return this;
        }

        public Builder offsetFlushInterval(Duration value) {
            offsetFlushInterval = value;
            return this;
        }

        public Builder gracefulShutdown(Duration value) {
            gracefulShutdown = value;
            return this;
        }

        public Builder restarts(RestartBackoff.Policy value) {
            restarts = value;
            return this;
        }

        public Builder seed(long value) {
            seed = value;
            return this;
        }

        public WorkerConfig build() {
            return new WorkerConfig(
                    bootstrapServers,
                    groupId,
                    workerId,
                    offsetTopic,
                    offsetTopicPartitions,
                    offsetTopicReplication,
                    clientConfig,
                    converters,
                    offsetFlushInterval,
                    gracefulShutdown,
                    restarts,
                    seed);
        }
    }
}
