package io.millrace.broker.measure;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.utils.Sanitizer;

/**
 * What a measure is called, in the parts that Kafka's MBean names have: {@code kafka.server:type=BrokerTopicMetrics,name=BytesInPerSec,topic=t}.
 *
 * @param tags after type and name
 */
public record Name(String domain, String type, String name, Map<String, String> tags) {
    private static final String RATE = "PerSec";

    public Name {
        tags = Map.copyOf(tags);
    }

    public static Name of(String domain, String type, String name) {
        return new Name(domain, type, name, Map.of());
    }

    /** The same of one topic, API or whatever else there are many of. */
    public Name with(String tag, String value) {
        Map<String, String> more = new TreeMap<>(tags);
        more.put(tag, value);
        return new Name(domain, type, name, more);
    }

    /** @param suffix of the domain, empty for Kafka's own */
    String bean(String suffix) {
        StringBuilder bean = new StringBuilder(domain)
                .append(suffix)
                .append(":type=")
                .append(type)
                .append(",name=")
                .append(name);
        new TreeMap<>(tags)
                .forEach(
                        (tag, value) -> bean.append(',').append(tag).append('=').append(Sanitizer.jmxSanitize(value)));
        return bean.toString();
    }

    /** As the usual configurations of the JMX exporter name it; a rate is the counter below it. */
    String family() {
        String own = name.endsWith(RATE) ? name.substring(0, name.length() - RATE.length()) : name;
        return PrometheusText.plain(domain + "_" + type + "_" + own).toLowerCase(Locale.ROOT);
    }
}
