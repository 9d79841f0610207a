package io.millrace.broker.soak;

import io.millrace.broker.BrokerConfig;
import io.millrace.broker.BrokerLite;
import io.millrace.broker.kafka.KafkaNode;
import java.nio.file.Path;
import java.util.Map;

/**
 * A broker in a process of its own: {@code folder engine port}. Says {@code ready} when it serves, and for each {@code m} that it reads how many
 * bytes of its heap are alive. Stops at the end of its input, which its parent holds: none outlives its test.
 */
public final class SoakBroker {
    /** Members that were killed are missed after seconds, and segments are full, compacted and deleted while the soak runs. */
    private static final Map<String, String> PROPERTIES = Map.of(
            "group.streams.min.session.timeout.ms", "6000",
            "group.streams.session.timeout.ms", "6000",
            "group.streams.min.heartbeat.interval.ms", "1000",
            "group.streams.heartbeat.interval.ms", "1000",
            "group.streams.initial.rebalance.delay.ms", "0",
            "log.segment.bytes", "4194304",
            "log.retention.check.interval.ms", "20000",
            "log.cleaner.backoff.ms", "5000");

    private SoakBroker() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        int port = Integer.parseInt(arguments[2]);
        try (AutoCloseable broker = arguments[1].equals("kafka")
                ? KafkaNode.start(folder, port, PROPERTIES)
                : BrokerLite.start(new BrokerConfig(folder, "127.0.0.1", port, PROPERTIES))) {
            System.out.println("ready " + broker.getClass().getSimpleName());
            for (int read = System.in.read(); read >= 0; read = System.in.read()) {
                if (read == 'm') {
                    System.gc();
                    Runtime runtime = Runtime.getRuntime();
                    System.out.println("alive " + (runtime.totalMemory() - runtime.freeMemory()));
                }
            }
        }
    }
}
