package io.millrace.pipeline.check;

import io.millrace.api.ConnectorShorthand;
import io.millrace.pipeline.model.SectionModel;
import io.millrace.pipeline.reference.Reference;
import io.millrace.pipeline.yaml.Place;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A source or sink whose connector is known.
 *
 * @param shorthand empty for a plain connector
 * @param fields of the short type, or the configuration of a plain connector
 * @param transforms the values of each transform, {@code class} among them
 */
public record CheckedSection(
        SectionModel model,
        Optional<ConnectorShorthand> shorthand,
        List<SectionField> fields,
        List<List<SectionField>> transforms) {
    public CheckedSection {
        fields = List.copyOf(fields);
        transforms = List.copyOf(transforms);
    }

    /** All references of the section, in the order written. */
    public List<Reference> references() {
        return Stream.concat(fields.stream(), transforms.stream().flatMap(List::stream))
                .flatMap(field -> field.references().stream())
                .toList();
    }

    /** Where a field's value stands; the section's own place for a field that is not written. */
    public Place place(String field) {
        return fields.stream()
                .filter(candidate -> candidate.name().equals(field))
                .findFirst()
                .map(SectionField::place)
                .orElse(model.place());
    }
}
