package io.millrace.app.command;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;

/** The program's entry. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new MillraceCommand())
                .addSubcommand(new RunCommand())
                .addSubcommand(new BrokerCommand())
                .addSubcommand(new WorkerCommand())
                .addSubcommand(new ValidateCommand())
                .addSubcommand(new TestCommand())
                .addSubcommand(new GraphCommand())
                .addSubcommand(new StatusCommand())
                .addSubcommand(new TapCommand())
                .addSubcommand(new TraceCommand())
                .addSubcommand(new DeadLetterCommand())
                .addSubcommand(new VersionCommand());
        line.setExecutionExceptionHandler((e, command, parsed) -> answer(e, command.getErr()));
        line.setParameterExceptionHandler((e, arguments) ->
                tell(UsageProblems.of(e), ExitCode.YOURS, e.getCommandLine().getErr()));
        return line;
    }

    private static int tell(List<Problem> problems, ExitCode exitCode, PrintWriter err) {
        for (Problem problem : problems) {
            String mark = problem.severity() == Problem.Severity.WARNING ? "warning: " : "";
            err.println(mark + problem.text());
        }
        return exitCode.status();
    }

    private static int answer(Exception e, PrintWriter err) {
        if (e instanceof ProblemException problems) {
            return tell(problems.problems(), problems.exitCode(), err);
        }
        Problem ours = Problem.error(
                "millrace.defect",
                "",
                "Millrace failed where it should not: " + String.valueOf(e).replaceAll("\\.$", "") + ".",
                "Please report it with the lines below.");
        err.println(ours.text());
        e.printStackTrace(err);
        return ExitCode.OURS.status();
    }
}
