package io.millrace.app.command;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;

/** The program's entry. */
public final class Main {
    private Main() {}

    /** In the order of the help. A command is made only where it may be used: each one that is looked at costs a start some 20 ms. */
    private static final List<Supplier<Object>> COMMANDS = List.of(
            RunCommand::new,
            BrokerCommand::new,
            WorkerCommand::new,
            ValidateCommand::new,
            TestCommand::new,
            GraphCommand::new,
            StatusCommand::new,
            TapCommand::new,
            TraceCommand::new,
            DeadLetterCommand::new,
            VersionCommand::new);

    /** Those of which nobody needs to know the others. */
    private static final Map<String, Supplier<Object>> SERVERS =
            Map.of("run", RunCommand::new, "broker", BrokerCommand::new, "worker", WorkerCommand::new);

    public static void main(String[] args) {
        Supplier<Object> server = args.length == 0 ? null : SERVERS.get(args[0]);
        System.exit(commandLine(server == null ? COMMANDS : List.of(server)).execute(args));
    }

    /** All commands. */
    static CommandLine commandLine() {
        return commandLine(COMMANDS);
    }

    private static CommandLine commandLine(List<Supplier<Object>> commands) {
        CommandLine line = new CommandLine(new MillraceCommand());
        commands.forEach(command -> line.addSubcommand(command.get()));
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
