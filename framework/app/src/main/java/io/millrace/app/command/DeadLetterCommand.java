package io.millrace.app.command;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.ProblemException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What stands above the commands about dead letters. */
@Command(
        name = "deadletter",
        description = "See the records that could not pass, and let them enter their stages again.",
        subcommands = {
            DeadLetterList.class,
            DeadLetterGroups.class,
            DeadLetterShow.class,
            DeadLetterReplay.class,
        })
public final class DeadLetterCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Help help = new Help();

    @Override
    public void run() {
        throw new ProblemException(ExitCode.YOURS, UsageProblems.noCommand(spec));
    }
}
