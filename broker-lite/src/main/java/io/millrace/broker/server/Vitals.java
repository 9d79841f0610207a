package io.millrace.broker.server;

import io.millrace.broker.measure.Measures;
import io.millrace.broker.measure.Name;
import io.millrace.broker.measure.PrometheusText;
import io.millrace.broker.metadata.Metadata;
import io.millrace.broker.storage.LogStore;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.memory.MemoryPool;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.storage.internals.log.UnifiedLog;

/** How a running broker is, for people and for monitoring. Thread-safe. */
record Vitals(Insight insight, Metadata metadata, LogStore logs, BooleanSupplier serving) {
    private static final String SOCKETS = "socket-server-metrics";
    private static final String OURS = "millrace.broker";

    /** Whether it hears its clients, and can change its metadata: without that nothing else goes well for long. */
    boolean healthy() {
        return serving.getAsBoolean() && metadata.controller().isActive();
    }

    /** Whether clients can read and write. */
    boolean ready() {
        return healthy() && !logs.health().diskFull();
    }

    /** Adds what can be told by looking at the parts. */
    void add(MemoryPool requests) {
        server("KafkaServer", "ClusterId", () -> metadata.identity().clusterId());
        server("ReplicaManager", "PartitionCount", this::partitions);
        server("ReplicaManager", "LeaderCount", this::partitions);
        server("ReplicaManager", "OfflineReplicaCount", this::failed);
        // with one replica, the least number that must be in step is one, whatever min.insync.replicas says
        server("ReplicaManager", "UnderReplicatedPartitions", () -> 0);
        server("ReplicaManager", "UnderMinIsrPartitionCount", () -> 0);
        server("ReplicaManager", "AtMinIsrPartitionCount", this::partitions);
        controller("ActiveControllerCount", () -> healthy() ? 1 : 0);
        controller("ActiveBrokerCount", () -> 1);
        controller("FencedBrokerCount", () -> 0);
        controller(
                "GlobalTopicCount",
                () -> metadata.image().topics().topicsByName().size());
        controller("GlobalPartitionCount", this::partitions);
        controller("OfflinePartitionsCount", this::failed);
        sockets("MemoryPoolAvailable", requests::availableMemory);
        sockets("MemoryPoolUsed", () -> requests.size() - requests.availableMemory());
        sockets("NetworkProcessorAvgIdlePercent", this::idle);
        insight.measures()
                .gauge(Name.of(OURS, "Storage", "DiskFull"), () -> logs.health().diskFull() ? 1 : 0);
    }

    private void server(String type, String name, Supplier<?> value) {
        insight.measures().gauge(Name.of("kafka.server", type, name), value);
    }

    private void controller(String name, Supplier<?> value) {
        insight.measures().gauge(Name.of("kafka.controller", "KafkaController", name), value);
    }

    private void sockets(String name, Supplier<?> value) {
        insight.measures().gauge(Name.of("kafka.network", "SocketServer", name), value);
    }

    private int partitions() {
        return metadata.image().topics().topicsByName().values().stream()
                .mapToInt(topic -> topic.partitions().size())
                .sum();
    }

    private int failed() {
        return logs.health().failed().size();
    }

    /** The part of their time that the network threads wait for work, on average. */
    private double idle() {
        Metrics metrics = insight.metrics();
        return metrics.metrics().values().stream()
                .filter(metric -> metric.metricName().group().equals(SOCKETS)
                        && metric.metricName().name().equals("io-wait-ratio"))
                .mapToDouble(metric -> Math.min(1, ((Number) metric.metricValue()).doubleValue()))
                .average()
                .orElse(1);
    }

    /** All of it in Prometheus' text, with the size of each log that is open. */
    String text() {
        PrometheusText text = new PrometheusText().all(insight.metrics());
        Measures measures = insight.measures();
        measures.write(text);
        logs.forEachOpen(log -> write(log, text));
        return text.text();
    }

    private static void write(UnifiedLog log, PrometheusText text) {
        Map<String, String> tags = Map.of(
                "topic",
                log.topicPartition().topic(),
                "partition",
                Integer.toString(log.topicPartition().partition()));
        text.gauge("kafka_log_log_size", tags, log.size())
                .gauge("kafka_log_log_numlogsegments", tags, log.numberOfSegments())
                .gauge("kafka_log_log_logstartoffset", tags, log.logStartOffset())
                .gauge("kafka_log_log_logendoffset", tags, log.logEndOffset());
    }
}
