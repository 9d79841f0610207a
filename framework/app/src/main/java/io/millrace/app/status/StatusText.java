package io.millrace.app.status;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A report and its lags as lines of text and as JSON. */
public final class StatusText {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration OLD = StatusFile.EVERY.multipliedBy(5);

    private final StatusReport report;
    private final Map<String, Map<String, Lags.Lag>> lags;
    private final Instant now;

    /**
     * @param lags by group and topic
     */
    public StatusText(StatusReport report, Map<String, Map<String, Lags.Lag>> lags, Instant now) {
        this.report = report;
        this.lags = lags;
        this.now = now;
    }

    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(report.pipeline() + " runs as process " + report.pid() + " for "
                + span(Duration.between(Instant.parse(report.started()), now)) + ", broker " + report.broker());
        Duration age = age();
        if (age.compareTo(OLD) > 0) {
            lines.add("warning: the counts are " + span(age) + " old: the process is there and does not report.");
        }
        int width = names().stream().mapToInt(String::length).max().orElse(0);
        section("sources", true, width, lines);
        if (!report.streams().isEmpty()) {
            lines.add("streams");
        }
        for (StatusReport.Stream stream : report.streams()) {
            lines.add(row(width, stream.name(), stream.state())
                    + counts(stream.in(), stream.out(), stream.dropped(), stream.deadLetters())
                    + (stream.held() > 0 ? ", held " + stream.held() : "")
                    + lag(stream).map(StatusText::text).orElse(""));
        }
        section("sinks", false, width, lines);
        return lines;
    }

    private List<String> names() {
        List<String> names = new ArrayList<>();
        report.connectors().forEach(connector -> names.add(connector.name()));
        report.streams().forEach(stream -> names.add(stream.name()));
        return names;
    }

    private void section(String title, boolean sources, int width, List<String> lines) {
        lines.add(title);
        for (StatusReport.Connector connector : report.connectors()) {
            if (connector.source() != sources) {
                continue;
            }
            lines.add(row(width, connector.name(), connector.state())
                    + counts(connector.in(), connector.out(), connector.dropped(), connector.deadLetters())
                    + lag(connector).map(StatusText::text).orElse(""));
            if (!connector.error().isEmpty()) {
                lines.add("  ".repeat(2) + connector.error());
            }
        }
    }

    private static String row(int width, String name, String state) {
        return "  " + name + " ".repeat(width - name.length()) + "  " + state
                + " ".repeat(Math.max(0, 10 - state.length())) + "  ";
    }

    private static String counts(long in, long out, Map<String, Long> dropped, long deadLetters) {
        String rules = dropped.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", ", " (", ")"));
        long sum = dropped.values().stream().mapToLong(Long::longValue).sum();
        return "in " + in + ", out " + out + ", dropped " + sum + (sum == 0 ? "" : rules) + ", dead letters "
                + deadLetters;
    }

    private static String text(Lags.Lag lag) {
        return lag.records() == 0
                ? ", lag 0"
                : ", lag " + lag.records() + (lag.records() == 1 ? " record, " : " records, ") + lag.seconds() + " s";
    }

    /** Of a stream that reads a raw topic, or rows that were sent to other partitions for it. */
    private Optional<Lags.Lag> lag(StatusReport.Stream stream) {
        String internal = report.layersGroup() + "-" + stream.name() + ".";
        Lags.Lag sum = null;
        for (Map.Entry<String, Lags.Lag> topic :
                lags.getOrDefault(report.layersGroup(), Map.of()).entrySet()) {
            if (topic.getKey().equals(stream.reads()) || topic.getKey().startsWith(internal)) {
                sum = sum == null ? topic.getValue() : sum.plus(topic.getValue());
            }
        }
        return Optional.ofNullable(sum);
    }

    private Optional<Lags.Lag> lag(StatusReport.Connector connector) {
        return Optional.ofNullable(lags.get(connector.group()))
                .map(topics -> topics.values().stream().reduce(Lags.Lag.NONE, Lags.Lag::plus));
    }

    private Duration age() {
        return Duration.between(Instant.parse(report.at()), now);
    }

    /** {@code 5 s}, {@code 3 min}, {@code 2 h 5 min}. */
    static String span(Duration time) {
        long seconds = Math.max(0, time.toSeconds());
        if (seconds < 120) {
            return seconds + " s";
        }
        long minutes = seconds / 60;
        return minutes < 120 ? minutes + " min" : minutes / 60 + " h " + minutes % 60 + " min";
    }

    public ObjectNode json() {
        ObjectNode root = JSON.valueToTree(report);
        root.put("stale", age().compareTo(OLD) > 0);
        root.withArray("streams").forEach(node -> report.streams().stream()
                .filter(stream -> stream.name().equals(node.path("name").asText()))
                .findFirst()
                .flatMap(this::lag)
                .ifPresent(lag -> ((ObjectNode) node).set("lag", JSON.valueToTree(lag))));
        root.withArray("connectors").forEach(node -> report.connectors().stream()
                .filter(connector -> connector.name().equals(node.path("name").asText()))
                .findFirst()
                .flatMap(this::lag)
                .ifPresent(lag -> ((ObjectNode) node).set("lag", JSON.valueToTree(lag))));
        return root;
    }
}
