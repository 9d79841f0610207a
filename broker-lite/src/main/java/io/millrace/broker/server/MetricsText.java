package io.millrace.broker.server;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.Metrics;

/**
 * Metrics in Prometheus' text format. Names are those that the usual configurations of the JMX exporter give Kafka's: {@code kafka_server_}, the
 * group, the metric, in lower case with underscores; our own counters have the name of Kafka's that means the same.
 */
final class MetricsText {
    private record Sample(String labels, double value) {}

    private final Map<String, List<Sample>> samples = new TreeMap<>();

    /** Adds all metrics of Kafka's parts whose values are numbers. */
    MetricsText all(Metrics metrics) {
        for (KafkaMetric metric : metrics.metrics().values()) {
            if (metric.metricValue() instanceof Number number && Double.isFinite(number.doubleValue())) {
                var name = metric.metricName();
                add(
                        "kafka_server_" + plain(name.group()) + "_" + plain(name.name()),
                        name.tags(),
                        number.doubleValue());
            }
        }
        return this;
    }

    MetricsText add(String name, Map<String, String> tags, double value) {
        StringBuilder labels = new StringBuilder();
        new TreeMap<>(tags).forEach((tag, text) -> labels.append(labels.isEmpty() ? "" : ",")
                .append(plain(tag))
                .append("=\"")
                .append(text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"))
                .append('"'));
        samples.computeIfAbsent(name, n -> new ArrayList<>()).add(new Sample(labels.toString(), value));
        return this;
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
    }

    String text() {
        StringBuilder text = new StringBuilder();
        samples.forEach((name, all) -> {
            text.append("# TYPE ").append(name).append(name.endsWith("_total") ? " counter\n" : " gauge\n");
            all.sort(Comparator.comparing(Sample::labels));
            for (Sample sample : all) {
                text.append(name);
                if (!sample.labels().isEmpty()) {
                    text.append('{').append(sample.labels()).append('}');
                }
                text.append(' ').append(sample.value()).append('\n');
            }
        });
        return text.toString();
    }
}
