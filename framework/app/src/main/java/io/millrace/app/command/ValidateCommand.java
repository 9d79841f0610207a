package io.millrace.app.command;

import io.millrace.app.Checking;
import io.millrace.foundation.error.Problem;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace validate}: everything that is wrong with a pipeline, at once and offline. */
@Command(name = "validate", description = "Check a pipeline offline: all problems at once.")
public final class ValidateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Help help = new Help();

    @Parameters(paramLabel = "<pipeline>", description = "A YAML file, or a folder with pipeline.yaml.")
    private Path pipeline = Path.of("");

    @Option(
            names = {"-e", "--environment"},
            description = "One of the pipeline's environments.")
    private @Nullable String environment;

    @Option(names = "--allow-unresolved", description = "Pass over references that have no value here.")
    private boolean allowUnresolved;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        List<Problem> warnings = Checking.check(pipeline, Optional.ofNullable(environment), allowUnresolved);
        warnings.forEach(warning -> out.println("warning: " + warning.text()));
        out.println(pipeline + " is valid.");
        return 0;
    }
}
