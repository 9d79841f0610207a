package io.millrace.pipeline.model;

import io.millrace.pipeline.yaml.YamlList;
import java.util.List;
import java.util.Optional;

/**
 * A pipeline file, read.
 *
 * @param name of the pipeline
 * @param owner who answers for it; empty where nobody is named
 * @param layers in order; the first is raw
 * @param defaults of topics and errors
 * @param small the steps of the small form; empty in the full form
 * @param tests not yet read: that needs the types of the streams
 */
public record PipelineModel(
        Located<String> name,
        Optional<String> owner,
        List<String> layers,
        Defaults defaults,
        List<SectionModel> sources,
        List<ContractModel> contracts,
        List<StreamModel> streams,
        List<SectionModel> sinks,
        Optional<SmallForm> small,
        Optional<YamlList> tests) {

    /** {@code defaults:}. */
    public record Defaults(TopicDefaults topic, ErrorPolicy onError) {}

    /**
     * The small form: one source, the same steps for each stream that it makes, one sink that reads all of them.
     *
     * @param source where a problem with the streams it stands for is told
     */
    public record SmallForm(Located<String> source, List<StepModel> steps) {}

    public PipelineModel {
        layers = List.copyOf(layers);
        sources = List.copyOf(sources);
        contracts = List.copyOf(contracts);
        streams = List.copyOf(streams);
        sinks = List.copyOf(sinks);
    }

    /** What becomes of records of a stream that cannot pass: its own words, then those of the defaults. */
    public ErrorPolicy onError(StreamName stream) {
        return streams.stream()
                .filter(written -> written.fullName().equals(stream.toString()))
                .findFirst()
                .map(StreamModel::onError)
                .orElse(ErrorPolicy.NONE)
                .over(defaults.onError());
    }
}
