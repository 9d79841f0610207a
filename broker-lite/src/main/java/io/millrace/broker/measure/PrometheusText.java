package io.millrace.broker.measure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.Metrics;

/**
 * Metrics in Prometheus' text format. Names are those that the usual configurations of the JMX exporter give Kafka's: domain, type and name in
 * lower case with underscores; a rate is its counter, ending in {@code _total}.
 */
public final class PrometheusText {
    private record Sample(String name, String labels, double value) {}

    private record Family(String type, List<Sample> samples) {}

    private final Map<String, Family> families = new TreeMap<>();

    /** Adds all metrics of Kafka's parts whose values are numbers. */
    public PrometheusText all(Metrics metrics) {
        for (KafkaMetric metric : metrics.metrics().values()) {
            if (metric.metricValue() instanceof Number number && Double.isFinite(number.doubleValue())) {
                var name = metric.metricName();
                String family = "kafka_server_" + plain(name.group()) + "_" + plain(name.name());
                add(family, family.endsWith("_total") ? "counter" : "gauge", family, name.tags(), number.doubleValue());
            }
        }
        return this;
    }

    public PrometheusText gauge(String name, Map<String, String> tags, double value) {
        return add(name, "gauge", name, tags, value);
    }

    PrometheusText counter(String name, Map<String, String> tags, double value) {
        return add(name, "counter", name, tags, value);
    }

    /** @param quantiles by their number, as text */
    PrometheusText summary(
            String name, Map<String, String> tags, Map<String, Double> quantiles, long count, double sum) {
        quantiles.forEach((quantile, value) -> {
            Map<String, String> more = new TreeMap<>(tags);
            more.put("quantile", quantile);
            add(name, "summary", name, more, value);
        });
        add(name, "summary", name + "_count", tags, count);
        return add(name, "summary", name + "_sum", tags, sum);
    }

    private PrometheusText add(String family, String type, String name, Map<String, String> tags, double value) {
        StringBuilder labels = new StringBuilder();
        new TreeMap<>(tags).forEach((tag, text) -> labels.append(labels.isEmpty() ? "" : ",")
                .append(plain(tag))
                .append("=\"")
                .append(text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"))
                .append('"'));
        families.computeIfAbsent(family, f -> new Family(type, new ArrayList<>()))
                .samples()
                .add(new Sample(name, labels.toString(), value));
        return this;
    }

    static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
    }

    public String text() {
        StringBuilder text = new StringBuilder();
        families.forEach((name, family) -> {
            text.append("# TYPE ")
                    .append(name)
                    .append(' ')
                    .append(family.type())
                    .append('\n');
            family.samples().sort(Comparator.comparing(Sample::name).thenComparing(Sample::labels));
            for (Sample sample : family.samples()) {
                text.append(sample.name());
                if (!sample.labels().isEmpty()) {
                    text.append('{').append(sample.labels()).append('}');
                }
                text.append(' ').append(sample.value()).append('\n');
            }
        });
        return text.toString();
    }
}
