package io.millrace.broker.measure;

import java.util.Map;

/** Something measured. Thread-safe. */
public sealed interface Measure permits Meter, Distribution, Gauge {
    /** Its values now, by the names and in the types that Kafka's MBean has. */
    Map<String, Object> attributes();

    /** Writes its values down. */
    void write(Name name, PrometheusText text);
}
