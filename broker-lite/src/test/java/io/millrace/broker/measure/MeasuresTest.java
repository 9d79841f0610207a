package io.millrace.broker.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MeasuresTest {
    private static final Name NAME = Name.of("kafka.server", "MeasuresTest", "BytesInPerSec");
    private static final int TICKS_PER_ROTATION = 60;
    private static final double BUCKET_ERROR = 0.07;

    private final Measures measures = new Measures();

    @ParameterizedTest
    @ValueSource(ints = {50, 500, 5_000_000})
    void percentilesAreNearTheTrueOnes(int greatest) {
        Distribution times = measures.times(NAME);
        Random random = new Random(greatest);
        long[] values = random.longs(20_000, 0, greatest).toArray();
        Arrays.stream(values).forEach(times::record);
        Arrays.sort(values);

        Map<String, Object> told = times.attributes();
        assertThat((Double) told.get("50thPercentile")).isCloseTo(at(values, 0.5), near(values, 0.5));
        assertThat((Double) told.get("99thPercentile")).isCloseTo(at(values, 0.99), near(values, 0.99));
        assertThat((Double) told.get("999thPercentile")).isCloseTo(at(values, 0.999), near(values, 0.999));
        assertThat(told)
                .containsEntry("Count", 20_000L)
                .containsEntry("Min", values[0] / 1000.0)
                .containsEntry("Max", values[values.length - 1] / 1000.0);
        double mean = Arrays.stream(values).average().orElseThrow();
        assertThat((Double) told.get("Mean")).isCloseTo(mean / 1000, within(1e-6));
        double variance =
                Arrays.stream(values).mapToDouble(v -> (v - mean) * (v - mean)).sum() / (values.length - 1);
        assertThat((Double) told.get("StdDev")).isCloseTo(Math.sqrt(variance) / 1000, within(1e-3));
    }

    private static double at(long[] sorted, double part) {
        return sorted[(int) Math.ceil(part * sorted.length) - 1] / 1000.0;
    }

    private static org.assertj.core.data.Offset<Double> near(long[] sorted, double part) {
        return within(at(sorted, part) * BUCKET_ERROR);
    }

    @Test
    void valuesBeyondAllBoundsAreCountedToo() {
        Distribution sizes = measures.sizes(NAME);
        sizes.record(-1);
        sizes.record(Long.MAX_VALUE);
        assertThat(sizes.attributes())
                .containsEntry("Count", 2L)
                .containsEntry("Min", 0.0)
                .containsEntry("Max", (double) Long.MAX_VALUE);
    }

    @Test
    void percentilesForgetWhatIsOldAndCountsDoNot() {
        Distribution times = measures.times(NAME);
        times.record(9_000_000);
        rotate();
        times.record(1_000);
        assertThat((Double) times.attributes().get("99thPercentile")).isGreaterThan(8_000);
        rotate();
        assertThat((Double) times.attributes().get("99thPercentile")).isCloseTo(1, within(0.1));
        assertThat(times.attributes()).containsEntry("Count", 2L).containsEntry("Max", 9_000.0);
        rotate();
        assertThat(times.attributes()).containsEntry("99thPercentile", 0.0);
    }

    private void rotate() {
        for (int i = 0; i < TICKS_PER_ROTATION; i++) {
            measures.tick();
        }
    }

    @Test
    void ratesFollowWhatHappensAndDieAway() {
        Meter meter = measures.meter(NAME, "bytes");
        for (int i = 0; i < 12; i++) {
            meter.mark(500);
            measures.tick();
        }
        assertThat((Double) meter.attributes().get("OneMinuteRate")).isCloseTo(100, within(0.001));
        for (int i = 0; i < 12; i++) {
            measures.tick();
        }
        assertThat((Double) meter.attributes().get("OneMinuteRate")).isCloseTo(100 / Math.E, within(0.001));
        assertThat((Double) meter.attributes().get("FifteenMinuteRate"))
                .isCloseTo(100 * Math.exp(-1 / 15.0), within(0.001));
        assertThat(meter.attributes()).containsEntry("Count", 6000L).containsEntry("EventType", "bytes");
    }

    @Test
    void whatIsWrittenDownIsInOneFamilyEachWithItsTypeAndItsLabelsEscaped() {
        measures.meter(NAME.with("topic", "a\"b"), "bytes").mark(3);
        measures.sizes(Name.of("kafka.network", "RequestMetrics", "RequestBytes"))
                .record(7);
        measures.gauge(Name.of("kafka.server", "KafkaServer", "BrokerState"), () -> 3);
        measures.gauge(Name.of("kafka.server", "KafkaServer", "ClusterId"), () -> "text");
        PrometheusText text = new PrometheusText();
        measures.write(text);
        assertThat(text.text()).isEqualTo("""
                        # TYPE kafka_network_requestmetrics_requestbytes summary
                        kafka_network_requestmetrics_requestbytes{quantile="0.5"} 7.0
                        kafka_network_requestmetrics_requestbytes{quantile="0.75"} 7.0
                        kafka_network_requestmetrics_requestbytes{quantile="0.95"} 7.0
                        kafka_network_requestmetrics_requestbytes{quantile="0.98"} 7.0
                        kafka_network_requestmetrics_requestbytes{quantile="0.99"} 7.0
                        kafka_network_requestmetrics_requestbytes{quantile="0.999"} 7.0
                        kafka_network_requestmetrics_requestbytes_count 1.0
                        kafka_network_requestmetrics_requestbytes_sum 7.0
                        # TYPE kafka_server_kafkaserver_brokerstate gauge
                        kafka_server_kafkaserver_brokerstate 3.0
                        # TYPE kafka_server_measurestest_bytesin_total counter
                        kafka_server_measurestest_bytesin_total{topic="a\\"b"} 3.0
                        """);
    }

    @Test
    void beansOfTwoBrokersStandSideBySideAndAreGoneAfterwards() throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        measures.meter(NAME, "bytes").mark(1);
        Measures others = new Measures();
        try (JmxBeans own = JmxBeans.show(measures, bean -> true);
                JmxBeans second = JmxBeans.show(others, bean -> !bean.contains("hidden"))) {
            others.meter(NAME, "bytes").mark(2);
            others.meter(NAME.with("topic", "hidden"), "bytes");
            assertThat(server.getAttribute(new ObjectName(NAME.bean(own.suffix())), "Count"))
                    .isEqualTo(1L);
            assertThat(second.suffix()).isNotEqualTo(own.suffix());
            assertThat(server.getAttribute(new ObjectName(NAME.bean(second.suffix())), "Count"))
                    .isEqualTo(2L);
            assertThat(server.queryNames(new ObjectName("kafka.server*:type=MeasuresTest,*"), null))
                    .hasSize(2);
            others.remove(NAME);
            assertThat(server.queryNames(new ObjectName("kafka.server*:type=MeasuresTest,*"), null))
                    .hasSize(1);
        }
        assertThat(server.queryNames(new ObjectName("*:type=MeasuresTest,*"), null))
                .isEmpty();
    }
}
