package io.millrace.app.command;

import io.millrace.broker.BrokerLite;
import io.millrace.foundation.error.ExitCode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace broker}: serves Kafka's clients until it is told to stop. */
@Command(name = "broker", description = "Run a Kafka broker of one node, from a Kafka server.properties.")
public final class BrokerCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Help help = new Help();

    @Parameters(
            arity = "0..1",
            paramLabel = "<server.properties>",
            description = "A file as Kafka reads it; without one the broker listens on 127.0.0.1:9092.")
    private @Nullable Path properties;

    @Option(
            names = "--set",
            paramLabel = "<key=value>",
            description = "A property that stands above the file; repeatable.")
    private Map<String, String> set = new LinkedHashMap<>();

    @Override
    public Integer call() throws InterruptedException {
        System.setProperty("log4j2.configurationFile", "classpath:log4j2-broker.xml");
        Serving.untilStopped(
                spec.commandLine().getOut(),
                () -> BrokerLite.serve(Optional.ofNullable(properties), set),
                broker -> "Serving on " + broker.bootstrapServers() + "; Ctrl-C stops.");
        return ExitCode.OK.status();
    }
}
