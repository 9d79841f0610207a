package io.millrace.pipeline.check;

import io.millrace.foundation.config.DidYouMean;
import io.millrace.pipeline.model.Fields;
import io.millrace.pipeline.model.Located;
import io.millrace.pipeline.model.StepModel;
import io.millrace.pipeline.model.StreamModel;
import io.millrace.pipeline.yaml.Diagnostics;
import io.millrace.pipeline.yaml.Place;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Who reads whom: names, layers, cycles, and an order in which every stream comes after what it reads. */
final class StreamGraph {
    private final List<String> layers;
    private final Set<String> raw;
    private final boolean rawComplete;
    private final Map<String, StreamModel> streams = new LinkedHashMap<>();
    private final Diagnostics diagnostics;
    private final List<StreamModel> ordered = new ArrayList<>();
    private final Set<String> done = new HashSet<>();
    private final Map<String, List<Located<String>>> inputs = new HashMap<>();

    /**
     * A graph.
     *
     * @param raw full names of the streams that sources make
     * @param rawComplete whether those are all; if not, a raw stream that is not known is another problem's consequence
     */
    StreamGraph(
            List<String> layers,
            Set<String> raw,
            boolean rawComplete,
            List<StreamModel> models,
            Diagnostics diagnostics) {
        this.layers = layers;
        this.raw = raw;
        this.rawComplete = rawComplete;
        this.diagnostics = diagnostics;
        models.forEach(model -> streams.put(model.fullName(), model));
    }

    /** All streams, each after those that it reads; a stream that reads itself comes at any place. */
    List<StreamModel> order() {
        streams.values().forEach(stream -> inputs.put(stream.fullName(), edges(stream)));
        streams.values().forEach(stream -> visit(stream, new ArrayList<>()));
        return List.copyOf(ordered);
    }

    /** Names of streams that a message can offer. */
    Set<String> names() {
        Set<String> names = new TreeSet<>(raw);
        names.addAll(streams.keySet());
        return names;
    }

    private List<Located<String>> edges(StreamModel stream) {
        List<Located<String>> edges = new ArrayList<>();
        edges.add(new Located<>(stream.fromStream(), stream.from().place()));
        for (StepModel step : stream.steps()) {
            if (step.word().equals("lookup")
                    && step.body() instanceof YamlMap map
                    && map.get("table").orElse(map) instanceof YamlScalar table
                    && !table.isNull()) {
                edges.add(new Located<>(table.text(), table.place()));
            }
        }
        edges.removeIf(edge -> !leadsSomewhere(stream, edge));
        return edges;
    }

    private boolean leadsSomewhere(StreamModel reader, Located<String> edge) {
        String name = edge.value();
        if (!streams.containsKey(name) && !raw.contains(name)) {
            unknown(name, edge.place());
            return false;
        }
        String layer = name.substring(0, name.indexOf('.'));
        if (layers.indexOf(layer) > layers.indexOf(reader.layer())) {
            diagnostics.error(
                    "pipeline.layer-order",
                    edge.place(),
                    reader.fullName() + " reads '" + name + "', which is in a later layer.",
                    "A stream reads its own layer or an earlier one: " + String.join(", ", layers) + ".");
        }
        return streams.containsKey(name);
    }

    /** Tells that a name leads nowhere. */
    void unknown(String name, Place place) {
        boolean ofUnknownSource = !rawComplete && name.startsWith("raw.");
        if (ofUnknownSource && DidYouMean.nearest(name, raw).isEmpty()) {
            return;
        }
        diagnostics.error(
                "pipeline.unknown-stream",
                place,
                "'" + name + "' is not a stream.",
                DidYouMean.hint(name, names())
                        + (names().isEmpty() ? "There are none." : "Streams: " + Fields.sorted(names()) + "."));
    }

    private void visit(StreamModel stream, List<String> path) {
        String name = stream.fullName();
        if (done.contains(name)) {
            return;
        }
        path.add(name);
        for (Located<String> input : inputs.getOrDefault(name, List.of())) {
            int start = path.indexOf(input.value());
            if (start >= 0) {
                cycle(path.subList(start, path.size()), input);
            } else {
                StreamModel next = streams.get(input.value());
                if (next != null) {
                    visit(next, path);
                }
            }
        }
        path.remove(path.size() - 1);
        if (done.add(name)) {
            ordered.add(stream);
        }
    }

    private void cycle(List<String> cycle, Located<String> back) {
        String way = String.join(" reads ", cycle) + " reads " + back.value();
        diagnostics.error(
                "pipeline.cycle",
                back.place(),
                "'" + back.value() + "' reads itself: " + way + ".",
                "Break the circle: a stream can read only what does not depend on it.");
    }
}
