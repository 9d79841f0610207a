package io.millrace.broker.server;

import com.yammer.metrics.core.Gauge;
import com.yammer.metrics.core.Metric;
import com.yammer.metrics.core.MetricName;
import com.yammer.metrics.core.MetricsRegistry;
import io.millrace.broker.measure.Measures;
import io.millrace.broker.measure.Name;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.metrics.JmxReporter;
import org.apache.kafka.server.metrics.KafkaYammerMetrics;

/**
 * The registry that Kafka's parts put their gauges into, one for the whole JVM: a second broker's would be lost in it. So they are taken out as
 * soon as a part is made, and are the broker's own from then on. What somebody else had put in stays.
 */
final class SharedRegistry {
    private SharedRegistry() {}

    /**
     * Keeps the registry itself out of JMX, where its names would take the places of a broker's; but not where Apache Kafka's own broker shows
     * itself in this JVM.
     */
    static void hide() {
        try {
            ObjectName kafkas = new ObjectName("kafka.server:type=KafkaServer,name=BrokerState");
            if (!ManagementFactory.getPlatformMBeanServer().isRegistered(kafkas)) {
                KafkaYammerMetrics.INSTANCE.configure(Map.of(JmxReporter.EXCLUDE_CONFIG, ".*"));
            }
        } catch (MalformedObjectNameException e) {
            throw new IllegalStateException(e);
        }
    }

    static boolean isOfMetadata(MetricName name) {
        return name.getMBeanName().contains("topic=" + Topic.CLUSTER_METADATA_TOPIC_NAME)
                || name.getType().equals("BrokerTopicMetrics");
    }

    static boolean isOfRequests(MetricName name) {
        return name.getType().equals("DelayedOperationPurgatory")
                || name.getType().equals("FetchSessionCache");
    }

    /** What makes a part. */
    interface Maker<T, E extends Exception> {
        T make() throws E;
    }

    /**
     * Makes a part whose gauges belong to this broker; one part at a time in the JVM, so that each gauge comes to whose it is.
     *
     * @param own what the part puts in; logs of other brokers come and go meanwhile
     */
    static <T, E extends Exception> T made(Measures measures, Predicate<MetricName> own, Maker<T, E> maker) throws E {
        synchronized (SharedRegistry.class) {
            MetricsRegistry shared = KafkaYammerMetrics.defaultRegistry();
            Set<MetricName> others = new HashSet<>(shared.allMetrics().keySet());
            T part = maker.make();
            shared.allMetrics().forEach((name, metric) -> {
                if (own.test(name) && !others.contains(name)) {
                    shared.removeMetric(name);
                    adopt(measures, name, metric);
                }
            });
            return part;
        }
    }

    /** Takes over the gauges of a registry. */
    static void adopt(Measures measures, MetricsRegistry registry) {
        registry.allMetrics().forEach((name, metric) -> adopt(measures, name, metric));
    }

    private static void adopt(Measures measures, MetricName name, Metric metric) {
        if (metric instanceof Gauge<?> gauge) {
            measures.gauge(name(name), gauge::value);
        }
    }

    private static Name name(MetricName name) {
        try {
            Map<String, String> tags = new HashMap<>(new ObjectName(name.getMBeanName()).getKeyPropertyList());
            tags.remove("type");
            tags.remove("name");
            tags.replaceAll((tag, value) -> value.startsWith("\"") ? ObjectName.unquote(value) : value);
            return new Name(name.getGroup(), name.getType(), name.getName(), tags);
        } catch (MalformedObjectNameException e) {
            throw new IllegalStateException("'" + name.getMBeanName() + "' is no name of an MBean", e);
        }
    }
}
