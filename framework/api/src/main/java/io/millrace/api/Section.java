package io.millrace.api;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One source or sink section, as written, flattened.
 *
 * @param pipeline the pipeline's name
 * @param name the section's name within the pipeline, for example {@code shopdb}
 * @param connector the connector's name, {@code <pipeline>.<name>}
 * @param fields field to text, nested fields with dots, lists joined by commas, references resolved; holds only what the user wrote
 * @param inputs what a sink reads; empty for a source
 */
public record Section(
        String pipeline, String name, String connector, Map<String, String> fields, List<InputStream> inputs) {

    /**
     * A stream that a sink reads.
     *
     * @param layer for example {@code cleaned}
     * @param stream the name within its layer
     * @param topic its topic
     * @param table whether it is a table (null value deletes) or events
     */
    public record InputStream(String layer, String stream, String topic, boolean table) {}

    public Section {
        fields = Map.copyOf(fields);
        inputs = List.copyOf(inputs);
    }

    public Optional<String> field(String name) {
        return Optional.ofNullable(fields.get(name));
    }
}
