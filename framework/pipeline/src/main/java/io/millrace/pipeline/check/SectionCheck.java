package io.millrace.pipeline.check;

import io.millrace.api.ConnectorShorthand;
import io.millrace.api.ConnectorShorthand.Role;
import io.millrace.api.Finding;
import io.millrace.api.RawStream;
import io.millrace.api.Section;
import io.millrace.foundation.config.DidYouMean;
import io.millrace.pipeline.model.Fields;
import io.millrace.pipeline.model.SectionModel;
import io.millrace.pipeline.reference.Reference;
import io.millrace.pipeline.yaml.Diagnostics;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Checks sources and sinks against the connectors there are. */
public final class SectionCheck {
    private static final Set<String> RESERVED = Set.of("name", "connector.class", "topics", "topics.regex");

    private final String pipeline;
    private final ConnectorCatalog catalog;
    private final Diagnostics diagnostics;

    public SectionCheck(String pipeline, ConnectorCatalog catalog, Diagnostics diagnostics) {
        this.pipeline = pipeline;
        this.catalog = catalog;
        this.diagnostics = diagnostics;
    }

    /** The section with its connector; empty where there is no such connector. */
    Optional<CheckedSection> connector(SectionModel model) {
        Optional<ConnectorShorthand> shorthand = model.type().flatMap(type -> shorthand(type, model.role()));
        boolean plain = model.connectorClass().isPresent();
        model.connectorClass().ifPresent(this::connectorClass);
        if (!plain && shorthand.isEmpty()) {
            return Optional.empty();
        }
        String prefix = plain ? "config." : "";
        List<List<SectionField>> transforms = new ArrayList<>();
        for (YamlMap transform : model.transforms()) {
            String at = "transforms[" + (transforms.size() + 1) + "].";
            transforms.add(SectionField.flatten(transform, site(model, at), diagnostics));
        }
        List<SectionField> fields = SectionField.flatten(model.fields(), site(model, prefix), diagnostics);
        CheckedSection section = new CheckedSection(model, shorthand, fields, transforms);
        shorthand.ifPresentOrElse(type -> unknownFields(section, type), () -> reservedKeys(section));
        return Optional.of(section);
    }

    private Function<String, Reference.Site> site(SectionModel model, String prefix) {
        return field -> new Reference.Site(model.name(), model.role(), model.typeText(), prefix + field);
    }

    private Optional<ConnectorShorthand> shorthand(YamlScalar type, Role role) {
        Optional<ConnectorShorthand> found =
                catalog.shorthand(type.text()).filter(shorthand -> shorthand.role() == role);
        if (found.isEmpty()) {
            Set<String> types = catalog.types(role);
            String noun = role == Role.SOURCE ? "source" : "sink";
            String other = role == Role.SOURCE ? "sink" : "source";
            boolean elsewhere = catalog.shorthand(type.text()).isPresent();
            diagnostics.error(
                    "pipeline.unknown-type",
                    type.place(),
                    "'" + type.text() + "' is not a type of " + noun
                            + (elsewhere ? ", it is one of " + other + "." : "."),
                    DidYouMean.hint(type.text(), types)
                            + (types.isEmpty()
                                    ? "No plugin offers any: put the plugin that has it into the plugins folder."
                                    : "Types: " + Fields.sorted(types) + "."));
        }
        return found;
    }

    private void connectorClass(YamlScalar connectorClass) {
        if (!catalog.connectorClassExists(connectorClass.text())) {
            diagnostics.error(
                    "pipeline.unknown-class",
                    connectorClass.place(),
                    "No plugin holds the connector class '" + connectorClass.text() + "'.",
                    "Put the connector's plugin into the plugins folder, or correct the name.");
        }
    }

    /** What the pipeline sets itself; it would be overwritten silently. */
    private void reservedKeys(CheckedSection section) {
        for (SectionField field : section.fields()) {
            String key = field.name();
            if (RESERVED.contains(key) || key.startsWith("errors.") || key.startsWith("millrace.")) {
                diagnostics.error(
                        "pipeline.reserved-key",
                        field.keyPlace(),
                        "'" + key + "' is set by the pipeline.",
                        key.startsWith("errors.") ? "Write 'on_error' instead." : "Leave it out.");
            }
        }
    }

    private void unknownFields(CheckedSection section, ConnectorShorthand shorthand) {
        Set<String> known = shorthand.fields().configKeys().keySet();
        for (SectionField field : section.fields()) {
            if (!known.contains(field.name())) {
                String role = shorthand.role() == Role.SOURCE ? "source" : "sink";
                Fields.unknown(
                        field.name(), field.keyPlace(), role + " type '" + shorthand.type() + "'", known, diagnostics);
            }
        }
    }

    /** The streams of a source, as far as what is written tells. */
    List<RawStream> streams(CheckedSection source) {
        if (source.shorthand().isPresent()) {
            return source.shorthand()
                    .get()
                    .streams(section(source, rightLiterals(source, new Diagnostics()), List.of()));
        }
        boolean bytes = source.fields().stream()
                .anyMatch(field -> field.name().equals("value.converter")
                        && field.written().endsWith("ByteArrayConverter"));
        List<RawStream> streams = new ArrayList<>();
        source.model()
                .streams()
                .forEach((name, kind) -> streams.add(
                        new RawStream(name, kind.value(), bytes ? RawStream.Format.BYTES : RawStream.Format.DEBEZIUM)));
        return streams;
    }

    /** Checks what is written; values that hold references are checked when they are resolved. */
    void literals(CheckedSection section, List<Section.InputStream> inputs) {
        section.shorthand().ifPresent(shorthand -> {
            int before = diagnostics.errors();
            Map<String, String> right = rightLiterals(section, diagnostics);
            if (diagnostics.errors() == before) {
                findings(section, shorthand.check(section(section, right, inputs)));
            }
        });
    }

    /** Checks values whose references are resolved. */
    public void resolved(CheckedSection section, Map<String, String> values, List<Section.InputStream> inputs) {
        section.shorthand().ifPresent(shorthand -> {
            int before = diagnostics.errors();
            FieldValues.check(shorthand.fields(), section, values, diagnostics);
            if (diagnostics.errors() == before) {
                findings(section, shorthand.check(section(section, values, inputs)));
            }
        });
    }

    private Map<String, String> rightLiterals(CheckedSection section, Diagnostics into) {
        Map<String, String> literals = new LinkedHashMap<>();
        for (SectionField field : section.fields()) {
            field.literal().ifPresent(value -> literals.put(field.name(), value));
        }
        return section.shorthand()
                .map(shorthand -> FieldValues.check(shorthand.fields(), section, literals, into))
                .orElse(literals);
    }

    /** What a shorthand is given. */
    public Section section(CheckedSection section, Map<String, String> values, List<Section.InputStream> inputs) {
        String name = section.model().name();
        return new Section(pipeline, name, pipeline + "." + name, values, inputs);
    }

    private void findings(CheckedSection section, List<Finding> findings) {
        for (Finding finding : findings) {
            diagnostics.error(finding.code(), section.place(finding.field()), finding.message(), finding.remedy());
        }
    }
}
