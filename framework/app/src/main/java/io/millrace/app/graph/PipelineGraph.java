package io.millrace.app.graph;

import io.millrace.api.ConnectorShorthand.Role;
import io.millrace.api.RawStream;
import io.millrace.pipeline.CheckedPipeline;
import io.millrace.pipeline.model.SectionModel;
import io.millrace.pipeline.model.StreamName;
import io.millrace.pipeline.plan.StreamPlan;
import io.millrace.pipeline.step.Lookup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Who reads whom in a pipeline.
 *
 * @param streams raw ones first, each after those that it reads
 */
public record PipelineGraph(String pipeline, List<Section> sources, List<Node> streams, List<Section> sinks) {

    /**
     * A source or a sink.
     *
     * @param streams that a source makes or a sink reads
     */
    public record Section(String name, String type, List<StreamName> streams) {}

    /**
     * A stream.
     *
     * @param from what it reads; empty for a raw stream
     * @param branch of what it reads
     * @param lookups tables that it looks up
     * @param steps their words
     */
    public record Node(
            StreamName name,
            boolean table,
            Optional<StreamName> from,
            Optional<String> branch,
            List<StreamName> lookups,
            List<String> steps) {}

    public PipelineGraph {
        sources = List.copyOf(sources);
        streams = List.copyOf(streams);
        sinks = List.copyOf(sinks);
    }

    public static PipelineGraph of(CheckedPipeline pipeline) {
        List<Node> streams = new ArrayList<>();
        pipeline.raw()
                .forEach(raw -> streams.add(new Node(
                        raw.name(),
                        raw.kind() == RawStream.Kind.TABLE,
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        List.of())));
        pipeline.streams().forEach(stream -> streams.add(node(stream)));
        return new PipelineGraph(
                pipeline.name(),
                sections(pipeline, Role.SOURCE)
                        .map(section -> new Section(
                                section.name(),
                                section.typeText(),
                                pipeline.raw().stream()
                                        .filter(raw -> raw.source().equals(section.name()))
                                        .map(raw -> raw.name())
                                        .toList()))
                        .toList(),
                streams,
                sections(pipeline, Role.SINK)
                        .map(section ->
                                new Section(section.name(), section.typeText(), pipeline.inputs(section.name())))
                        .toList());
    }

    private static Stream<SectionModel> sections(CheckedPipeline pipeline, Role role) {
        return pipeline.sectionModels().stream().filter(section -> section.role() == role);
    }

    private static Node node(StreamPlan stream) {
        return new Node(
                stream.name(),
                stream.kind() == RawStream.Kind.TABLE,
                Optional.of(stream.from()),
                stream.branch(),
                stream.steps().stream()
                        .filter(Lookup.class::isInstance)
                        .map(step -> ((Lookup) step).table())
                        .distinct()
                        .toList(),
                stream.steps().stream().map(step -> step.name()).toList());
    }

    /** The sinks that read a stream. */
    List<String> sinksOf(StreamName stream) {
        return sinks.stream()
                .filter(sink -> sink.streams().contains(stream))
                .map(Section::name)
                .toList();
    }

    Node node(StreamName name) {
        return streams.stream()
                .filter(stream -> stream.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
