package io.millrace.layers;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * How the layers of a pipeline run.
 *
 * @param bootstrapServers of the broker or cluster
 * @param stateDir folder for local state; owned by one process at a time and kept between runs
 * @param instance the name of this worker among those that run the same pipeline; keeps its share of the work over a restart that is
 *     shorter than the session timeout
 * @param threads 1 or more
 * @param commitInterval how often a transaction is committed: what a sink waits for
 * @param replication of internal topics, 1 or more
 * @param sessionTimeout after which the work of a worker that is not heard of goes to others
 * @param stateMemory bytes that all state stores together may use outside of the heap
 * @param properties of Kafka Streams and its clients, which replace what is worked out here
 */
public record LayersConfig(
        String bootstrapServers,
        Path stateDir,
        String instance,
        int threads,
        Duration commitInterval,
        int replication,
        Duration sessionTimeout,
        long stateMemory,
        Map<String, String> properties) {
    private static final long DEFAULT_STATE_MEMORY = 128L << 20;

    public LayersConfig {
        if (threads < 1 || replication < 1) {
            throw new IllegalArgumentException(
                    "threads '" + threads + "' and replication '" + replication + "' must be 1 or more");
        }
        properties = Map.copyOf(properties);
    }

    /** One thread, one replica, commits every 200 ms, 10 s until others take over, 128 MiB of state memory. */
    public static LayersConfig of(String bootstrapServers, Path stateDir) {
        return new LayersConfig(
                bootstrapServers,
                stateDir,
                "worker",
                1,
                Duration.ofMillis(200),
                1,
                Duration.ofSeconds(10),
                DEFAULT_STATE_MEMORY,
                Map.of());
    }

    public LayersConfig withReplication(int newReplication) {
        return new LayersConfig(
                bootstrapServers,
                stateDir,
                instance,
                threads,
                commitInterval,
                newReplication,
                sessionTimeout,
                stateMemory,
                properties);
    }

    public LayersConfig withInstance(String newInstance) {
        return new LayersConfig(
                bootstrapServers,
                stateDir,
                newInstance,
                threads,
                commitInterval,
                replication,
                sessionTimeout,
                stateMemory,
                properties);
    }

    public LayersConfig withThreads(int newThreads) {
        return new LayersConfig(
                bootstrapServers,
                stateDir,
                instance,
                newThreads,
                commitInterval,
                replication,
                sessionTimeout,
                stateMemory,
                properties);
    }

    public LayersConfig withProperties(Map<String, String> newProperties) {
        return new LayersConfig(
                bootstrapServers,
                stateDir,
                instance,
                threads,
                commitInterval,
                replication,
                sessionTimeout,
                stateMemory,
                newProperties);
    }
}
