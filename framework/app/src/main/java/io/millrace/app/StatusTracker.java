package io.millrace.app;

import io.millrace.api.ConnectorShorthand;
import io.millrace.api.RawStream;
import io.millrace.app.status.StatusReport;
import io.millrace.layers.Layers;
import io.millrace.layers.StreamStatus;
import io.millrace.pipeline.model.StreamName;
import io.millrace.pipeline.plan.ConnectorPlan;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.pipeline.plan.RawStreamPlan;
import io.millrace.pipeline.plan.StreamPlan;
import io.millrace.worker.Worker;
import io.millrace.worker.connector.ConnectorStatus;
import io.millrace.worker.task.Tally;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What a run tells other processes of itself. Owned by one thread. */
final class StatusTracker {
    private final PipelinePlan plan;
    private final String broker;
    private final List<String> personal;
    private final Layers layers;
    private final Worker worker;
    private final Clock clock;
    private final Instant started;

    /**
     * @param personal names of fields that are not to be shown
     */
    StatusTracker(
            PipelinePlan plan, String broker, Collection<String> personal, Layers layers, Worker worker, Clock clock) {
        this.plan = plan;
        this.broker = broker;
        this.personal = List.copyOf(personal);
        this.layers = layers;
        this.worker = worker;
        this.clock = clock;
        this.started = clock.instant();
    }

    StatusReport look() {
        Map<String, ConnectorStatus> connectors =
                worker.status().stream().collect(Collectors.toMap(ConnectorStatus::name, Function.identity()));
        Map<StreamName, StreamPlan> plans =
                plan.streams().stream().collect(Collectors.toMap(StreamPlan::name, Function.identity()));
        return new StatusReport(
                plan.pipeline(),
                broker,
                ProcessHandle.current().pid(),
                started.toString(),
                clock.instant().toString(),
                plan.deadLetterTopic(),
                personal,
                plan.connectors().stream()
                        .map(connector -> connector(connector, Optional.ofNullable(connectors.get(connector.name()))))
                        .toList(),
                plan.raw().stream()
                        .map(raw -> new StatusReport.Raw(
                                raw.name().toString(), raw.topic(), raw.format() == RawStream.Format.BYTES))
                        .toList(),
                layers.status().stream()
                        .map(status -> stream(status, Objects.requireNonNull(plans.get(status.name()))))
                        .toList());
    }

    private static StatusReport.Connector connector(ConnectorPlan connector, Optional<ConnectorStatus> status) {
        Tally counts = status.map(ConnectorStatus::counts).orElse(Tally.NONE);
        boolean source = connector.role() == ConnectorShorthand.Role.SOURCE;
        String topics = connector.config().getOrDefault("topics", "");
        return new StatusReport.Connector(
                connector.section(),
                source,
                connector.type(),
                status.map(SummaryTracker::state).orElse("STOPPED"),
                counts.in(),
                counts.out(),
                counts.dropped(),
                counts.deadLetters(),
                status.filter(it -> !it.isRunning())
                        .flatMap(ConnectorStatus::lastError)
                        .orElse(""),
                source || topics.isEmpty() ? List.of() : Arrays.asList(topics.split(",")),
                source ? "" : "connect-" + connector.name());
    }

    private StatusReport.Stream stream(StreamStatus status, StreamPlan stream) {
        return new StatusReport.Stream(
                status.name().toString(),
                status.topic(),
                stream.kind() == RawStream.Kind.TABLE,
                plan.raw().stream()
                        .filter(raw -> raw.name().equals(stream.from()))
                        .map(RawStreamPlan::topic)
                        .findFirst()
                        .orElse(""),
                status.state().toString(),
                status.in(),
                status.out(),
                status.dropped(),
                status.deadLetters(),
                status.held());
    }
}
