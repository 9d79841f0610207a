package io.millrace.worker.task;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.MetricValueProvider;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.common.metrics.Sensor;

/** The metrics a plugin makes for itself (KIP-877), tagged with connector and task; gone with {@link #close()}. Thread-safe. */
public final class TaskMetrics implements PluginMetrics, AutoCloseable {
    private static final String GROUP = "plugins";

    private final Metrics metrics = new Metrics();
    private final Map<String, String> tags;

    public TaskMetrics(Map<String, String> tags) {
        this.tags = Map.copyOf(tags);
    }

    @Override
    public MetricName metricName(String name, String description, LinkedHashMap<String, String> own) {
        Map<String, String> all = new LinkedHashMap<>(tags);
        own.forEach((key, value) -> {
            if (all.putIfAbsent(key, value) != null) {
                throw new IllegalArgumentException("Tag '" + key + "' is set by the worker.");
            }
        });
        return metrics.metricName(name, GROUP, description, all);
    }

    @Override
    public void addMetric(MetricName name, MetricValueProvider<?> value) {
        metrics.addMetric(name, value);
    }

    @Override
    public void removeMetric(MetricName name) {
        metrics.removeMetric(name);
    }

    @Override
    public Sensor addSensor(String name) {
        return metrics.sensor(name);
    }

    @Override
    public void removeSensor(String name) {
        metrics.removeSensor(name);
    }

    @Override
    public void close() {
        metrics.close();
    }
}
