package io.millrace.pipeline.model;

import io.millrace.api.ConnectorShorthand.Role;
import io.millrace.pipeline.reference.ReferenceText;
import io.millrace.pipeline.yaml.Diagnostics;
import io.millrace.pipeline.yaml.Place;
import io.millrace.pipeline.yaml.YamlList;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlNode;
import io.millrace.pipeline.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Reads the root of a pipeline, in the full form or in the small one. */
public final class ModelReader {
    private static final List<String> COMMON =
            List.of("apiVersion", "pipeline", "owner", "defaults", "layers", "environments", "tests");
    private static final List<String> FULL = concat(COMMON, List.of("sources", "contracts", "streams", "sinks"));
    private static final List<String> SMALL = concat(COMMON, List.of("source", "steps", "sink"));
    private static final List<String> LAYERS = List.of("raw", "cleaned", "enriched", "curated");
    private static final Set<String> HOLD_REFERENCES =
            Set.of("source", "sources", "sink", "sinks", "cluster", "environments", "tests");

    private final Diagnostics diagnostics;

    private ModelReader(Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
    }

    /** The pipeline that a tree holds, as far as it can be read; empty where it has not even a name. */
    public static Optional<PipelineModel> read(YamlMap root, Diagnostics diagnostics) {
        return new ModelReader(diagnostics).read(root);
    }

    private Optional<PipelineModel> read(YamlMap root) {
        boolean small = List.of("source", "steps", "sink").stream().anyMatch(root.keys()::contains);
        boolean full = List.of("sources", "streams", "sinks").stream().anyMatch(root.keys()::contains);
        if (small && full) {
            diagnostics.error(
                    "pipeline.mixed-forms",
                    root.place(),
                    "The small form (source, steps, sink) and the full form (sources, streams, sinks) are mixed.",
                    "Use one of them.");
        }
        root.entry("cluster")
                .ifPresent(entry -> diagnostics.error(
                        "pipeline.not-yet",
                        entry.keyPlace(),
                        "'cluster' is not there yet.",
                        "Leave it out: the embedded broker is used."));
        List<String> known = small && full ? concat(FULL, SMALL) : small ? SMALL : FULL;
        Fields fields = Fields.of(root.without(Set.of("cluster")), root.place(), "a pipeline", known, diagnostics);
        refuseReferencesElsewhere(root);
        fields.value(
                "apiVersion",
                text -> Optional.of(text).filter("v1"::equals).orElseThrow(IllegalArgumentException::new),
                "v1");
        Optional<YamlScalar> name = fields.requiredScalar("pipeline");
        name.ifPresent(text -> Names.check(text.text(), text.place(), "a pipeline", diagnostics));
        List<String> layers = layers(fields);
        PipelineModel.Defaults defaults = defaults(fields);
        Optional<YamlList> tests = fields.list("tests");
        List<SectionModel> sources = new ArrayList<>();
        List<SectionModel> sinks = new ArrayList<>();
        sections(fields, "sources", Role.SOURCE, sources);
        sections(fields, "sinks", Role.SINK, sinks);
        Optional<PipelineModel.SmallForm> smallForm =
                small && !full ? small(fields, root, sources, sinks) : Optional.empty();
        if (!small) {
            fields.require("sources");
        }
        List<ContractModel> contracts = fields.map("contracts").map(YamlMap::entries).orElse(List.of()).stream()
                .flatMap(entry -> ContractReader.read(entry, diagnostics).stream())
                .toList();
        StreamReader streamReader = new StreamReader(layers, diagnostics);
        List<StreamModel> streams = fields.map("streams").map(YamlMap::entries).orElse(List.of()).stream()
                .flatMap(entry -> streamReader.read(entry).stream())
                .toList();
        Optional<String> owner = fields.scalar("owner").map(YamlScalar::text);
        return name.map(text -> new PipelineModel(
                new Located<>(text.text(), text.place()),
                owner,
                layers,
                defaults,
                sources,
                contracts,
                streams,
                sinks,
                smallForm,
                tests));
    }

    private Optional<PipelineModel.SmallForm> small(
            Fields fields, YamlMap root, List<SectionModel> sources, List<SectionModel> sinks) {
        fields.require("source");
        fields.require("sink");
        root.entry("source")
                .flatMap(entry -> new SectionReader(Role.SOURCE, diagnostics)
                        .read("source", entry.keyPlace(), entry.value(), false))
                .ifPresent(sources::add);
        root.entry("sink")
                .flatMap(entry ->
                        new SectionReader(Role.SINK, diagnostics).read("sink", entry.keyPlace(), entry.value(), false))
                .ifPresent(sinks::add);
        List<StepModel> steps = fields.list("steps")
                .map(list -> StreamReader.steps(list, diagnostics))
                .orElse(List.of());
        return root.entry("source")
                .map(entry -> new PipelineModel.SmallForm(new Located<>("source", entry.keyPlace()), steps));
    }

