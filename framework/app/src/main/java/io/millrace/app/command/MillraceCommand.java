package io.millrace.app.command;

import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What stands above the commands. */
@Command(
        name = "millrace",
        description = "Moves records from where they are made to where they are used.",
        footer = {"", "Exit status: 0 done, 1 a fault of Millrace, 2 a fault in your input, 3 the environment."})
public final class MillraceCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "[cli.no-command] No command was given. Commands: "
                        + String.join(
                                ", ",
                                new TreeSet<>(spec.subcommands().keySet()))
                        + ".");
    }

}
