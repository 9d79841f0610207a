package io.millrace.app.command;

import io.millrace.app.Installation;
import java.util.concurrent.Callable;
import org.apache.kafka.common.utils.AppInfoParser;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code millrace version}, and what {@code millrace --version} prints. */
@Command(name = "version", description = "Print the version.")
public final class VersionCommand implements Callable<Integer>, IVersionProvider {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Help help = new Help();

    @Override
    public Integer call() {
        spec.commandLine().getOut().println(text());
        return 0;
    }

    @Override
    public String[] getVersion() {
        return new String[] {text()};
    }

    private static String text() {
        return "millrace " + Installation.version() + " (Kafka " + AppInfoParser.getVersion() + ", Java "
                + System.getProperty("java.version") + ")";
    }
}
