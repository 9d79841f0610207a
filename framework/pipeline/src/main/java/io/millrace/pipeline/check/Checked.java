package io.millrace.pipeline.check;

import io.millrace.api.RawStream;
import io.millrace.api.Section;
import io.millrace.pipeline.model.StreamName;
import io.millrace.pipeline.plan.RawStreamPlan;
import io.millrace.pipeline.plan.StreamPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the rules found out about a pipeline.
 *
 * @param raw in the order of the sources
 * @param streams each after what it reads
 * @param sinkInputs from a sink's name
 */
public record Checked(
        List<CheckedSection> sources,
        List<CheckedSection> sinks,
        List<RawStreamPlan> raw,
        List<StreamPlan> streams,
        Map<String, List<StreamName>> sinkInputs) {
    public Checked {
        sources = List.copyOf(sources);
        sinks = List.copyOf(sinks);
        raw = List.copyOf(raw);
        streams = List.copyOf(streams);
        sinkInputs = Map.copyOf(sinkInputs);
    }

    /** What a section reads, as its type is given it. */
    public List<Section.InputStream> inputs(String section) {
        List<Section.InputStream> inputs = new ArrayList<>();
        for (StreamName name : sinkInputs.getOrDefault(section, List.of())) {
            raw.stream()
                    .filter(stream -> stream.name().equals(name))
                    .forEach(stream -> inputs.add(input(name, stream.topic(), stream.kind())));
            streams.stream()
                    .filter(stream -> stream.name().equals(name))
                    .forEach(stream -> inputs.add(input(name, stream.topic(), stream.kind())));
        }
        return inputs;
    }

    private static Section.InputStream input(StreamName name, String topic, RawStream.Kind kind) {
        return new Section.InputStream(name.layer(), name.name(), topic, kind == RawStream.Kind.TABLE);
    }
}
