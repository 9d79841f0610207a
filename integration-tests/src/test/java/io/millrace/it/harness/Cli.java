package io.millrace.it.harness;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Runs commands to their end. Immutable. */
public final class Cli {
    private static final Duration END_WITHIN = Duration.ofSeconds(60);

    /** No command here runs long enough for the other one. */
    static final String QUICK_COMPILER = "-XX:TieredStopAtLevel=1";

    private final Path workFolder;
    private final Map<String, String> environment;

    private Cli(Path workFolder, Map<String, String> environment) {
        this.workFolder = workFolder;
        this.environment = Map.copyOf(environment);
    }

    /** What a command left: its exit status, and all that it printed, lines joined by {@code \n}. */
    public record Answer(int status, String output) {}

    /** With nothing in the environment that a pipeline could refer to. */
    public static Cli in(Path workFolder) {
        return new Cli(workFolder, Map.of("MILLRACE_JVM_OPTS", QUICK_COMPILER));
    }

    /** The same with a variable set, in place of what it was. */
    public Cli with(String name, String value) {
        Map<String, String> more = new TreeMap<>(environment);
        more.put(name, value);
        return new Cli(workFolder, more);
    }

    /** A command of the distribution. */
    public Answer millrace(String... arguments) throws IOException, InterruptedException {
        return end(MillraceProcess.start(workFolder, environment, List.of(arguments)));
    }

    /** Any command. */
    public Answer command(List<String> command) throws IOException, InterruptedException {
        return end(MillraceProcess.startCommand(workFolder, environment, command));
    }

    private static Answer end(MillraceProcess process) throws InterruptedException {
        try (process) {
            int status = process.awaitExit(END_WITHIN);
            return new Answer(status, process.output());
        }
    }
}
