package io.millrace.app.command;

import io.millrace.app.Application;
import io.millrace.app.RunOptions;
import io.millrace.app.summary.Terminal;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.ProblemException;
import io.millrace.foundation.error.Problems;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace run}: starts everything, shows what flows, stops cleanly. */
@Command(name = "run", description = "Run a pipeline: broker, layers and connectors in one process.")
public final class RunCommand implements Callable<Integer> {
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final int MAX_PORT = 65_535;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Help help = new Help();

    @Parameters(paramLabel = "<pipeline>", description = "A YAML file, or a folder with pipeline.yaml.")
    private Path pipeline = Path.of("");

    @Option(
            names = {"-e", "--environment"},
            description = "One of the pipeline's environments.")
    private @Nullable String environment;

    @Option(
            names = "--dev",
            description = "Start the servers that unset references ask for, and a small shop that keeps changing.")
    private boolean dev;

    @Option(
            names = "--rate",
            defaultValue = "5",
            description = "Changes a second that the dev shop makes (default: ${DEFAULT-VALUE}).")
    private double rate;

    @Option(
            names = "--data-dir",
            defaultValue = ".millrace",
            description = "Folder of the broker's data, state and logs (default: ${DEFAULT-VALUE}).")
    private Path dataDir = Path.of(".millrace");

    @Option(
            names = "--broker-port",
            defaultValue = "9092",
            description = "Port of the embedded broker, 0 for a free one (default: ${DEFAULT-VALUE}).")
    private int brokerPort;

    @Option(
            names = "--rebuild-layers",
            description = "Forget the layers' state and make every layer anew from the raw topics.")
    private boolean rebuildLayers;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        Path data = dataDir.toAbsolutePath().normalize();
        checkValues();
        logTo(DataFolder.logs(data));
        RunOptions options =
                new RunOptions(pipeline, Optional.ofNullable(environment), dev, rate, data, brokerPort, rebuildLayers);

        Application application = new Application(options, spec.commandLine().getErr());
        CountDownLatch stopped = new CountDownLatch(1);
        Thread onSignal = new Thread(
                () -> {
                    application.close();
                    out.println("Stopped.");
                    out.flush();
                    stopped.countDown();
                },
                "stop");
        Runtime.getRuntime().addShutdownHook(onSignal);
        try {
            application.start();
            out.println("Running; Ctrl-C stops. The log is " + data.resolve("logs/millrace.log"));
            out.flush();
            Terminal terminal = new Terminal(out, System.console() != null);
            do {
                application.throwIfFailed();
                terminal.show(application.summary());
            } while (!stopped.await(LOOK.toMillis(), TimeUnit.MILLISECONDS));
            return ExitCode.OK.status();
        } catch (RuntimeException | Error e) {
            // an error too (no memory, a native library that does not load) leaves nothing running
            if (application.isClosing()) {
                // a stop was asked for while things were starting or being looked at: not a failure
                stopped.await();
                return ExitCode.OK.status();
            }
            application.close();
            throw e;
        } finally {
            removeHook(onSignal);
        }
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the JVM is stopping: the hook runs or has run
            return;
        }
    }

    /** @throws ProblemException YOURS, with all values that are out of range */
    private void checkValues() {
        Problems problems = new Problems();
        if (brokerPort < 0 || brokerPort > MAX_PORT) {
            problems.error(
                    "cli.bad-value",
                    "",
                    "'" + brokerPort + "' is no value for '--broker-port'.",
                    "Write a port from 0 to " + MAX_PORT + "; 0 takes any free one.");
        }
        if (!Double.isFinite(rate) || rate < 0) {
            problems.error(
                    "cli.bad-value",
                    "",
                    "'" + rate + "' is no value for '--rate'.",
                    "Write how many changes a second, 0 for none.");
        }
        problems.throwIfErrors(ExitCode.YOURS);
    }

    /** Before the first logger is made. */
    private static void logTo(Path folder) {
        System.setProperty("millrace.log.folder", folder.toString());
        System.setProperty("log4j2.configurationFile", "classpath:log4j2-run.xml");
    }
}
