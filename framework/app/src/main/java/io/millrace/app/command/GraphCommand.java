package io.millrace.app.command;

import io.millrace.app.Checking;
import io.millrace.app.graph.AsciiGraph;
import io.millrace.app.graph.MermaidGraph;
import io.millrace.app.graph.PipelineGraph;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace graph}: draws a pipeline. */
@Command(name = "graph", description = "Draw a pipeline: sources, streams, sinks.")
public final class GraphCommand implements Callable<Integer> {

    /** How a graph is drawn. */
    enum Format {
        ascii,
        mermaid
    }

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Help help = new Help();

    @Parameters(paramLabel = "<pipeline>", description = "A YAML file, or a folder with pipeline.yaml.")
    private Path pipeline = Path.of("");

    @Option(
            names = {"-e", "--environment"},
            description = "One of the pipeline's environments.")
    private @Nullable String environment;

    @Option(names = "--format", defaultValue = "ascii", description = "ascii or mermaid (default: ${DEFAULT-VALUE}).")
    private Format format = Format.ascii;

    @Override
    public Integer call() {
        PipelineGraph graph = Checking.graph(pipeline, Optional.ofNullable(environment));
        List<String> lines =
                switch (format) {
                    case ascii -> AsciiGraph.lines(graph);
                    case mermaid -> MermaidGraph.lines(graph);
                };
        lines.forEach(spec.commandLine().getOut()::println);
        return 0;
    }
}
