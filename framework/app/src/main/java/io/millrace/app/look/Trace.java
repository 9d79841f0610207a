package io.millrace.app.look;

import io.millrace.app.topic.TopicReader;
import io.millrace.layers.record.Origin;
import io.millrace.plugin.record.DeadLetterHeaders;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Finds the records that belong together: those of a key, and all that come from the same raw records. Looks at the newest records of each
 * partition only. Owned by one thread.
 */
public final class Trace {
    private static final Pattern ORIGIN = Pattern.compile("(.+)-(\\d+)@(\\d+)");
    private static final Pattern FIELD = Pattern.compile("\\s*([A-Za-z_][\\w.]*)\\s*=\\s*(.*?)\\s*");

    private final TopicReader topics;
    private final Decoded decoded;
    private final long depth;

    /**
     * A record that was found.
     *
     * @param origin the raw record it comes from, {@code <topic>-<partition>@<offset>}; empty for an aggregate
     */
    public record Hit(ConsumerRecord<byte[], byte[]> record, String origin) {

        /** {@code <topic>-<partition>@<offset>}. */
        public String place() {
            return Origin.of(record.topic(), record.partition(), record.offset());
        }
    }

    /**
     * @param depth how many of the newest offsets of each partition are looked at
     */
    public Trace(TopicReader topics, Decoded decoded, long depth) {
        this.topics = topics;
        this.decoded = decoded;
        this.depth = depth;
    }

    /**
     * The records by their origin, the newest origin last; those without one under the empty text.
     *
     * @param asked an origin, or a key: a JSON object, {@code field=value,...}, or one value
     * @param raw topics of sources
     * @param others in the order in which they are to be told
     * @param most origins that are followed, the newest
     */
    public Map<String, List<Hit>> find(String asked, List<String> raw, List<String> others, int most) {
        List<String> all = new ArrayList<>(raw);
        all.addAll(others);
        Set<String> rawTopics = Set.copyOf(raw);
        Matcher coordinates = ORIGIN.matcher(asked);
        List<Hit> found = new ArrayList<>();
        Set<String> origins = new HashSet<>();
        if (coordinates.matches() && all.contains(coordinates.group(1))) {
            origins.add(originOf(asked, all, rawTopics));
        } else {
            read(all, rawTopics, hit -> {
                if (isKey(asked, hit.record().key())) {
                    found.add(hit);
                }
            });
            found.stream()
                    .filter(hit -> !hit.origin().isEmpty())
                    .sorted(Comparator.comparingLong((Hit hit) -> hit.record().timestamp())
                            .thenComparingLong(hit -> hit.record().offset())
                            .reversed())
                    .map(Hit::origin)
                    .distinct()
                    .limit(most)
                    .forEach(origins::add);
            found.removeIf(hit -> !hit.origin().isEmpty());
        }
        read(all, rawTopics, hit -> {
            if (origins.contains(hit.origin())) {
                found.add(hit);
            }
        });
        return byOrigin(found, all);
    }

    /** A place on a layer's topic is asked for as the record it is: what it comes from is followed. */
    private String originOf(String asked, List<String> all, Set<String> rawTopics) {
        String[] origin = {asked};
        String topic = asked.substring(0, asked.lastIndexOf('-'));
        if (!rawTopics.contains(topic)) {
            read(all.stream().filter(topic::equals).toList(), rawTopics, hit -> {
                if (hit.place().equals(asked) && !hit.origin().isEmpty()) {
                    origin[0] = hit.origin();
                }
            });
        }
        return origin[0];
    }

    private void read(List<String> all, Set<String> rawTopics, java.util.function.Consumer<Hit> into) {
        for (String topic : all) {
            topics.read(topic, new TopicReader.Start.Last(depth), record -> {
                String origin = rawTopics.contains(topic)
                        ? Origin.of(topic, record.partition(), record.offset())
                        : header(record, DeadLetterHeaders.ORIGIN);
                into.accept(new Hit(record, origin));
            });
        }
    }

    private static Map<String, List<Hit>> byOrigin(List<Hit> found, List<String> order) {
        Map<String, List<Hit>> groups = new LinkedHashMap<>();
        found.stream()
                .sorted(Comparator.comparingLong((Hit hit) -> hit.record().timestamp())
                        .thenComparing(Hit::origin)
                        .thenComparingInt(hit -> order.indexOf(hit.record().topic()))
                        .thenComparingLong(hit -> hit.record().offset()))
                .forEach(hit -> groups.computeIfAbsent(hit.origin(), origin -> new ArrayList<>())
                        .add(hit));
        return groups;
    }

    private boolean isKey(String asked, byte @Nullable [] key) {
        if (key == null) {
            return false;
        }
        Map<String, Object> fields = decoded.keyFields(key);
        if (fields == null) {
            return asked.equals(new String(key, StandardCharsets.UTF_8));
        }
        if (asked.startsWith("{")) {
            return fields.equals(decoded.keyFields(asked.getBytes(StandardCharsets.UTF_8)));
        }
        if (!asked.contains("=")) {
            return fields.values().stream().anyMatch(value -> isSame(asked, value));
        }
        for (String part : asked.split(",")) {
            Matcher field = FIELD.matcher(part);
            if (!field.matches() || !isSame(field.group(2), fields.get(field.group(1)))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSame(String text, @Nullable Object value) {
        if (value instanceof Number) {
            try {
                return new BigDecimal(text).compareTo(new BigDecimal(value.toString())) == 0;
            } catch (NumberFormatException e) {
                return false;
            }
        }
        return text.equals(String.valueOf(value));
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }
}
