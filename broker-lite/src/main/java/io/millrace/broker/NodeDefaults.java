package io.millrace.broker;

import java.util.HashMap;
import java.util.Map;

/** Properties, by Kafka's names, of a node that is alone on a small machine. What is not said here is as Kafka has it by default. */
final class NodeDefaults {
    private static final Map<String, String> ALONE = Map.ofEntries(
            // one replica of everything
            Map.entry("default.replication.factor", "1"),
            Map.entry("offsets.topic.replication.factor", "1"),
            Map.entry("transaction.state.log.replication.factor", "1"),
            Map.entry("transaction.state.log.min.isr", "1"),
            // a machine that does other things too
            Map.entry("num.network.threads", "1"),
            Map.entry("num.io.threads", "2"),
            Map.entry("background.threads", "2"),
            Map.entry("log.cleaner.dedupe.buffer.size", "4194304"),
            Map.entry("log.cleaner.io.buffer.size", "262144"),
            Map.entry("offsets.topic.num.partitions", "1"),
            Map.entry("transaction.state.log.num.partitions", "1"),
            Map.entry("group.coordinator.threads", "1"),
            Map.entry("num.recovery.threads.per.data.dir", "2"),
            // a restart after a kill waits for none of the time-outs that make sense among many nodes
            Map.entry("group.initial.rebalance.delay.ms", "0"),
            Map.entry("transaction.abort.timed.out.transaction.cleanup.interval.ms", "3000"));

    private NodeDefaults() {}

    /** The properties of an embedded broker; those of {@code config} stand above the defaults. */
    static Map<String, String> embedded(BrokerConfig config) {
        Map<String, String> p = new HashMap<>(ALONE);
        // our own producers send up to 64 MiB of records in a request; Kafka's limit is 100 MiB, too much of a heap
        // shared with others
        p.put("socket.request.max.bytes", "75497472");
        p.put("node.id", "1");
        p.put("process.roles", "broker");
        p.put("listeners", "PLAINTEXT://" + config.host() + ":" + config.port());
        p.put("log.dirs", config.folder().toString());
        p.putAll(config.properties());
        return p;
    }

    /** What stands below somebody's own server.properties; without a file it listens on 127.0.0.1:9092 and writes to {@code broker-data}. */
    static Map<String, String> served(boolean file) {
        Map<String, String> p = new HashMap<>(ALONE);
        p.put("millrace.broker.jmx", "true");
        if (!file) {
            p.put("listeners", "PLAINTEXT://127.0.0.1:9092");
            p.put("log.dirs", "broker-data");
        }
        return p;
    }
}
