package io.millrace.dev;

import io.millrace.dev.process.ParentWatch;
import io.millrace.dev.weblog.AccessLogGenerator;
import io.millrace.dev.weblog.AccessLogScript;
import io.millrace.foundation.error.ExitCode;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes the access log of a made-up web shop. */
@Command(
        name = "generate-log",
        description =
                "Prints 'ready', then writes lines of an access log, some of them cut off on purpose, and rotates it, until enough is"
                        + " written or standard input ends.")
@NullUnmarked
final class GenerateLogCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--file", required = true, description = "The log; its folder must be there.")
    private Path file;

    @Option(names = "--rate", required = true, description = "Lines per second.")
    private double rate;

    @Option(names = "--seed", defaultValue = "1", description = "Same seed, same visitors (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--count", defaultValue = "-1", description = "How many lines to write; without it, no end.")
    private long count;

    @Option(
            names = "--lines-per-file",
            defaultValue = "1000",
            description = "Rotated after so many lines (default: ${DEFAULT-VALUE}).")
    private int linesPerFile;

    @Override
    public Integer call() throws Exception {
        new AccessLogGenerator(file, new AccessLogScript(seed), Clock.systemUTC(), linesPerFile)
                .run(rate, count, ParentWatch.endOf(System.in), line -> spec.commandLine()
                        .getOut()
                        .println(line));
        return ExitCode.OK.status();
    }
}
