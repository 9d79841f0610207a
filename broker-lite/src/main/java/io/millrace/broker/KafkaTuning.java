package io.millrace.broker;

import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/** The properties of a Kafka node that is alone on a small machine. */
final class KafkaTuning {
    static final int NODE_ID = 1;
    static final String CLIENT_LISTENER = "PLAINTEXT";
    static final String CONTROLLER_LISTENER = "CONTROLLER";

    private KafkaTuning() {}

    /** The same for the light engine, which needs no controller's listener. */
    static Properties light(BrokerConfig config) {
        Properties p = new Properties();
        p.put("node.id", Integer.toString(NODE_ID));
        p.put("process.roles", "broker");
        p.put("listeners", CLIENT_LISTENER + "://" + config.host() + ":" + config.port());
        p.put("listener.security.protocol.map", CLIENT_LISTENER + ":PLAINTEXT");
        p.put("log.dirs", config.folder().toString());
        alone(p);
        p.putAll(config.properties());
        return p;
    }

    /** What stands below somebody's own server.properties, on a machine that does other things too. */
    static Map<String, String> defaults() {
        Properties p = new Properties();
        alone(p);
        return strings(p);
    }

    static Map<String, String> strings(Properties properties) {
        Map<String, String> map = new HashMap<>();
        properties.stringPropertyNames().forEach(name -> map.put(name, properties.getProperty(name)));
        return map;
    }

    static Properties properties(BrokerConfig config, int controllerPort) {
        Properties p = new Properties();
        node(p, config, controllerPort);
        alone(p);
        p.putAll(config.properties());
        return p;
    }

    /** What every node has in common that is alone on a small machine. */
    private static void alone(Properties p) {
        oneReplica(p);
        small(p);
        quickRestart(p);
    }

    private static void node(Properties p, BrokerConfig config, int controllerPort) {
        p.put("process.roles", "broker,controller");
        p.put("node.id", Integer.toString(NODE_ID));
        p.put("controller.quorum.voters", NODE_ID + "@127.0.0.1:" + controllerPort);
        p.put("controller.listener.names", CONTROLLER_LISTENER);
        p.put("inter.broker.listener.name", CLIENT_LISTENER);
        p.put(
                "listeners",
                CLIENT_LISTENER + "://" + config.host() + ":" + config.port() + "," + CONTROLLER_LISTENER
                        + "://127.0.0.1:" + controllerPort);
        p.put("advertised.listeners", CLIENT_LISTENER + "://" + config.host() + ":" + config.port());
        p.put("listener.security.protocol.map", CLIENT_LISTENER + ":PLAINTEXT," + CONTROLLER_LISTENER + ":PLAINTEXT");
        p.put("log.dirs", config.folder().toString());
    }

    private static void oneReplica(Properties p) {
        p.put("default.replication.factor", "1");
        p.put("offsets.topic.replication.factor", "1");
        p.put("transaction.state.log.replication.factor", "1");
        p.put("transaction.state.log.min.isr", "1");
        p.put("share.coordinator.state.topic.replication.factor", "1");
        p.put("share.coordinator.state.topic.min.isr", "1");
    }

    /** Measured on two cores: less than half of the stock node's memory and start-up CPU. */
    private static void small(Properties p) {
        p.put("num.network.threads", "1");
        p.put("num.io.threads", "2");
        p.put("background.threads", "2");
        p.put("num.replica.fetchers", "1");
        p.put("log.cleaner.dedupe.buffer.size", "4194304");
        p.put("log.cleaner.io.buffer.size", "262144");
        p.put("offsets.topic.num.partitions", "1");
        p.put("transaction.state.log.num.partitions", "1");
        p.put("share.coordinator.state.topic.num.partitions", "1");
        p.put("group.coordinator.threads", "1");
        p.put("share.coordinator.threads", "1");
        p.put("num.recovery.threads.per.data.dir", "2");
    }

    /** A restart after a kill waits for none of the time-outs that make sense among many nodes. */
    private static void quickRestart(Properties p) {
        p.put("group.initial.rebalance.delay.ms", "0");
        p.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "3000");
        p.put("broker.heartbeat.interval.ms", "1000");
        p.put("broker.session.timeout.ms", "9000");
    }
}
