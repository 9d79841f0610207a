package io.millrace.connectors.jdbc;

import io.millrace.connectors.common.StreamRef;
import io.millrace.connectors.common.Trouble;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The setting {@code table}: text with placeholders for a record's stream. */
record TableTemplate(String text, String pipeline) {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^}]*)}");
    private static final List<String> KNOWN = List.of("{layer}", "{stream}", "{pipeline}", "{topic}");

    String table(StreamRef stream, String topic) {
        return text.replace("{layer}", stream.layer())
                .replace("{stream}", stream.stream())
                .replace("{pipeline}", pipeline)
                .replace("{topic}", topic);
    }

    static Optional<Trouble> trouble(String text) {
        List<String> unknown = new ArrayList<>();
        Matcher placeholders = PLACEHOLDER.matcher(text);
        while (placeholders.find()) {
            if (!KNOWN.contains(placeholders.group())) {
                unknown.add(placeholders.group());
            }
        }
        if (!unknown.isEmpty()) {
            return Optional.of(new Trouble(
                    "'" + text + "' has the placeholder '" + unknown.get(0) + "', which is not known.",
                    "Write one of " + KNOWN + "."));
        }
        return plainTrouble(text);
    }

    static Optional<Trouble> plainTrouble(String text) {
        return text.isBlank() || text.strip().length() != text.length()
                ? Optional.of(
                        new Trouble("'" + text + "' is not the name of a table.", "Write for example '{stream}'."))
                : Optional.empty();
    }
}
