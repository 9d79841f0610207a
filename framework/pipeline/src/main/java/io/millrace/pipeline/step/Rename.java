package io.millrace.pipeline.step;

import io.millrace.expression.type.RowType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code rename: {old: new}}.
 *
 * @param names old to new, in the order written
 */
public record Rename(String name, Map<String, String> names) implements Step {

    public Rename {
        names = Collections.unmodifiableMap(new LinkedHashMap<>(names));
    }

    @Override
    public Kind kind() {
        return Kind.RENAME;
    }

    @Override
    public RowType outputType(RowType input) {
        return new RowType(
                input.fields().stream()
                        .map(field -> new RowType.Field(
                                names.getOrDefault(field.name(), field.name()), field.type(), field.required()))
                        .toList(),
                input.open());
    }
}
