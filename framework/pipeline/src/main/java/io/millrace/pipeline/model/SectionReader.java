package io.millrace.pipeline.model;

import io.millrace.api.ConnectorShorthand.Role;
import io.millrace.api.RawStream;
import io.millrace.pipeline.yaml.Diagnostics;
import io.millrace.pipeline.yaml.Place;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlNode;
import io.millrace.pipeline.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads one source or sink; the fields of its type are left for the type to check. */
final class SectionReader {
    private static final Set<String> COMMON = Set.of("type", "class", "from", "on_error", "transforms", "tasks");
    private static final List<String> PLAIN_SOURCE =
            List.of("class", "config", "on_error", "streams", "tasks", "transforms");
    private static final List<String> PLAIN_SINK =
            List.of("class", "config", "from", "on_error", "tasks", "transforms");
    private static final int MOST_TASKS = 1000;

    private final Role role;
    private final Diagnostics diagnostics;

    SectionReader(Role role, Diagnostics diagnostics) {
        this.role = role;
        this.diagnostics = diagnostics;
    }

    Optional<SectionModel> read(String name, Place place, YamlNode node, boolean needsFrom) {
        String what = role == Role.SOURCE ? "a source" : "a sink";
        Optional<YamlMap> section = Fields.map(name, node, diagnostics);
        if (section.isEmpty()) {
            return Optional.empty();
        }
        YamlMap map = section.get();
        boolean plain = map.get("class").isPresent();
        if (plain == map.get("type").isPresent()) {
            diagnostics.error(
                    "pipeline.type-or-class",
                    place,
                    "'" + name + "' has " + (plain ? "both 'type' and 'class'." : "neither 'type' nor 'class'."),
                    "Write 'type: <short name>', or 'class: <connector class>' with 'config'.");
            return Optional.empty();
        }
        Fields fields = plain
                ? Fields.of(
                        map,
                        place,
                        what + " with 'class'",
                        role == Role.SOURCE ? PLAIN_SOURCE : PLAIN_SINK,
                        diagnostics)
                : Fields.open(map, place, what, diagnostics);
        if (role == Role.SINK && needsFrom) {
            fields.require("from");
        }
        if (role == Role.SOURCE && !plain) {
            map.entry("from")
                    .ifPresent(from -> Fields.unknown(
                            "from",
                            from.keyPlace(),
                            "a source",
                            List.of("type", "on_error", "tasks", "transforms"),
                            diagnostics));
        }
        return Optional.of(new SectionModel(
                name,
                role,
                place,
                fields.scalar("type"),
                fields.scalar("class"),
                located(fields.scalars("from")),
                plain && role == Role.SOURCE ? streams(fields) : Map.of(),
                fields.integer("tasks", 1, MOST_TASKS),
                ErrorPolicyReader.read(fields.map("on_error"), ErrorPolicyReader.Scope.CONNECTOR, diagnostics),
                transforms(fields),
                plain ? fields.map("config").orElse(new YamlMap(place, List.of())) : map.without(COMMON)));
    }

    private Map<String, Located<RawStream.Kind>> streams(Fields fields) {
        Map<String, Located<RawStream.Kind>> streams = new LinkedHashMap<>();
        fields.require("streams");
        for (YamlMap.Entry entry : fields.map("streams").map(YamlMap::entries).orElse(List.of())) {
            Names.check(entry.key(), entry.keyPlace(), "a stream", diagnostics);
            Fields.scalar(entry.key(), entry.value(), diagnostics).ifPresent(kind -> {
                switch (kind.text()) {
                    case "events" -> streams.put(entry.key(), new Located<>(RawStream.Kind.EVENTS, entry.keyPlace()));
                    case "table" -> streams.put(entry.key(), new Located<>(RawStream.Kind.TABLE, entry.keyPlace()));
                    default -> Fields.badValue(entry.key(), kind, "events or table", diagnostics);
                }
            });
        }
        return streams;
    }

    private List<YamlMap> transforms(Fields fields) {
        List<YamlMap> transforms = new ArrayList<>();
        for (YamlNode item : fields.list("transforms").map(list -> list.items()).orElse(List.of())) {
            Fields.map("transforms", item, diagnostics).ifPresent(map -> {
                if (Fields.open(map, map.place(), "a transform", diagnostics)
                        .requiredScalar("class")
                        .isPresent()) {
                    transforms.add(map);
                }
            });
        }
        return transforms;
    }

    static List<Located<String>> located(List<YamlScalar> scalars) {
        return scalars.stream()
                .map(scalar -> new Located<>(scalar.text(), scalar.place()))
                .toList();
    }
}
