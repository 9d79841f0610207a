package io.millrace.pipeline.check;

import io.millrace.pipeline.model.Located;
import io.millrace.pipeline.model.SectionModel;
import io.millrace.pipeline.model.StreamName;
import io.millrace.pipeline.yaml.Diagnostics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Which streams a sink reads. */
final class SinkInputs {
    private final Map<String, StreamFacts> streams;
    private final StreamGraph graph;
    private final Diagnostics diagnostics;

    SinkInputs(Map<String, StreamFacts> streams, StreamGraph graph, Diagnostics diagnostics) {
        this.streams = streams;
        this.graph = graph;
        this.diagnostics = diagnostics;
    }

    /** In the order of the pipeline's streams, each once. */
    List<StreamName> of(SectionModel sink, List<Located<String>> from) {
        Map<String, StreamFacts> inputs = new LinkedHashMap<>();
        for (Located<String> pattern : from) {
            List<String> matching = streams.keySet().stream()
                    .filter(glob(pattern.value()).asMatchPredicate())
                    .toList();
            if (matching.isEmpty()) {
                nothing(pattern);
            }
            matching.forEach(name -> inputs.put(name, streams.get(name)));
        }
        checkFormats(sink, inputs);
        List<StreamName> ordered = new ArrayList<>();
        streams.forEach((name, facts) -> {
            if (inputs.containsKey(name)) {
                ordered.add(facts.name());
            }
        });
        return ordered;
    }

    private void nothing(Located<String> pattern) {
        Optional<String> routed = streams.keySet().stream()
                .filter(name -> pattern.value().startsWith(name + "."))
                .findFirst();
        if (routed.isPresent()) {
            diagnostics.error(
                    "pipeline.sink-branch",
                    pattern.place(),
                    "'" + pattern.value() + "' is a branch, and a sink reads whole streams.",
                    "Make a stream of it, 'from: " + pattern.value() + "', and let the sink read that.");
            return;
        }
        if (!pattern.value().contains("*")) {
            graph.unknown(pattern.value(), pattern.place());
            return;
        }
        diagnostics.error(
                "pipeline.unknown-stream",
                pattern.place(),
                "No stream matches '" + pattern.value() + "'.",
                streams.isEmpty() ? "There are none." : "Streams: " + String.join(", ", graph.names()) + ".");
    }

    private void checkFormats(SectionModel sink, Map<String, StreamFacts> inputs) {
        Map<Boolean, List<String>> byBytes = inputs.entrySet().stream()
                .collect(Collectors.partitioningBy(
                        entry -> entry.getValue().content() == StreamFacts.Content.BYTES,
                        Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
        List<String> bytes = byBytes.getOrDefault(true, List.of());
        if (!bytes.isEmpty() && bytes.size() < inputs.size()) {
            diagnostics.error(
                    "pipeline.mixed-formats",
                    sink.place(),
                    "Sink '" + sink.name() + "' reads bytes [" + String.join(", ", bytes) + "] and rows ["
                            + String.join(", ", byBytes.getOrDefault(false, List.of())) + "].",
                    "Write two sinks.");
        }
    }

    private static Pattern glob(String text) {
        StringBuilder regex = new StringBuilder();
        for (String literal : text.split("\\*", -1)) {
            regex.append(regex.length() == 0 ? "" : ".*").append(Pattern.quote(literal));
        }
        return Pattern.compile(regex.toString());
    }
}
