package io.millrace.app.command;

import io.millrace.app.Testing;
import io.millrace.app.testing.JUnitReport;
import io.millrace.app.testing.TestReport;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace test}: runs the tests that pipelines bring along. */
@Command(name = "test", description = "Run the tests of pipelines: in memory, without a broker, with a virtual clock.")
public final class TestCommand implements Callable<Integer> {
    private static final Path PIPELINES = Path.of("pipelines");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Help help = new Help();

    @Parameters(
            paramLabel = "<pipeline>",
            arity = "0..*",
            description = "YAML files, or folders with pipeline.yaml (default: those in the folder 'pipelines').")
    private List<Path> pipelines = new ArrayList<>();

    @Option(
            names = {"-e", "--environment"},
            description = "One of the pipelines' environments.")
    private @Nullable String environment;

    @Option(names = "--only", description = "Only tests with this text in their name.")
    private @Nullable String only;

    @Option(names = "--junit", description = "Write the results to a file too, as JUnit's XML.")
    private @Nullable Path junit;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "text",
            description = "text or json (default: ${DEFAULT-VALUE}).")
    private Target.Output output = Target.Output.text;

    @Override
    public Integer call() {
        String wanted = only == null ? "" : only;
        List<Path> paths = pipelines.isEmpty() ? inFolder(PIPELINES) : pipelines;
        List<TestReport.OfPipeline> reports =
                Testing.run(paths, Optional.ofNullable(environment), name -> name.contains(wanted));
        if (only != null && reports.stream().allMatch(report -> report.results().isEmpty())) {
            throw new ProblemException(
                    ExitCode.YOURS,
                    Problem.error(
                            "test.none",
                            "",
                            "No test has '" + wanted + "' in its name.",
                            "Leave '--only' out to see all names."));
        }
        boolean passed = reports.stream().allMatch(report -> report.failed() == 0);
        if (junit != null) {
            write(junit, JUnitReport.xml(reports));
        }
        PrintWriter out = spec.commandLine().getOut();
        if (output == Target.Output.json) {
            Target.print(out, "test", passed, TestReport.json(reports));
        } else {
            TestReport.lines(reports).forEach(out::println);
        }
        return (passed ? ExitCode.OK : ExitCode.YOURS).status();
    }

    private static List<Path> inFolder(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw nothing("There is no folder 'pipelines' here.");
        }
        try (Stream<Path> children = Files.list(folder)) {
            List<Path> found = children.filter(child -> Files.exists(child.resolve("pipeline.yaml")))
                    .sorted()
                    .toList();
            if (found.isEmpty()) {
                throw nothing("No folder in 'pipelines' has a pipeline.yaml.");
            }
            return found;
        } catch (IOException e) {
            throw nothing("The folder 'pipelines' cannot be read: " + e + ".");
        }
    }

    private static ProblemException nothing(String message) {
        return new ProblemException(
                ExitCode.YOURS,
                Problem.error(
                        "test.no-pipeline", "", message, "Name a pipeline file, or a folder with pipeline.yaml."));
    }

    private static void write(Path file, String xml) {
        try {
            if (file.getParent() != null) {
                Files.createDirectories(file.getParent());
            }
            Files.writeString(file, xml);
        } catch (IOException e) {
            throw new ProblemException(
                    ExitCode.ENVIRONMENT,
                    Problem.error(
                            "test.report",
                            file.toString(),
                            "The results cannot be written: " + e + ".",
                            "Choose another file (--junit)."),
                    e);
        }
    }
}
