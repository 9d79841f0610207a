package io.millrace.app.status;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a run fares at one moment; counts are since its start.
 *
 * @param started ISO-8601
 * @param at when this was written, ISO-8601
 * @param personal names of fields that are not to be shown
 * @param connectors sources, then sinks
 * @param raw the streams that sources make
 * @param streams those of the layers, in the order of the plan
 */
public record StatusReport(
        String pipeline,
        String broker,
        long pid,
        String started,
        String at,
        String deadLetterTopic,
        List<String> personal,
        List<Connector> connectors,
        List<Raw> raw,
        List<Stream> streams) {

    /**
     * A source or a sink.
     *
     * @param name its section's
     * @param error the last one while it does not run; may be empty
     * @param topics that a sink reads
     * @param group of a sink's consumers
     */
    public record Connector(
            String name,
            boolean source,
            String type,
            String state,
            long in,
            long out,
            Map<String, Long> dropped,
            long deadLetters,
            String error,
            List<String> topics,
            String group) {
        public Connector {
            dropped = sorted(dropped);
            topics = List.copyOf(topics);
        }
    }

    /** A stream that a source makes. */
    public record Raw(String name, String topic, boolean bytes) {}

    /**
     * A stream of the layers.
     *
     * @param reads the raw topic that it reads; empty for one that reads a stream, which has no lag of its own
     */
    public record Stream(
            String name,
            String topic,
            boolean table,
            String reads,
            String state,
            long in,
            long out,
            Map<String, Long> dropped,
            long deadLetters,
            long held) {
        public Stream {
            dropped = sorted(dropped);
        }
    }

    public StatusReport {
        personal = List.copyOf(personal);
        connectors = List.copyOf(connectors);
        raw = List.copyOf(raw);
        streams = List.copyOf(streams);
    }

    /** The group of the layers' consumers. */
    public String layersGroup() {
        return "millrace." + pipeline;
    }

    private static Map<String, Long> sorted(Map<String, Long> counts) {
        return Collections.unmodifiableMap(new TreeMap<>(counts));
    }
}
