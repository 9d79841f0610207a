package io.millrace.app.command;

import io.millrace.app.Installation;
import io.millrace.app.worker.WorkerRun;
import io.millrace.foundation.error.ExitCode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace worker}: Kafka Connect's standalone worker, with its files as they are. */
@Command(
        name = "worker",
        description = "Run Kafka Connect connectors from Kafka Connect's standalone files, against any Kafka.")
public final class WorkerCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Help help = new Help();

    @Parameters(
            index = "0",
            paramLabel = "<worker.properties>",
            description = "The worker's properties, as Kafka Connect reads them.")
    private Path properties = Path.of("");

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "<connector>",
            description = "A connector's file each, .properties or .json; more can be added by the REST interface.")
    private List<Path> connectors = new ArrayList<>();

    @Override
    public Integer call() throws InterruptedException {
        System.setProperty("log4j2.configurationFile", "classpath:log4j2-broker.xml");
        PrintWriter out = spec.commandLine().getOut();
        Serving.untilStopped(
                out,
                () -> WorkerRun.start(
                        Installation.current(),
                        properties,
                        connectors,
                        spec.commandLine().getErr()),
                run -> "Running; REST interface on " + run.rest() + "; Ctrl-C stops.");
        return ExitCode.OK.status();
    }
}
