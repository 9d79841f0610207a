package io.millrace.app;

import io.millrace.api.ConnectorShorthand;
import io.millrace.app.summary.Summary;
import io.millrace.layers.Layers;
import io.millrace.layers.StreamStatus;
import io.millrace.layers.topology.StreamCounters;
import io.millrace.pipeline.plan.ConnectorPlan;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.worker.Worker;
import io.millrace.worker.connector.ConnectorStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Takes the counts of all parts at each look, and rates between two looks. Owned by one thread. */
final class SummaryTracker {
    private final PipelinePlan plan;
    private final String broker;
    private final Layers layers;
    private final Worker worker;
    private final DeadLetterTail tail;
    private final Landings landings;
    private final long begin = System.nanoTime();
    private final Map<String, Long> counts = new HashMap<>();
    private long lastLook = begin;

    SummaryTracker(
            PipelinePlan plan, String broker, Layers layers, Worker worker, DeadLetterTail tail, Landings landings) {
        this.plan = plan;
        this.broker = broker;
        this.layers = layers;
        this.worker = worker;
        this.tail = tail;
        this.landings = landings;
    }

    Summary look() {
        long now = System.nanoTime();
        double seconds = Math.max(1, now - lastLook) / 1e9;
        lastLook = now;
        Map<String, ConnectorStatus> connectors =
                worker.status().stream().collect(Collectors.toMap(ConnectorStatus::name, Function.identity()));
        return new Summary(
                plan.pipeline(),
                broker,
                Duration.ofNanos(now - begin),
                plan.connectors().stream()
                        .map(connector ->
                                row(connector, Optional.ofNullable(connectors.get(connector.name())), seconds))
                        .toList(),
                layers.status().stream().map(stream -> row(stream, seconds)).toList(),
                plan.connectors().stream()
                        .filter(connector -> connector.role() == ConnectorShorthand.Role.SINK)
                        .map(landings::of)
                        .toList(),
                tail.look().stream()
                        .map(group ->
                                new Summary.GroupRow(group.fingerprint(), group.stage(), group.rule(), group.count()))
                        .toList(),
                skipped(connectors));
    }

    private List<Summary.SkipRow> skipped(Map<String, ConnectorStatus> connectors) {
        List<Summary.SkipRow> rows = new ArrayList<>();
        plan.connectors().stream()
                .map(ConnectorPlan::name)
                .filter(connectors::containsKey)
                .map(connectors::get)
                .forEach(connector ->
                        skipped(connector.name(), connector.counts().dropped(), rows));
        layers.status().forEach(stream -> skipped(stream.name().toString(), stream.dropped(), rows));
        return rows;
    }

    private static void skipped(String stage, Map<String, Long> dropped, List<Summary.SkipRow> into) {
        new TreeMap<>(dropped).forEach((rule, count) -> {
            if (rule.startsWith(StreamCounters.SKIPPED)) {
                into.add(new Summary.SkipRow(stage, rule, count));
            }
        });
    }

    private Summary.ConnectorRow row(ConnectorPlan connector, Optional<ConnectorStatus> status, double seconds) {
        long out = status.map(s -> s.counts().out()).orElse(0L);
        return new Summary.ConnectorRow(
                connector.name(),
                connector.type(),
                status.map(SummaryTracker::state).orElse("STOPPED"),
                out,
                rate(connector.name(), out, seconds),
                status.map(s -> s.counts().deadLetters()).orElse(0L),
                status.filter(s -> !s.isRunning())
                        .flatMap(ConnectorStatus::lastError)
                        .orElse(""));
    }

    static String state(ConnectorStatus status) {
        return status.tasks().stream()
                .map(task -> task.state().toString())
                .filter(state -> !state.equals("RUNNING"))
                .findFirst()
                .orElse(status.state().toString());
    }

    private Summary.StreamRow row(StreamStatus stream, double seconds) {
        return new Summary.StreamRow(
                stream.name().toString(),
                stream.in(),
                stream.out(),
                rate(stream.name().toString(), stream.out(), seconds),
                stream.dropped().values().stream().mapToLong(Long::longValue).sum(),
                stream.deadLetters());
    }

    private double rate(String name, long count, double seconds) {
        Long before = counts.put(name, count);
        return before == null ? 0 : Math.max(0, count - before) / seconds;
    }
}
