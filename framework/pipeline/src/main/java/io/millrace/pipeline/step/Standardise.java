package io.millrace.pipeline.step;

import io.millrace.expression.type.RowType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code standardise: {field: rule}} or {@code {field: [rule, rule]}} for strings; null stays null.
 *
 * @param rules field to its rules, applied left to right
 */
public record Standardise(String name, Map<String, List<Rule>> rules) implements Step {

    /** What is done to a string. */
    public enum Rule {
        /** White space (Unicode) off both ends. */
        TRIM,
        LOWER,
        UPPER,
        /** Runs of white space to one space, and trimmed. */
        COLLAPSE,
        /** Only ASCII digits stay; a leading plus stays too. */
        DIGITS,
        /** Unicode NFC. */
        NFC,
        /** The empty string becomes null. */
        EMPTY_TO_NULL
    }

    public Standardise {
        rules = Collections.unmodifiableMap(new LinkedHashMap<>(rules));
    }

    @Override
    public Kind kind() {
        return Kind.STANDARDISE;
    }

    @Override
    public RowType outputType(RowType input) {
        return input;
    }
}
