package io.millrace.app.command;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.ProblemException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What stands above the commands. */
@Command(
        name = "millrace",
        description = "Moves records from where they are made to where they are used.",
        versionProvider = VersionCommand.class,
        footer = {"", "Exit status: 0 done, 1 a fault of Millrace, 2 a fault in your input, 3 the environment."})
public final class MillraceCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Help help = new Help();

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Print the version.")
    private boolean version;

    @Override
    public void run() {
        throw new ProblemException(ExitCode.YOURS, UsageProblems.noCommand(spec));
    }
}
