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
        System.exit(commandLine(args).execute(args));
    }

    /** A server's command alone where it is what is called: the others would be loaded and looked at for nothing. */
    private static CommandLine commandLine(String[] args) {
        return switch (args.length == 0 ? "" : args[0]) {
            case "run" -> commandLine(List.of(new RunCommand()));
            case "broker" -> commandLine(List.of(new BrokerCommand()));
            case "worker" -> commandLine(List.of(new WorkerCommand()));
            default -> commandLine();
        };
    }

    /** All commands, in the order of the help. */
    static CommandLine commandLine() {
        return commandLine(List.of(
                new RunCommand(),
                new BrokerCommand(),
                new WorkerCommand(),
                new ValidateCommand(),
                new TestCommand(),
                new GraphCommand(),
                new StatusCommand(),
                new TapCommand(),
                new TraceCommand(),
                new DeadLetterCommand(),
                new VersionCommand()));
    }

    private static CommandLine commandLine(List<Object> commands) {
        CommandLine line = new CommandLine(new MillraceCommand());
        commands.forEach(line::addSubcommand);
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
