package io.millrace.connectors.search;

import io.millrace.connectors.common.StreamRef;
import io.millrace.connectors.common.Trouble;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The setting {@code index}: a name in which placeholders stand for a record's stream. */
record IndexName(String template, String pipeline) {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)}");
    private static final List<String> KNOWN = List.of("stream", "layer", "pipeline", "topic");

    /** Whether records of all streams go to one index. */
    boolean isOne() {
        return !PLACEHOLDER.matcher(template).find();
    }

    /** The index of a stream's records. */
    String of(StreamRef stream, String topic) {
        return template.replace("{stream}", stream.stream())
                .replace("{layer}", stream.layer())
                .replace("{pipeline}", pipeline)
                .replace("{topic}", topic);
    }

    static Optional<Trouble> trouble(String template) {
        Matcher placeholder = PLACEHOLDER.matcher(template);
        while (placeholder.find()) {
            if (!KNOWN.contains(placeholder.group(1))) {
                return Optional.of(new Trouble(
                        "'" + template + "' has the placeholder '" + placeholder.group() + "', which is not known.",
                        "Write one of [{stream}, {layer}, {pipeline}, {topic}]."));
            }
        }
        return nameTrouble(PLACEHOLDER.matcher(template).replaceAll("x"));
    }

    /** What the server would refuse: OpenSearch, "Create index", index naming restrictions. */
    static Optional<Trouble> nameTrouble(String name) {
        boolean good = name.matches("[^A-Z\\s\"*+\\\\/|,?#<>:\\-_.][^A-Z\\s\"*\\\\/|,?#<>:]*")
                && name.getBytes(StandardCharsets.UTF_8).length <= 255;
        return good
                ? Optional.empty()
                : Optional.of(
                        new Trouble(
                                "'" + name + "' cannot be the name of an index.",
                                "A name has up to 255 bytes of lower case letters, digits, '-', '_' and '.', and begins with a letter or digit."));
    }
}
