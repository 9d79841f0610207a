package io.millrace.dev;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program's entry. Exit codes are {@link ExitCode}'s. */
@Command(
        name = "dev-services",
        description = "Starts and stops PostgreSQL, S3 and OpenSearch for development.",
        subcommands = {
            UpCommand.class,
            DownCommand.class,
            GenerateCommand.class,
            GenerateLogCommand.class,
            GenerateReadingsCommand.class
        },
        mixinStandardHelpOptions = true)
public final class DevServices {
    private static final Logger LOG = LoggerFactory.getLogger(DevServices.class);

    private DevServices() {}

    public static void main(String[] arguments) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(out, err, arguments));
    }

    /** Runs one command; what a user reads goes to {@code err}, what a program reads to {@code out}. */
    static int run(PrintWriter out, PrintWriter err, String... arguments) {
        CommandLine commands = new CommandLine(new DevServices());
        commands.setOut(out);
        commands.setErr(err);
        commands.setParameterExceptionHandler((e, given) -> {
            Problem problem = Problem.error("dev.arguments", "", e.getMessage() + ".", "See 'dev-services --help'.");
            return report(commands, ExitCode.YOURS, List.of(problem));
        });
        commands.setExecutionExceptionHandler((e, command, parsed) -> {
            if (e instanceof ProblemException known) {
                return report(commands, known.exitCode(), known.problems());
            }
            LOG.atError().setCause(e).log("dev services failed");
            Problem problem = Problem.error("dev.defect", "", "dev services failed: " + e + ".", "Please report this.");
            return report(commands, ExitCode.OURS, List.of(problem));
        });
        return commands.execute(arguments);
    }

    private static int report(CommandLine commands, ExitCode exitCode, List<Problem> problems) {
        ObjectNode line = new ObjectMapper().createObjectNode();
        ArrayNode list = line.putArray("problems");
        for (Problem problem : problems) {
            commands.getErr().println(problem.text());
            list.addObject()
                    .put("severity", problem.severity().name())
                    .put("code", problem.code())
                    .put("place", problem.place())
                    .put("message", problem.message())
                    .put("remedy", problem.remedy());
        }
        commands.getOut().println(line);
        return exitCode.status();
    }
}
