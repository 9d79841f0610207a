package io.millrace.worker.task;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.errors.IllegalWorkerStateException;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.jspecify.annotations.Nullable;

/** What a sink task sees of its worker, and what it wished for until the loop takes it. Owned by the task thread. */
final class SinkContext implements SinkTaskContext {
    private final Map<String, String> configs;
    private final Consumer<byte[], byte[]> consumer;
    private final @Nullable ErrantRecordReporter reporter;
    private final PluginMetrics metrics;
    private final Set<TopicPartition> paused = new HashSet<>();
    private Map<TopicPartition, Long> moves = new HashMap<>();
    private @Nullable Duration timeout;
    private volatile boolean commitRequested;

    SinkContext(
            Map<String, String> configs,
            Consumer<byte[], byte[]> consumer,
            @Nullable ErrantRecordReporter reporter,
            PluginMetrics metrics) {
        this.configs = configs;
        this.consumer = consumer;
        this.reporter = reporter;
        this.metrics = metrics;
    }

    @Override
    public Map<String, String> configs() {
        return configs;
    }

    @Override
    public void offset(Map<TopicPartition, Long> offsets) {
        moves.putAll(offsets);
    }

    @Override
    public void offset(TopicPartition partition, long offset) {
        moves.put(partition, offset);
    }

    @Override
    public void timeout(long timeoutMs) {
        timeout = Duration.ofMillis(timeoutMs);
    }

    @Override
    public Set<TopicPartition> assignment() {
        return consumer.assignment();
    }

    @Override
    public void pause(TopicPartition... partitions) {
        List<TopicPartition> wanted = Arrays.asList(partitions);
        try {
            consumer.pause(wanted);
            paused.addAll(wanted);
        } catch (IllegalStateException e) {
            throw new IllegalWorkerStateException("Task pauses partitions it has not got: '" + wanted + "'.", e);
        }
    }

    @Override
    public void resume(TopicPartition... partitions) {
        List<TopicPartition> wanted = Arrays.asList(partitions);
        try {
            consumer.resume(wanted);
            paused.removeAll(wanted);
        } catch (IllegalStateException e) {
            throw new IllegalWorkerStateException("Task resumes partitions it has not got: '" + wanted + "'.", e);
        }
    }

    @Override
    public void requestCommit() {
        commitRequested = true;
    }

    @Override
    @SuppressWarnings("NullAway") // the Connect API answers null where there is no reporter
    public ErrantRecordReporter errantRecordReporter() {
        return reporter;
    }

    @Override
    public PluginMetrics pluginMetrics() {
        return metrics;
    }

    boolean takeCommitRequest() {
        boolean requested = commitRequested;
        commitRequested = false;
        return requested;
    }

    Optional<Duration> takeTimeout() {
        Optional<Duration> taken = Optional.ofNullable(timeout);
        timeout = null;
        return taken;
    }

    Map<TopicPartition, Long> moves() {
        return Map.copyOf(moves);
    }

    Map<TopicPartition, Long> takeMoves() {
        Map<TopicPartition, Long> taken = moves;
        moves = new HashMap<>();
        return taken;
    }

    Set<TopicPartition> paused() {
        return paused;
    }
}
