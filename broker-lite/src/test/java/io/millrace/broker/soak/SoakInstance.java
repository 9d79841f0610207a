package io.millrace.broker.soak;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.BuiltInDslStoreSuppliers;

/**
 * One instance of every application in a process of its own: {@code bootstrap folder}. Says {@code ready} when they are started, and for each
 * {@code t} that it reads how many tasks they have; closes them at the end of its input and says {@code closed}.
 */
public final class SoakInstance {
    /** The applications, named for the protocol of their group. */
    static final List<String> PROTOCOLS = List.of("classic", "streams");

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(60);

    private SoakInstance() {}

    static String application(String protocol) {
        return "soak-" + protocol;
    }

    public static void main(String[] arguments) throws Exception {
        List<KafkaStreams> all = new ArrayList<>();
        for (String protocol : PROTOCOLS) {
            KafkaStreams streams = new KafkaStreams(
                    SoakTopology.of(application(protocol)), config(protocol, arguments[0], Path.of(arguments[1])));
            streams.setUncaughtExceptionHandler(e -> {
                System.out.println("replaced a thread of " + protocol + ": " + e);
                return StreamThreadExceptionResponse.REPLACE_THREAD;
            });
            streams.start();
            all.add(streams);
        }
        System.out.println("ready");
        for (int read = System.in.read(); read >= 0; read = System.in.read()) {
            if (read == 't') {
                System.out.println("tasks " + fewestTasks(all));
            }
        }
        for (KafkaStreams streams : all) {
            if (!streams.close(CLOSE_TIMEOUT)) {
                System.out.println("an application does not close in " + CLOSE_TIMEOUT);
                // its threads would keep the process, for which nobody waits any more
                Runtime.getRuntime().halt(1);
            }
        }
        System.out.println("closed");
    }

    /** How many tasks the application with the fewest of them has here. */
    private static long fewestTasks(List<KafkaStreams> all) {
        return all.stream()
                .mapToLong(streams -> streams.metadataForLocalThreads().stream()
                        .mapToLong(thread -> thread.activeTasks().size())
                        .sum())
                .min()
                .orElseThrow();
    }

    private static Properties config(String protocol, String bootstrapServers, Path folder) {
        Map<String, Object> config = new HashMap<>();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, application(protocol));
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        config.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
        config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        config.put(StreamsConfig.GROUP_PROTOCOL_CONFIG, protocol);
        config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 300);
        // every update is an output, and every start reads its state back from the broker's changelogs
        config.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        config.put(
                StreamsConfig.DSL_STORE_SUPPLIERS_CLASS_CONFIG,
                BuiltInDslStoreSuppliers.InMemoryDslStoreSuppliers.class);
        // the smallest: compaction works on full segments only
        config.put(StreamsConfig.topicPrefix("segment.bytes"), 1_048_576);
        config.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
        config.put("reconnect.backoff.max.ms", 200);
        if (protocol.equals("classic")) {
            config.put(StreamsConfig.consumerPrefix("session.timeout.ms"), 6_000);
            config.put(StreamsConfig.consumerPrefix("heartbeat.interval.ms"), 1_000);
            // who comes back gets its tasks back at once
            config.put(StreamsConfig.ACCEPTABLE_RECOVERY_LAG_CONFIG, Long.MAX_VALUE);
        }
        Properties properties = new Properties();
        properties.putAll(config);
        return properties;
    }
}
