/**
 * How a broker counts and times what it does, and how others see it: over JMX by the names and attributes that Apache Kafka's MBeans have, and in
 * Prometheus' text.
 *
 * <p>{@link io.millrace.broker.measure.Measures} are one broker's, not the JVM's: two brokers show their own figures. Parts take a
 * {@link io.millrace.broker.measure.Meter} or a {@link io.millrace.broker.measure.Distribution} from it once and then only add to it, which takes
 * no lock. {@link io.millrace.broker.measure.JmxBeans} and {@link io.millrace.broker.measure.PrometheusText} show them.
 */
@NullMarked
package io.millrace.broker.measure;

import org.jspecify.annotations.NullMarked;
