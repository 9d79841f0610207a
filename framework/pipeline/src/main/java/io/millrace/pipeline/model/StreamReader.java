package io.millrace.pipeline.model;

import io.millrace.foundation.config.DidYouMean;
import io.millrace.pipeline.yaml.Diagnostics;
import io.millrace.pipeline.yaml.YamlList;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads one stream and its steps. */
final class StreamReader {
    private static final List<String> FIELDS = List.of("contract", "from", "on_error", "steps", "table");

    private final List<String> layers;
    private final Diagnostics diagnostics;

    StreamReader(List<String> layers, Diagnostics diagnostics) {
        this.layers = layers;
        this.diagnostics = diagnostics;
    }

    Optional<StreamModel> read(YamlMap.Entry entry) {
        Optional<YamlMap> map = Fields.map(entry.key(), entry.value(), diagnostics);
        boolean named = checkName(entry);
        if (map.isEmpty()) {
            return Optional.empty();
        }
        Fields fields = Fields.of(map.get(), entry.keyPlace(), "a stream", FIELDS, diagnostics);
        ErrorPolicy onError =
                ErrorPolicyReader.read(fields.map("on_error"), ErrorPolicyReader.Scope.STREAM, diagnostics);
        List<StepModel> steps = new ArrayList<>(
                fields.list("steps").map(list -> steps(list, diagnostics)).orElse(List.of()));
        // What makes a table of events is the end of the steps.
        map.get().entry("table").ifPresent(table -> steps.add(new StepModel("table", table.keyPlace(), table.value())));
        Optional<Located<String>> from =
                fields.requiredScalar("from").map(scalar -> new Located<>(scalar.text(), scalar.place()));
        if (!named || from.isEmpty()) {
            return Optional.empty();
        }
        int dot = entry.key().indexOf('.');
        return Optional.of(new StreamModel(
                entry.key().substring(0, dot),
                entry.key().substring(dot + 1),
                entry.keyPlace(),
                from.get(),
                fields.scalar("contract").map(scalar -> new Located<>(scalar.text(), scalar.place())),
                steps,
                onError));
    }

    private boolean checkName(YamlMap.Entry entry) {
        int dot = entry.key().indexOf('.');
        if (dot < 0) {
            diagnostics.error(
                    "pipeline.name",
                    entry.keyPlace(),
                    "'" + entry.key() + "' cannot be the name of a stream: it has no layer.",
                    "Write <layer>.<name>, for example cleaned." + entry.key() + ".");
            return false;
        }
        String layer = entry.key().substring(0, dot);
        List<String> writable = layers.subList(1, layers.size());
        if (!writable.contains(layer)) {
            diagnostics.error(
                    "pipeline.unknown-layer",
                    entry.keyPlace(),
                    "'" + layer + "' is not a layer that a stream can be in.",
                    (layer.equals(layers.get(0))
                                    ? "Streams in it are made by sources. "
                                    : DidYouMean.hint(layer, writable))
                            + "Layers: " + String.join(", ", writable) + ".");
            return false;
        }
        return Names.check(entry.key().substring(dot + 1), entry.keyPlace(), "a stream", diagnostics);
    }

    static List<StepModel> steps(YamlList list, Diagnostics diagnostics) {
        List<StepModel> steps = new ArrayList<>();
        for (YamlNode item : list.items()) {
            Fields.map("steps", item, diagnostics).ifPresent(map -> {
                if (Set.copyOf(map.keys()).equals(Set.of("window", "aggregate"))) {
                    steps.add(windowed(map));
                    return;
                }
                if (map.entries().size() != 1) {
                    diagnostics.error(
                            "pipeline.step-shape",
                            map.place(),
                            "A step is one word with what it is given; this one has "
                                    + (map.entries().isEmpty() ? "none." : "[" + String.join(", ", map.keys()) + "]."),
                            "Start each step with its own '- '.");
                    return;
                }
                steps.add(step(map.entries().get(0)));
            });
        }
        return steps;
    }

    /** A window belongs to the aggregate beside it. */
    private static StepModel windowed(YamlMap map) {
        StepModel aggregate = step(map.entry("aggregate").orElseThrow());
        return new StepModel(
                aggregate.word(),
                aggregate.place(),
                aggregate.body(),
                map.entry("window").map(StreamReader::step));
    }

    private static StepModel step(YamlMap.Entry entry) {
        return new StepModel(entry.key(), entry.keyPlace(), entry.value());
    }
}
