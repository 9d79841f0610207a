package io.millrace.connectors.common;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a topic is in a pipeline.
 *
 * @param layer for example {@code cleaned}
 * @param stream the name within its layer
 * @param table whether its records are rows of a table, so that a null value deletes
 */
public record StreamRef(String layer, String stream, boolean table) {

    /** The entry of the setting {@code streams} for a topic. */
    public String entry(String topic) {
        return topic + "=" + layer + "/" + stream + "/" + (table ? "table" : "events");
    }

    /** What a topic is taken for that nobody described: events, named by the topic in the layer {@code topics}. */
    public static StreamRef undescribed(String topic) {
        return new StreamRef("topics", topic, false);
    }

    public static Map<String, StreamRef> parse(List<String> entries) {
        Map<String, StreamRef> streams = new HashMap<>();
        for (String entry : entries) {
            String[] sides = entry.trim().split("=", -1);
            String[] parts = sides[sides.length - 1].split("/", -1);
            streams.put(sides[0], new StreamRef(parts[0], parts[1], parts[2].equals("table")));
        }
        return streams;
    }

    public static Optional<Trouble> trouble(String list) {
        List<String> wrong = new ArrayList<>();
        for (String entry : list.split(",")) {
            if (!entry.isBlank() && !entry.trim().matches("[^=/]+=[^=/]+/[^=/]+/(table|events)")) {
                wrong.add(entry.trim());
            }
        }
        return wrong.isEmpty()
                ? Optional.empty()
                : Optional.of(new Trouble(
                        "'" + wrong.get(0) + "' does not describe a topic.",
                        "Write '<topic>=<layer>/<stream>/table' or '<topic>=<layer>/<stream>/events'."));
    }
}
