package io.millrace.app.command;

import io.millrace.foundation.config.DidYouMean;
import io.millrace.foundation.error.Problem;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What was typed and no command understands, as problems. */
public final class UsageProblems {
    private final CommandSpec spec;

    private UsageProblems(CommandSpec spec) {
        this.spec = spec;
    }

    /** All that the parser found; never empty. */
    public static List<Problem> of(ParameterException e) {
        UsageProblems usage = new UsageProblems(e.getCommandLine().getCommandSpec());
        List<String> unmatched = e instanceof UnmatchedArgumentException u
                ? u.getUnmatched()
                : e.getCommandLine().getUnmatchedArguments();
        List<String> options = unmatched.stream()
                .filter(argument -> argument.startsWith("-"))
                .map(argument -> argument.replaceAll("=.*", ""))
                .toList();
        if (!options.isEmpty()) {
            // what was meant as an option's value may stand as an argument too many, or in the place of one
            return options.stream().map(usage::unknownOption).toList();
        }
        if (!unmatched.isEmpty()) {
            return List.of(usage.tooMany(unmatched.get(0)));
        }
        if (e instanceof MissingParameterException missing) {
            return missing.getMissing().stream().map(usage::missing).toList();
        }
        return List.of(usage.badValue(e));
    }

    /** No command at all. */
    static Problem noCommand(CommandSpec spec) {
        return Problem.error("cli.no-command", "", "No command was given.", new UsageProblems(spec).commands());
    }

    private Problem unknownOption(String option) {
        TreeSet<String> known =
                spec.options().stream().map(OptionSpec::longestName).collect(Collectors.toCollection(TreeSet::new));
        return Problem.error(
                "cli.unknown-option",
                "",
                "'" + option + "' is not an option of '" + spec.qualifiedName() + "'.",
                DidYouMean.hint(option, known) + "Options: " + String.join(", ", known) + ".");
    }

    private Problem tooMany(String argument) {
        if (!spec.subcommands().isEmpty()) {
            return Problem.error(
                    "cli.unknown-command",
                    "",
                    "'" + argument + "' is not a command.",
                    DidYouMean.hint(argument, spec.subcommands().keySet()) + commands());
        }
        return Problem.error(
                "cli.extra-argument", "", "'" + argument + "' is one argument too many.", "Usage: " + usage() + ".");
    }

    private Problem missing(ArgSpec missing) {
        if (missing instanceof OptionSpec option) {
            return Problem.error(
                    "cli.missing-value",
                    "",
                    "The option '" + option.longestName() + "' has no value.",
                    "Write " + kind(option) + " after it.");
        }
        return Problem.error(
                "cli.missing-argument", "", "'" + missing.paramLabel() + "' is missing.", "Usage: " + usage() + ".");
    }

    private Problem badValue(ParameterException e) {
        if (e instanceof OverwrittenOptionException repeated
                && repeated.getOverwritten() instanceof OptionSpec option) {
            return Problem.error(
                    "cli.repeated-option",
                    "",
                    "The option '" + option.longestName() + "' is given more than once.",
                    "Give it once.");
        }
        if (e.getArgSpec() instanceof OptionSpec option && e.getValue() != null) {
            return Problem.error(
                    "cli.bad-value",
                    "",
                    "'" + e.getValue() + "' is no value for '" + option.longestName() + "'.",
                    option.type() == boolean.class ? "It takes none." : "Write " + kind(option) + ".");
        }
        return Problem.error(
                "cli.arguments",
                "",
                String.valueOf(e.getMessage()).replaceAll("\\.$", "") + ".",
                "See '" + spec.qualifiedName() + " --help'.");
    }

    private String commands() {
        return "Commands: " + String.join(", ", new TreeSet<>(spec.subcommands().keySet())) + ". '"
                + spec.qualifiedName() + " --help' says more.";
    }

    private String usage() {
        return spec.qualifiedName()
                + (spec.options().isEmpty() ? "" : " [options]")
                + spec.positionalParameters().stream()
                        .map(parameter -> " " + parameter.paramLabel())
                        .collect(Collectors.joining());
    }

    private static String kind(ArgSpec option) {
        Class<?> type = option.type();
        if (type == int.class) {
            return "a whole number";
        }
        return type == double.class ? "a number" : "a text";
    }
}
