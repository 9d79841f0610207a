package io.millrace.broker.server;

import io.millrace.broker.metadata.Metadata;
import io.millrace.broker.storage.LogStore;
import io.millrace.broker.storage.StorageHealth;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.metrics.Metrics;

/** How a running broker is, for people and for monitoring. Thread-safe. */
record Vitals(Metrics metrics, RequestCounts requests, Metadata metadata, LogStore logs, BooleanSupplier serving) {
    private static final int SERVING = 3;

    /** Whether it hears its clients, and can change its metadata: without that nothing else goes well for long. */
    boolean healthy() {
        return serving.getAsBoolean() && metadata.controller().isActive();
    }

    /** Whether clients can read and write. */
    boolean ready() {
        return healthy() && !logs.health().diskFull();
    }

    String text() {
        MetricsText text = new MetricsText().all(metrics);
        requests.totals()
                .forEach((api, count) ->
                        text.add("kafka_network_requestmetrics_requests_total", Map.of("request", api), count));
        var topics = metadata.image().topics().topicsByName().values();
        int partitions = topics.stream().mapToInt(t -> t.partitions().size()).sum();
        StorageHealth storage = logs.health();
        return text.add("kafka_server_kafkaserver_brokerstate", Map.of(), SERVING)
                .add("kafka_server_replicamanager_partitioncount", Map.of(), partitions)
                .add("kafka_controller_kafkacontroller_activecontrollercount", Map.of(), healthy() ? 1 : 0)
                .add("kafka_controller_kafkacontroller_globaltopiccount", Map.of(), topics.size())
                .add("kafka_controller_kafkacontroller_globalpartitioncount", Map.of(), partitions)
                .add(
                        "kafka_controller_kafkacontroller_offlinepartitionscount",
                        Map.of(),
                        storage.failed().size())
                .add("millrace_broker_disk_full", Map.of(), storage.diskFull() ? 1 : 0)
                .text();
    }
}
