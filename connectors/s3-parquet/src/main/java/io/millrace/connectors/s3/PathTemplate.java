package io.millrace.connectors.s3;

import io.millrace.connectors.common.StreamRef;
import io.millrace.connectors.common.Trouble;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The folder of a record: names in braces stand for facts of its stream, patterns of {@link DateTimeFormatter} in braces for its time in
 * UTC. {@code {layer}/{stream}/dt={yyyy-MM-dd}} of a record of 7 July 1996 is {@code cleaned/orders/dt=1996-07-07}.
 */
final class PathTemplate {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)}");
    private static final List<String> NAMES = List.of("layer", "stream", "pipeline", "topic");
    /** Down to the minute: a finer folder would hold a record each. */
    private static final Pattern DATE_PATTERN = Pattern.compile("[yuMdDH]*[yuMdDHm][yuMdDHm_./-]*");

    private final String template;

    private PathTemplate(String template) {
        this.template = template;
    }

    /** @param template for which {@link #trouble} is empty */
    static PathTemplate of(String template) {
        return new PathTemplate(template);
    }

    static Optional<Trouble> trouble(String template) {
        Matcher placeholder = PLACEHOLDER.matcher(template);
        while (placeholder.find()) {
            String name = placeholder.group(1);
            if (!NAMES.contains(name) && date(name).isEmpty()) {
                return Optional.of(new Trouble(
                        "'" + template + "' has the placeholder '{" + name + "}', which is not known.",
                        "Write one of [{layer}, {stream}, {pipeline}, {topic}] or a date pattern such as {yyyy-MM-dd}, "
                                + "with letters of [y, u, M, d, D, H, m]."));
            }
        }
        if (placeholder.replaceAll("").matches(".*[{}].*")) {
            return Optional.of(
                    new Trouble("'" + template + "' has a brace without its partner.", "Close or remove the brace."));
        }
        if (template.isEmpty() || template.startsWith("/") || template.endsWith("/") || template.contains("//")) {
            return Optional.of(new Trouble(
                    "'" + template + "' has an empty folder name.",
                    "Write folders with one '/' between them, none at the ends."));
        }
        return Optional.empty();
    }

    private static Optional<DateTimeFormatter> date(String pattern) {
        if (!DATE_PATTERN.matcher(pattern).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The folders of one topic. */
    OfTopic of(String pipeline, String topic, StreamRef stream) {
        Map<String, String> names =
                Map.of("layer", stream.layer(), "stream", stream.stream(), "pipeline", pipeline, "topic", topic);
        List<Object> parts = new ArrayList<>();
        Matcher placeholder = PLACEHOLDER.matcher(template);
        StringBuilder literal = new StringBuilder();
        int end = 0;
        while (placeholder.find()) {
            literal.append(template, end, placeholder.start());
            end = placeholder.end();
            String name = placeholder.group(1);
            String known = names.get(name);
            if (known != null) {
                literal.append(known);
            } else {
                parts.add(literal.toString());
                literal.setLength(0);
                parts.add(date(name).orElseThrow());
            }
        }
        parts.add(literal.append(template, end, template.length()).toString());
        return new OfTopic(parts);
    }

    /** The template with all but the time filled in. One thread. */
    static final class OfTopic {
        private static final long MILLIS_PER_MINUTE = 60_000;

        private final List<Object> parts;
        private long minute = Long.MIN_VALUE;
        private String folder = "";

        private OfTopic(List<Object> parts) {
            this.parts = parts;
        }

        /** What the keys of all objects of the topic begin with, whatever their time. */
        String prefix() {
            return parts.size() == 1 ? parts.get(0) + "/" : (String) parts.get(0);
        }

        /** @param millis since 1970-01-01T00:00:00Z */
        String folder(long millis) {
            long now = Math.floorDiv(millis, MILLIS_PER_MINUTE);
            if (now != minute || folder.isEmpty()) {
                Instant time = Instant.ofEpochMilli(millis);
                StringBuilder text = new StringBuilder();
                for (Object part : parts) {
                    text.append(part instanceof DateTimeFormatter date ? date.format(time) : part);
                }
                folder = text.toString();
                minute = now;
            }
            return folder;
        }
    }
}
