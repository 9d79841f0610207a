package io.millrace.connectors.iothttp;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** How a body is cut into records. */
enum BodyFormat {
    /** An array becomes its elements, all else is one record. */
    JSON,
    /** Each line is a record. */
    LINES,
    /** One record. */
    OPAQUE;

    private static final Set<String> LINE_TYPES =
            Set.of("application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines");

    /** @throws Refusal.RefusedException when JSON comes in a charset that is not UTF-8 */
    static BodyFormat of(Optional<String> contentType) throws Refusal.RefusedException {
        String[] parts = contentType.orElse("").toLowerCase(Locale.ROOT).split(";", -1);
        String type = parts[0].strip();
        BodyFormat format = LINE_TYPES.contains(type)
                ? LINES
                : type.equals("application/json") || type.matches("[a-z]+/[^ ]+\\+json") ? JSON : OPAQUE;
        if (format != OPAQUE) {
            checkCharset(parts);
        }
        return format;
    }

    private static void checkCharset(String[] parts) throws Refusal.RefusedException {
        for (String part : parts) {
            String parameter = part.strip().replace("\"", "");
            if (parameter.startsWith("charset=")
                    && !Set.of("charset=utf-8", "charset=utf8", "charset=us-ascii")
                            .contains(parameter)) {
                throw Refusal.of(
                                415,
                                "charset",
                                "JSON is taken in UTF-8 only (RFC 8259), not in '"
                                        + parameter.substring("charset=".length()) + "'.")
                        .asException();
            }
        }
    }
}
