package io.millrace.broker.kafka;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Properties of a Kafka node that is broker and controller, alone, and small: "tuned" where it is measured. */
public final class NodeProperties {
    static final int NODE_ID = 1;
    static final String CLIENT_LISTENER = "PLAINTEXT";
    static final String CONTROLLER_LISTENER = "CONTROLLER";

    private static final Map<String, String> SMALL = Map.ofEntries(
            Map.entry("num.network.threads", "1"),
            Map.entry("num.io.threads", "2"),
            Map.entry("background.threads", "2"),
            Map.entry("num.replica.fetchers", "1"),
            Map.entry("log.cleaner.dedupe.buffer.size", "4194304"),
            Map.entry("log.cleaner.io.buffer.size", "262144"),
            Map.entry("offsets.topic.num.partitions", "1"),
            Map.entry("transaction.state.log.num.partitions", "1"),
            Map.entry("share.coordinator.state.topic.num.partitions", "1"),
            Map.entry("group.coordinator.threads", "1"),
            Map.entry("share.coordinator.threads", "1"),
            Map.entry("num.recovery.threads.per.data.dir", "2"));

    private NodeProperties() {}

    /** What a node of its own needs in any case, and stock otherwise; both ports on 127.0.0.1. */
    public static Map<String, String> stock(Path folder, int port, int controllerPort) {
        String clients = CLIENT_LISTENER + "://127.0.0.1:" + port;
        Map<String, String> p = new HashMap<>();
        p.put("process.roles", "broker,controller");
        p.put("node.id", Integer.toString(NODE_ID));
        p.put("controller.quorum.voters", NODE_ID + "@127.0.0.1:" + controllerPort);
        p.put("controller.listener.names", CONTROLLER_LISTENER);
        p.put("inter.broker.listener.name", CLIENT_LISTENER);
        p.put("listeners", clients + "," + CONTROLLER_LISTENER + "://127.0.0.1:" + controllerPort);
        p.put("advertised.listeners", clients);
        p.put("listener.security.protocol.map", CLIENT_LISTENER + ":PLAINTEXT," + CONTROLLER_LISTENER + ":PLAINTEXT");
        p.put("log.dirs", folder.toString());
        for (String topic : new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
            p.put(topic + ".replication.factor", "1");
        }
        p.put("transaction.state.log.min.isr", "1");
        p.put("share.coordinator.state.topic.min.isr", "1");
        return p;
    }

    /** The same with the twelve properties that make it small. */
    public static Map<String, String> tuned(Path folder, int port, int controllerPort) {
        Map<String, String> p = stock(folder, port, controllerPort);
        p.putAll(SMALL);
        return p;
    }

    /** The same for tests, which start a node again at once and do not wait for groups. */
    static Map<String, String> of(Path folder, int port, int controllerPort) {
        Map<String, String> p = tuned(folder, port, controllerPort);
        p.put("default.replication.factor", "1");
        p.put("group.initial.rebalance.delay.ms", "0");
        p.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "3000");
        p.put("broker.heartbeat.interval.ms", "100");
        p.put("broker.session.timeout.ms", "500");
        return p;
    }
}
