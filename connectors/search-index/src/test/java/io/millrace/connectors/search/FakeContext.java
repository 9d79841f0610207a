package io.millrace.connectors.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;

/** The worker as a task sees it. */
final class FakeContext implements SinkTaskContext {
    /** A record that the task set aside, and its reason. */
    record Reported(SinkRecord record, String reason) {}

    final List<Reported> reported = new ArrayList<>();
    private final boolean reports;

    FakeContext(boolean reports) {
        this.reports = reports;
    }

    @Override
    public ErrantRecordReporter errantRecordReporter() {
        return reports
                ? (record, error) -> {
                    reported.add(new Reported(record, error.getMessage()));
                    return CompletableFuture.completedFuture(null);
                }
                : null;
    }

    @Override
    public Map<String, String> configs() {
        return Map.of();
    }

    @Override
    public void offset(Map<TopicPartition, Long> offsets) {}

    @Override
    public void offset(TopicPartition partition, long offset) {}

    @Override
    public void timeout(long timeoutMs) {}

    @Override
    public Set<TopicPartition> assignment() {
        return Set.of();
    }

    @Override
    public void pause(TopicPartition... partitions) {}

    @Override
    public void resume(TopicPartition... partitions) {}

    @Override
    public void requestCommit() {}

    @Override
    public PluginMetrics pluginMetrics() {
        throw new UnsupportedOperationException("this task keeps no metrics");
    }
}
