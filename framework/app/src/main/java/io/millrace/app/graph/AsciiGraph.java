package io.millrace.app.graph;

import io.millrace.pipeline.model.StreamName;
import java.util.ArrayList;
import java.util.List;

/** A tree from each source: a stream stands once, under what it reads; what only looks a table up is named there. */
public final class AsciiGraph {
    private final PipelineGraph graph;
    private final List<String> lines = new ArrayList<>();

    private AsciiGraph(PipelineGraph graph) {
        this.graph = graph;
    }

    public static List<String> lines(PipelineGraph graph) {
        return new AsciiGraph(graph).draw();
    }

    private List<String> draw() {
        lines.add(graph.pipeline());
        for (PipelineGraph.Section source : graph.sources()) {
            lines.add("");
            lines.add(source.name() + " (" + source.type() + ")");
            List<StreamName> made = source.streams();
            for (int i = 0; i < made.size(); i++) {
                stream(made.get(i), "", i == made.size() - 1);
            }
        }
        lines.add("");
        for (PipelineGraph.Section sink : graph.sinks()) {
            lines.add(sink.name() + " (" + sink.type() + ") <- "
                    + String.join(
                            ", ",
                            sink.streams().stream().map(StreamName::toString).toList()));
        }
        return lines;
    }

    private void stream(StreamName name, String indent, boolean last) {
        PipelineGraph.Node node = graph.node(name);
        List<String> sinks = graph.sinksOf(name);
        lines.add(indent + (last ? "`-- " : "|-- ")
                + node.branch().map(branch -> "[" + branch + "] ").orElse("")
                + name + " (" + (node.table() ? "table" : "events") + ")"
                + (node.steps().isEmpty() ? "" : ": " + String.join(", ", node.steps()))
                + (sinks.isEmpty() ? "" : "  -> " + String.join(", ", sinks)));
        String below = indent + (last ? "    " : "|   ");
        List<PipelineGraph.Node> readers = graph.streams().stream()
                .filter(reader -> reader.from().filter(name::equals).isPresent())
                .toList();
        List<PipelineGraph.Node> lookers = graph.streams().stream()
                .filter(reader -> reader.lookups().contains(name))
                .toList();
        for (int i = 0; i < lookers.size(); i++) {
            boolean end = readers.isEmpty() && i == lookers.size() - 1;
            lines.add(below + (end ? "`.. " : "|.. ") + lookers.get(i).name() + " looks it up");
        }
        for (int i = 0; i < readers.size(); i++) {
            stream(readers.get(i).name(), below, i == readers.size() - 1);
        }
    }
}
