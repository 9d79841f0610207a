package io.millrace.broker.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.yammer.metrics.core.Gauge;
import com.yammer.metrics.core.MetricName;
import com.yammer.metrics.core.MetricsRegistry;
import io.millrace.broker.measure.Measures;
import io.millrace.broker.measure.PrometheusText;
import org.apache.kafka.server.metrics.KafkaYammerMetrics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SharedRegistryTest {
    private static final MetricName OWN =
            KafkaYammerMetrics.getMetricName("kafka.server", "FetchSessionCache", "SharedRegistryTest");
    private static final MetricName OTHERS = KafkaYammerMetrics.getMetricName("kafka.log", "Log", "SharedRegistryTest");

    private final MetricsRegistry shared = KafkaYammerMetrics.defaultRegistry();
    private final Measures measures = new Measures();

    private void put(MetricName name, int value) {
        shared.newGauge(name, new Gauge<Integer>() {
            @Override
            public Integer value() {
                return value;
            }
        });
    }

    @AfterEach
    void clean() {
        shared.removeMetric(OWN);
        shared.removeMetric(OTHERS);
    }

    @Test
    void aPartsOwnGaugesBecomeItsBrokersAndThoseOfALogThatAnotherOpensMeanwhileDoNot() {
        String part = SharedRegistry.made(measures, SharedRegistry::isOfRequests, () -> {
            put(OWN, 5);
            put(OTHERS, 6);
            return "part";
        });
        assertThat(part).isEqualTo("part");
        assertThat(shared.allMetrics()).containsKey(OTHERS).doesNotContainKey(OWN);
        PrometheusText text = new PrometheusText();
        measures.write(text);
        assertThat(text.text())
                .isEqualTo("# TYPE kafka_server_fetchsessioncache_sharedregistrytest gauge\n"
                        + "kafka_server_fetchsessioncache_sharedregistrytest 5.0\n");
    }

    @Test
    void whatSomebodyElseHadPutInStays() {
        put(OWN, 5);
        SharedRegistry.made(measures, SharedRegistry::isOfRequests, () -> "part");
        assertThat(shared.allMetrics()).containsKey(OWN);
    }
}
