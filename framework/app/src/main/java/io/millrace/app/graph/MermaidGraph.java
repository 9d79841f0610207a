package io.millrace.app.graph;

import io.millrace.pipeline.model.StreamName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A Mermaid flow chart: a box for each layer, tables as cylinders, a lookup as a dotted arrow. */
public final class MermaidGraph {
    private MermaidGraph() {}

    public static List<String> lines(PipelineGraph graph) {
        List<String> lines = new ArrayList<>(List.of("flowchart LR"));
        for (PipelineGraph.Section source : graph.sources()) {
            lines.add(
                    "  source_" + id(source.name()) + "[/\"" + source.name() + "<br/>" + text(source.type()) + "\"/]");
        }
        Map<String, List<PipelineGraph.Node>> layers = new LinkedHashMap<>();
        graph.streams().forEach(node -> layers.computeIfAbsent(node.name().layer(), layer -> new ArrayList<>())
                .add(node));
        layers.forEach((layer, nodes) -> {
            lines.add("  subgraph " + layer);
            for (PipelineGraph.Node node : nodes) {
                String name = node.name().name();
                lines.add("    " + id(node.name()) + (node.table() ? "[(\"" + name + "\")]" : "([\"" + name + "\"])"));
            }
            lines.add("  end");
        });
        for (PipelineGraph.Section sink : graph.sinks()) {
            lines.add("  sink_" + id(sink.name()) + "[\\\"" + sink.name() + "<br/>" + text(sink.type()) + "\"\\]");
        }
        for (PipelineGraph.Section source : graph.sources()) {
            source.streams().forEach(stream -> lines.add("  source_" + id(source.name()) + " --> " + id(stream)));
        }
        for (PipelineGraph.Node node : graph.streams()) {
            node.from()
                    .ifPresent(from -> lines.add("  " + id(from)
                            + node.branch()
                                    .map(branch -> " -->|" + branch + "| ")
                                    .orElse(" --> ") + id(node.name())));
            node.lookups().forEach(table -> lines.add("  " + id(table) + " -.-> " + id(node.name())));
        }
        for (PipelineGraph.Section sink : graph.sinks()) {
            sink.streams().forEach(stream -> lines.add("  " + id(stream) + " --> sink_" + id(sink.name())));
        }
        return lines;
    }

    private static String id(StreamName name) {
        return id(name.layer()) + "_" + id(name.name());
    }

    /** A hyphen would be read as an arrow; two names that differ only there stay apart. */
    private static String id(String name) {
        return name.replace("_", "__").replace("-", "_d_");
    }

    private static String text(String text) {
        return text.replace("\"", "#quot;");
    }
}
