package io.millrace.app.command;

import picocli.CommandLine.Option;

/** {@code --help}, alike on every command. */
final class Help {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean asked;
}
