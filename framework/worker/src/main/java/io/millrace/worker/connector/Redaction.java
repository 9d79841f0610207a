package io.millrace.worker.connector;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Takes the secrets of a configuration out of messages that a plugin, or Kafka, made of it. */
final class Redaction {
    private static final String HIDDEN = "[hidden]";
    /** Anything shorter stands in a message by chance. */
    private static final int SHORTEST = 3;

    private static final Pattern SECRET_NAME =
            Pattern.compile("(?i).*(password|passwd|secret|token|credential|jaas|(api|private).?key).*");
    private static final Pattern IN_PARAMETER = Pattern.compile("(?i)(password|passwd|pwd|secret|token)=[^&;,\\s'\"]+");
    private static final Pattern IN_ADDRESS = Pattern.compile("(://[^:/@\\s]+):[^@\\s]+@");

    private final List<String> secrets;

    Redaction(Map<String, String> config) {
        // The longest first: one secret may be part of another.
        secrets = config.entrySet().stream()
                .filter(entry -> SECRET_NAME.matcher(entry.getKey()).matches())
                .map(Map.Entry::getValue)
                .filter(value -> value != null && value.length() >= SHORTEST)
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    String of(String message) {
        String clean = message;
        for (String secret : secrets) {
            clean = clean.replace(secret, HIDDEN);
        }
        clean = IN_PARAMETER.matcher(clean).replaceAll("$1=" + HIDDEN);
        return IN_ADDRESS.matcher(clean).replaceAll("$1:" + HIDDEN + "@");
    }
}
