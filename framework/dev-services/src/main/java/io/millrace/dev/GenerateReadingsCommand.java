package io.millrace.dev;

import io.millrace.dev.process.ParentWatch;
import io.millrace.dev.readings.Reading;
import io.millrace.dev.readings.ReadingGenerator;
import io.millrace.dev.readings.ReadingPoster;
import io.millrace.dev.readings.ReadingScript;
import io.millrace.foundation.error.ExitCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Posts the readings of a few devices to an iot-http source. */
@Command(
        name = "generate-readings",
        description =
                "Prints 'ready', then posts readings, some of them bad on purpose, until enough is acknowledged or standard input"
                        + " ends; then prints what was acknowledged as JSON.")
@NullUnmarked
final class GenerateReadingsCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Spec
    private CommandSpec spec;

    @Option(names = "--url", required = true, description = "For example http://127.0.0.1:8088/")
    private URI url;

    @Option(
            names = "--token",
            defaultValue = "${env:MILLRACE_DEV_TOKEN:-}",
            description = "Rather given as environment variable MILLRACE_DEV_TOKEN, which other users cannot see.")
    private String token;

    @Option(names = "--rate", required = true, description = "Readings per second.")
    private double rate;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Same seed and start, same readings (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--start",
            description = "The time of the first reading, such as 2026-01-31T12:00:00Z. Without it, now.")
    private Instant start;

    @Option(names = "--count", defaultValue = "-1", description = "How many readings to post; without it, no end.")
    private long count;

    @Option(names = "--file", description = "Posts the lines of this file instead; they count as good ones.")
    private Path file;

    @Override
    public Integer call() throws Exception {
        Optional<String> bearer = Optional.of(token).filter(text -> !text.isEmpty());
        ReadingGenerator generator = new ReadingGenerator(new ReadingPoster(url, bearer, PATIENCE, seed), seed);
        if (file == null) {
            ReadingScript script = new ReadingScript(seed, start == null ? Instant.now() : start);
            run(generator, script::next);
        } else {
            try (BufferedReader lines = Files.newBufferedReader(file)) {
                run(generator, () -> next(lines));
            }
        }
        return ExitCode.OK.status();
    }

    private void run(ReadingGenerator generator, Supplier<Reading> readings) throws InterruptedException {
        generator.run(readings, rate, count, ParentWatch.endOf(System.in), line -> spec.commandLine()
                .getOut()
                .println(line));
    }

    private static Reading next(BufferedReader lines) {
        try {
            String line = lines.readLine();
            return line == null ? null : new Reading(Reading.Kind.GOOD, line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
