package io.millrace.dev;

import io.millrace.dev.shop.ShopGenerator;
import io.millrace.foundation.error.ExitCode;
import java.util.concurrent.Callable;
import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Fills a database with the example shop and keeps changing it. */
@Command(
        name = "generate",
        description =
                "Makes the tables customers, orders and order_details where they are missing, prints 'ready', then changes them"
                        + " until enough is done or standard input ends.")
@NullUnmarked
final class GenerateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--url", required = true, description = "jdbc:postgresql://host:port/database")
    private String url;

    @Option(names = "--user", required = true)
    private String user;

    @Option(
            names = "--password",
            defaultValue = "${env:MILLRACE_DEV_PASSWORD:-}",
            description = "Rather given as environment variable MILLRACE_DEV_PASSWORD, which other users cannot see.")
    private String password;

    @Option(names = "--rate", required = true, description = "Changes per second; 0 makes the base data only.")
    private double rate;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Same seed, same data and changes (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--changes", defaultValue = "-1", description = "How many changes to make; without it, no end.")
    private long changes;

    @Override
    public Integer call() throws Exception {
        new ShopGenerator(url, user, password, seed).run(rate, changes, System.in, line -> spec.commandLine()
                .getOut()
                .println(line));
        return ExitCode.OK.status();
    }
}
