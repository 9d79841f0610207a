package io.millrace.pipeline;

import io.millrace.api.ConnectorShorthand;
import io.millrace.api.Section;
import io.millrace.pipeline.check.CheckedSection;
import io.millrace.pipeline.yaml.Place;

/**
 * A source or sink of a short type with its references answered, ready for {@link ConnectorShorthand#preflight}. Holds secrets: never
 * print it.
 */
public final class ResolvedSection {
    private final ConnectorShorthand shorthand;
    private final Section section;
    private final CheckedSection checked;

    ResolvedSection(ConnectorShorthand shorthand, Section section, CheckedSection checked) {
        this.shorthand = shorthand;
        this.section = section;
        this.checked = checked;
    }

    public ConnectorShorthand shorthand() {
        return shorthand;
    }

    public Section section() {
        return section;
    }

    /** Where a field's value stands; the section's own place for a field that is not written, or for none. */
    public Place place(String field) {
        return checked.place(field);
    }

    /** Without values, which may be secrets. */
    @Override
    public String toString() {
        return "ResolvedSection[" + section.connector() + ", " + shorthand.type() + "]";
    }
}
