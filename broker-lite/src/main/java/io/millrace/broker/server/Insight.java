package io.millrace.broker.server;

import io.millrace.broker.measure.JmxBeans;
import io.millrace.broker.measure.Measures;
import io.millrace.broker.measure.Name;
import java.util.Optional;
import org.apache.kafka.common.metrics.JmxReporter;
import org.apache.kafka.common.metrics.KafkaMetricsContext;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.metadata.BrokerState;
import org.apache.kafka.server.util.Scheduler;

/**
 * What one broker measures: Kafka's parts in their way, ours in {@link Measures}. They measure in any case; whether others can look over JMX is for
 * whoever runs the process to say. Thread-safe.
 */
final class Insight implements AutoCloseable {
    private final Metrics metrics = new Metrics();
    private final Measures measures = new Measures();
    private final Optional<JmxBeans> beans;
    private final boolean watched;
    private volatile BrokerState state = BrokerState.STARTING;

    private Insight(BrokerProperties config) {
        measures.gauge(Name.of("kafka.server", "KafkaServer", "BrokerState"), () -> (int) state.value());
        this.watched = config.isJmxOn() || config.http().isPresent();
        this.beans = config.isJmxOn()
                ? Optional.of(JmxBeans.show(measures, JmxReporter.compilePredicate(config.originals())))
                : Optional.empty();
    }

    static Insight of(BrokerProperties config) {
        SharedRegistry.hide();
        Insight insight = new Insight(config);
        insight.beans.ifPresent(beans -> {
            JmxReporter reporter = new JmxReporter();
            reporter.configure(config.originals());
            reporter.contextChange(new KafkaMetricsContext("kafka.server" + beans.suffix()));
            insight.metrics.addReporter(reporter);
        });
        return insight;
    }

    /** Keeps rates and percentiles recent, where anybody looks at them. */
    void follow(Scheduler scheduler) {
        if (watched) {
            long every = Measures.TICK.toMillis();
            scheduler.schedule("metrics", measures::tick, every, every);
        }
    }

    void state(BrokerState now) {
        state = now;
    }

    /** What the domains of its MBeans end in: nothing, unless another broker of this JVM has Kafka's names. */
    String suffix() {
        return beans.map(JmxBeans::suffix).orElse("");
    }

    Metrics metrics() {
        return metrics;
    }

    Measures measures() {
        return measures;
    }

    @Override
    public void close() {
        metrics.close();
        beans.ifPresent(JmxBeans::close);
    }
}
