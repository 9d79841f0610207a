package io.millrace.broker.measure;

import java.util.Map;
import java.util.function.Supplier;

/**
 * What somebody else knows and is asked for.
 *
 * @param value a number, or a text, which is shown over JMX only
 */
public record Gauge(Supplier<?> value) implements Measure {
    @Override
    public Map<String, Object> attributes() {
        return Map.of("Value", value.get());
    }

    @Override
    public void write(Name name, PrometheusText text) {
        if (value.get() instanceof Number number) {
            text.gauge(name.family(), name.tags(), number.doubleValue());
        }
    }
}
