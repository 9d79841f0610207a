package io.millrace.pipeline.check;

import io.millrace.api.RawStream;
import io.millrace.expression.type.RowType;
import io.millrace.foundation.config.DidYouMean;
import io.millrace.pipeline.model.ContractModel;
import io.millrace.pipeline.model.ErrorPolicy;
import io.millrace.pipeline.model.Fields;
import io.millrace.pipeline.model.Located;
import io.millrace.pipeline.model.PipelineModel;
import io.millrace.pipeline.model.SectionModel;
import io.millrace.pipeline.model.StreamModel;
import io.millrace.pipeline.model.StreamName;
import io.millrace.pipeline.plan.RawStreamPlan;
import io.millrace.pipeline.plan.StreamPlan;
import io.millrace.pipeline.step.Route;
import io.millrace.pipeline.yaml.Diagnostics;
import io.millrace.pipeline.yaml.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Runs all rules over one pipeline. Used once. */
public final class PipelineChecker {
    private final PipelineModel model;
    private final Diagnostics diagnostics;
    private final SectionCheck sections;
    private final Expressions expressions = new Expressions();

    private final List<CheckedSection> sources = new ArrayList<>();
    private final List<CheckedSection> sinks = new ArrayList<>();
    private final List<RawStreamPlan> raw = new ArrayList<>();
    private final List<StreamPlan> streams = new ArrayList<>();
    private final Map<String, StreamFacts> facts = new LinkedHashMap<>();
    private final Map<String, List<StreamName>> sinkInputs = new LinkedHashMap<>();
    private boolean rawComplete = true;

    private PipelineChecker(PipelineModel model, ConnectorCatalog catalog, Diagnostics diagnostics) {
        this.model = model;
        this.diagnostics = diagnostics;
        this.sections = new SectionCheck(model.name().value(), catalog, diagnostics);
    }

    /** Checks; the result is worth using only if the diagnostics hold no error. */
    public static Checked check(PipelineModel model, ConnectorCatalog catalog, Diagnostics diagnostics) {
        return new PipelineChecker(model, catalog, diagnostics).check();
    }

    private Checked check() {
        checkSectionNames();
        Map<String, Contract> contracts = new LinkedHashMap<>();
        for (ContractModel contract : model.contracts()) {
            contracts.put(contract.name(), Contract.check(contract, expressions, diagnostics));
        }
        model.sources().forEach(this::source);
        StreamGraph graph = new StreamGraph(model.layers(), facts.keySet(), rawComplete, streamModels(), diagnostics);
        for (StreamModel stream : graph.order()) {
            stream(stream, contracts);
        }
        SinkInputs inputs = new SinkInputs(facts, graph, diagnostics);
        for (SectionModel sink : model.sinks()) {
            sinkInputs.put(sink.name(), inputs.of(sink, from(sink)));
            sections.connector(sink).ifPresent(sinks::add);
        }
        Checked checked = new Checked(sources, sinks, raw, streams, sinkInputs);
        sources.forEach(section -> sections.literals(section, List.of()));
        sinks.forEach(section ->
                sections.literals(section, checked.inputs(section.model().name())));
        return checked;
    }

    private void checkSectionNames() {
        Map<String, Place> seen = new HashMap<>();
        model.sources().forEach(source -> seen.put(source.name(), source.place()));
        for (SectionModel sink : model.sinks()) {
            Place first = seen.get(sink.name());
            if (first != null) {
                diagnostics.error(
                        "pipeline.duplicate-name",
                        sink.place(),
                        "'" + sink.name() + "' is the name of a source too, at line " + first.line() + ".",
                        "Both would be the connector '" + model.name().value() + "." + sink.name()
                                + "': rename one of them.");
            }
        }
    }

    private void source(SectionModel source) {
        Optional<CheckedSection> connector = sections.connector(source);
        if (connector.isEmpty()) {
            rawComplete = false;
            return;
        }
        sources.add(connector.get());
        List<RawStream> made = sections.streams(connector.get());
        rawComplete &= !made.isEmpty();
        for (RawStream stream : made) {
            raw(stream, source);
        }
    }

