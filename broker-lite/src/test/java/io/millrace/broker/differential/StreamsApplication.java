package io.millrace.broker.differential;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.state.BuiltInDslStoreSuppliers;

/** One instance of a Kafka Streams application with a topology of every kind of step. */
final class StreamsApplication implements AutoCloseable {
    static final List<String> OUTPUTS = List.of("passed", "counts", "windows", "joined");

    private final KafkaStreams streams;
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();

    private StreamsApplication(KafkaStreams streams) {
        this.streams = streams;
    }

    /**
     * Starts an instance.
     *
     * @param more above the configuration, with the application's id, group protocol and guarantee
     */
    static StreamsApplication start(Scene scene, String application, Path state, Map<String, Object> more) {
        Properties config = new Properties();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, application);
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, scene.bootstrapServers());
        config.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
        config.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
        config.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
        config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
        // every update is an output
        config.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        config.put(
                StreamsConfig.DSL_STORE_SUPPLIERS_CLASS_CONFIG,
                BuiltInDslStoreSuppliers.InMemoryDslStoreSuppliers.class);
        // who joins gets its tasks at once, however far behind it is
        config.put(StreamsConfig.ACCEPTABLE_RECOVERY_LAG_CONFIG, Long.MAX_VALUE);
        config.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
        config.put(StreamsConfig.consumerPrefix("fetch.max.wait.ms"), 50);
        config.putAll(more);
        if ("classic".equals(more.get(StreamsConfig.GROUP_PROTOCOL_CONFIG))) {
            // members hear of a rebalance with a heartbeat
            config.put(StreamsConfig.consumerPrefix("heartbeat.interval.ms"), 100);
        }
        StreamsApplication instance = new StreamsApplication(new KafkaStreams(topology(application), config));
        instance.streams.setUncaughtExceptionHandler(e -> {
            instance.failure.complete(e);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        instance.streams.start();
        return instance;
    }

    private static Topology topology(String application) {
        StreamsBuilder builder = new StreamsBuilder();
        KStream<String, String> in = builder.stream(application + ".in");
        KTable<String, String> table = builder.table(application + ".table", Materialized.as("table"));
        in.filter((key, value) -> !value.endsWith("3"))
                .mapValues(value -> value + "!")
                .to(application + ".passed");
        in.groupBy((key, value) -> value, Grouped.as("by-value"))
                .count(Named.as("counting"), Materialized.as("counts"))
                .toStream()
                .mapValues(String::valueOf)
                .to(application + ".counts");
        in.groupByKey()
                .windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofSeconds(10), Duration.ofSeconds(5)))
                .count(Materialized.as("windows"))
                .toStream()
                .map((window, count) ->
                        KeyValue.pair(window.key() + "@" + window.window().start(), String.valueOf(count)))
                .to(application + ".windows");
        in.join(table, (value, row) -> value + "/" + row).to(application + ".joined");
        return builder.build();
    }

    boolean running() {
        return streams.state() == KafkaStreams.State.RUNNING;
    }

    /** The tasks that it processes now. */
    TreeSet<String> activeTasks() {
        TreeSet<String> tasks = new TreeSet<>();
        streams.metadataForLocalThreads().forEach(thread -> thread.activeTasks()
                .forEach(task -> tasks.add(task.taskId().toString())));
        return tasks;
    }

    /** What ended it: waits until something has. Times that were measured are left out. */
    String failure() throws Exception {
        Throwable e = failure.get(Scene.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        StreamsScene.await("the end", streams::state, () -> streams.state() == KafkaStreams.State.ERROR);
        String cause = e.getCause() == null ? "" : " <- " + e.getCause();
        return (e + cause).replaceAll("after \\d+ms", "after Nms");
    }

    /** Stops it without a word to the group, which misses it after its session's time. */
    void vanish() {
        close(CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP);
    }

    /** Stops it and leaves the group. */
    @Override
    public void close() {
        close(CloseOptions.GroupMembershipOperation.LEAVE_GROUP);
    }

    private void close(CloseOptions.GroupMembershipOperation membership) {
        boolean closed =
                streams.close(CloseOptions.groupMembershipOperation(membership).withTimeout(Scene.PATIENCE));
        if (!closed) {
            throw new AssertionError("an instance does not close in " + Scene.PATIENCE);
        }
    }
}
