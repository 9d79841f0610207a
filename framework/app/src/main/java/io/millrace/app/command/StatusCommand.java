package io.millrace.app.command;

import io.millrace.app.status.Lags;
import io.millrace.app.status.StatusReport;
import io.millrace.app.status.StatusText;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code millrace status}: how each part of a running pipeline fares. */
@Command(name = "status", description = "Show how a running pipeline fares: state, counts, lag, errors.")
public final class StatusCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Help help = new Help();

    @Mixin
    private Target target = new Target();

    @Override
    public Integer call() {
        StatusReport report = target.report();
        Clock clock = Clock.systemUTC();
        Map<String, Map<String, Lags.Lag>> lags = new LinkedHashMap<>();
        try (Lags broker = new Lags(report.broker(), clock)) {
            lags.put(
                    report.layersGroup(),
                    broker.of(
                            report.layersGroup(),
                            report.streams().stream()
                                    .map(StatusReport.Stream::reads)
                                    .filter(topic -> !topic.isEmpty())
                                    .distinct()
                                    .toList()));
            for (StatusReport.Connector connector : report.connectors()) {
                if (!connector.source()) {
                    lags.put(connector.group(), broker.of(connector.group(), connector.topics()));
                }
            }
        }
        StatusText text = new StatusText(report, lags, clock.instant());
        if (target.isJson()) {
            Target.print(spec.commandLine().getOut(), "status", text.json());
        } else {
            text.lines().forEach(spec.commandLine().getOut()::println);
        }
        return 0;
    }
}