    private void sections(Fields fields, String field, Role role, List<SectionModel> into) {
        SectionReader reader = new SectionReader(role, diagnostics);
        for (YamlMap.Entry entry : fields.map(field).map(YamlMap::entries).orElse(List.of())) {
            Names.check(entry.key(), entry.keyPlace(), role == Role.SOURCE ? "a source" : "a sink", diagnostics);
            reader.read(entry.key(), entry.keyPlace(), entry.value(), true).ifPresent(into::add);
        }
    }

    private List<String> layers(Fields fields) {
        List<YamlScalar> written = fields.scalars("layers");
        if (written.isEmpty()) {
            return LAYERS;
        }
        for (YamlScalar layer : written) {
            Names.check(layer.text(), layer.place(), "a layer", diagnostics);
        }
        List<String> layers = written.stream().map(YamlScalar::text).distinct().toList();
        if (!layers.get(0).equals("raw")
                || layers.size() < 2
                || layers.size() < written.size()
                || layers.contains("deadletter")) {
            diagnostics.error(
                    "pipeline.layers",
                    written.get(0).place(),
                    "["
                            + String.join(
                                    ", ", written.stream().map(YamlScalar::text).toList()) + "] cannot be the layers.",
                    "The first is 'raw', at least one follows, each is there once, and none is 'deadletter'.");
            return LAYERS;
        }
        return layers;
    }

    private PipelineModel.Defaults defaults(Fields fields) {
        Optional<YamlMap> map = fields.map("defaults");
        if (map.isEmpty()) {
            return new PipelineModel.Defaults(TopicDefaults.BUILT_IN, ErrorPolicy.NONE);
        }
        Fields defaults =
                Fields.of(map.get(), map.get().place(), "defaults", List.of("topic", "on_error"), diagnostics);
        return new PipelineModel.Defaults(
                defaults.map("topic").map(this::topic).orElse(TopicDefaults.BUILT_IN),
                ErrorPolicyReader.read(defaults.map("on_error"), ErrorPolicyReader.Scope.DEFAULTS, diagnostics));
    }

    private TopicDefaults topic(YamlMap map) {
        Fields topic = Fields.of(
                map,
                map.place(),
                "defaults.topic",
                List.of("partitions", "retention", "replication", "min_isr"),
                diagnostics);
        TopicDefaults builtIn = TopicDefaults.BUILT_IN;
        int replication = topic.integer("replication", 1, 32).orElse((int) builtIn.replication());
        Optional<Integer> minInSync = topic.integer("min_isr", 1, 32);
        if (minInSync.orElse(1) > replication) {
            diagnostics.error(
                    "pipeline.bad-value",
                    map.get("min_isr").map(YamlNode::place).orElse(map.place()),
                    "'min_isr: " + minInSync.orElse(1) + "' is more than 'replication: " + replication + "'.",
                    "Nothing could be written: raise replication, or lower min_isr.");
        }
        return new TopicDefaults(
                topic.integer("partitions", 1, 10_000).orElse(builtIn.partitions()),
                topic.value("retention", Durations::parse, Durations.FORM).orElse(builtIn.retention()),
                (short) replication,
                minInSync.map(OptionalInt::of).orElse(OptionalInt.empty()));
    }

    private void refuseReferencesElsewhere(YamlMap root) {
        for (YamlMap.Entry entry : root.entries()) {
            if (!HOLD_REFERENCES.contains(entry.key())) {
                refuseReferences(entry.value(), false);
            }
        }
    }

    /** @param masking whether the node is inside of a step that may hold a secret */
    private void refuseReferences(YamlNode node, boolean masking) {
        switch (node.kind()) {
            case SCALAR -> {
                YamlScalar scalar = (YamlScalar) node;
                if (ReferenceText.holdsReference(scalar.text())) {
                    Place place = scalar.placeAt(scalar.text().indexOf("${"));
                    diagnostics.error(
                            "pipeline.reference",
                            place,
                            "'" + scalar.text() + "' holds a reference, which is not resolved here.",
                            "References work in the values of sources and sinks, and in 'hmac' of mask.");
                }
            }
            case LIST -> ((YamlList) node).items().forEach(item -> refuseReferences(item, masking));
            case MAP ->
                ((YamlMap) node)
                        .entries().stream()
                                .filter(entry -> !(masking && entry.key().equals("hmac")))
                                .forEach(entry -> refuseReferences(
                                        entry.value(), masking || entry.key().equals("mask")));
        }
    }

    private static List<String> concat(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return List.copyOf(all);
    }
}