    private void raw(RawStream stream, SectionModel source) {
        StreamName name = new StreamName(StreamName.RAW, stream.name());
        StreamFacts.Content content =
                switch (stream.format()) {
                    case BYTES -> StreamFacts.Content.BYTES;
                    case DEBEZIUM ->
                        source.type().isPresent() ? StreamFacts.Content.ENVELOPES : StreamFacts.Content.ANY;
                };
        StreamFacts fact = new StreamFacts(name, stream.kind(), List.of(), RowType.ANY, RowType.ANY, content);
        if (facts.putIfAbsent(name.toString(), fact) != null) {
            String first = raw.stream()
                    .filter(other -> other.name().equals(name))
                    .map(RawStreamPlan::source)
                    .findFirst()
                    .orElse("");
            diagnostics.error(
                    "pipeline.duplicate-stream",
                    source.place(),
                    "Source '" + source.name() + "' makes '" + name + "', which "
                            + (first.equals(source.name()) ? "it makes already." : "source '" + first + "' makes too."),
                    "Let one of them make it.");
            return;
        }
        raw.add(new RawStreamPlan(
                name, name.topic(model.name().value()), source.name(), stream.kind(), stream.format()));
    }

    /** The streams as written, or those that the small form stands for: one in the first layer after raw for each raw stream. */
    private List<StreamModel> streamModels() {
        if (model.small().isEmpty()) {
            return model.streams();
        }
        PipelineModel.SmallForm small = model.small().get();
        return raw.stream()
                .map(stream -> new StreamModel(
                        model.layers().get(1),
                        stream.name().name(),
                        small.source().place(),
                        new Located<>(stream.name().toString(), small.source().place()),
                        Optional.empty(),
                        small.steps(),
                        ErrorPolicy.NONE))
                .toList();
    }

    private List<Located<String>> from(SectionModel sink) {
        if (model.small().isEmpty() || !sink.from().isEmpty()) {
            return sink.from();
        }
        return rawComplete ? List.of(new Located<>(model.layers().get(1) + ".*", sink.place())) : List.of();
    }

    private void stream(StreamModel stream, Map<String, Contract> contracts) {
        StreamFacts input = Optional.ofNullable(facts.get(stream.fromStream()))
                .orElseGet(() -> StreamFacts.unknown(new StreamName(stream.layer(), stream.name())));
        stream.fromBranch().ifPresent(branch -> branch(stream, branch));
        Optional<Contract> contract = stream.contract().flatMap(name -> contract(name, contracts));
        StreamCheck.Result result = new StreamCheck(
                        model.name().value(),
                        stream,
                        input,
                        contract,
                        name -> Optional.ofNullable(facts.get(name)),
                        expressions,
                        diagnostics)
                .check();
        streams.add(result.plan());
        facts.put(stream.fullName(), result.facts());
    }

    private void branch(StreamModel reader, String branch) {
        Optional<StreamPlan> input = streams.stream()
                .filter(plan -> plan.name().toString().equals(reader.fromStream()))
                .findFirst();
        if (input.isEmpty() && !facts.containsKey(reader.fromStream())) {
            return;
        }
        Optional<Route> route = input.flatMap(plan -> plan.steps().stream()
                .filter(Route.class::isInstance)
                .map(Route.class::cast)
                .findFirst());
        boolean routes = model.streams().stream()
                .filter(stream -> stream.fullName().equals(reader.fromStream()))
                .anyMatch(stream ->
                        stream.steps().stream().anyMatch(step -> step.word().equals("route")));
        if (route.isEmpty() && routes) {
            return; // Its own problem is told where it stands.
        }
        Set<String> branches = route.map(it -> it.branches().keySet()).orElse(Set.of());
        if (!branches.contains(branch)) {
            diagnostics.error(
                    "pipeline.unknown-branch",
                    reader.from().place(),
                    "'" + branch + "' is not a branch of '" + reader.fromStream() + "'.",
                    branches.isEmpty()
                            ? "It has none: end its steps with 'route: {" + branch + ": <condition>}'."
                            : DidYouMean.hint(branch, branches) + "Branches: " + String.join(", ", branches) + ".");
        }
    }

    private Optional<Contract> contract(Located<String> name, Map<String, Contract> contracts) {
        Contract contract = contracts.get(name.value());
        if (contract == null) {
            diagnostics.error(
                    "pipeline.unknown-contract",
                    name.place(),
                    "'" + name.value() + "' is not a contract.",
                    DidYouMean.hint(name.value(), contracts.keySet())
                            + (contracts.isEmpty()
                                    ? "There are none: add 'contracts'."
                                    : "Contracts: " + Fields.sorted(contracts.keySet()) + "."));
        }
        return Optional.ofNullable(contract);
    }
}
