package io.millrace.pipeline.check;

import io.millrace.pipeline.model.Fields;
import io.millrace.pipeline.reference.Reference;
import io.millrace.pipeline.reference.ReferenceResolver;
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
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One value of a section, flattened: nested fields have dots in their names.
 *
 * @param name with dots
 * @param keyPlace where its name stands
 * @param place where its value stands
 * @param parts one, or the elements of a list
 */
public record SectionField(String name, Place keyPlace, Place place, List<ReferenceText> parts) {
    public SectionField {
        parts = List.copyOf(parts);
    }

    /** All values of a map. */
    static List<SectionField> flatten(YamlMap map, Function<String, Reference.Site> site, Diagnostics diagnostics) {
        List<SectionField> fields = new ArrayList<>();
        flatten("", map, site, diagnostics, fields);
        return fields;
    }

    private static void flatten(
            String prefix,
            YamlMap map,
            Function<String, Reference.Site> site,
            Diagnostics diagnostics,
            List<SectionField> into) {
        for (YamlMap.Entry entry : map.entries()) {
            String name = prefix + entry.key();
            if (entry.value() instanceof YamlMap nested) {
                flatten(name + ".", nested, site, diagnostics, into);
                continue;
            }
            List<YamlScalar> scalars = entry.value() instanceof YamlList list
                    ? elements(name, list, diagnostics)
                    : Fields.scalar(name, entry.value(), diagnostics).stream().toList();
            if (scalars.isEmpty() && entry.value() instanceof YamlScalar) {
                continue;
            }
            into.add(new SectionField(
                    name,
                    entry.keyPlace(),
                    entry.value().place(),
                    scalars.stream()
                            .map(scalar -> ReferenceText.parse(scalar, site.apply(name), diagnostics))
                            .toList()));
        }
    }

    private static List<YamlScalar> elements(String name, YamlList list, Diagnostics diagnostics) {
        List<YamlScalar> elements = new ArrayList<>();
        for (YamlNode item : list.items()) {
            Fields.scalar(name, item, diagnostics).ifPresent(scalar -> {
                if (scalar.text().contains(",")) {
                    Fields.badValue(name, scalar, "each element without a comma", diagnostics);
                }
                elements.add(scalar);
            });
        }
        return elements;
    }

    public List<Reference> references() {
        return parts.stream().flatMap(part -> part.references().stream()).toList();
    }

    /** The value, elements joined by commas, where it holds no reference. */
    Optional<String> literal() {
        return references().isEmpty() ? Optional.of(written()) : Optional.empty();
    }

    /** As the user wrote it, elements joined by commas; never what a reference stands for. */
    String written() {
        return parts.stream().map(ReferenceText::written).collect(Collectors.joining(","));
    }

    /** The value with its references answered, elements joined by commas; empty, with problems, where one has no answer. */
    public Optional<String> resolve(ReferenceResolver resolver, Diagnostics diagnostics) {
        List<Optional<String>> resolved =
                parts.stream().map(part -> part.resolve(resolver, diagnostics)).toList();
        return resolved.stream().allMatch(Optional::isPresent)
                ? Optional.of(resolved.stream().map(Optional::orElseThrow).collect(Collectors.joining(",")))
                : Optional.empty();
    }
}
