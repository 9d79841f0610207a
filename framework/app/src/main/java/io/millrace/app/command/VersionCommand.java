package io.millrace.app.command;

import io.millrace.app.Installation;
import java.util.concurrent.Callable;
import org.apache.kafka.common.utils.AppInfoParser;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code millrace version}. */
@Command(name = "version", description = "Print the version.")
public final class VersionCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        spec.commandLine()
                .getOut()
                .printf(
                        "millrace %s (Kafka %s, Java %s)%n",
                        Installation.version(), AppInfoParser.getVersion(), System.getProperty("java.version"));
        return 0;
    }
}
