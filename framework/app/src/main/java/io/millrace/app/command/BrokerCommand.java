package io.millrace.app.command;

import io.millrace.broker.BrokerLite;
import io.millrace.foundation.error.ExitCode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
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
        PrintWriter out = spec.commandLine().getOut();
        System.setProperty("log4j2.configurationFile", "classpath:log4j2-broker.xml");
        CompletableFuture<BrokerLite> started = new CompletableFuture<>();
        CountDownLatch stopped = new CountDownLatch(1);
        // Invariant: there before the broker, so that one that is told to stop while it starts is stopped in order too
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(started, out, stopped), "stop"));
        BrokerLite broker;
        try {
            broker = BrokerLite.serve(Optional.ofNullable(properties), set);
        } catch (RuntimeException | Error e) {
            started.completeExceptionally(e);
            throw e;
        }
        out.println("Serving on " + broker.bootstrapServers() + "; Ctrl-C stops.");
        out.flush();
        started.complete(broker);
        stopped.await();
        return ExitCode.OK.status();
    }

    private static void stop(CompletableFuture<BrokerLite> started, PrintWriter out, CountDownLatch stopped) {
        started.handle((broker, failure) -> {
                    if (failure == null) {
                        broker.close();
                        out.println("Stopped.");
                        out.flush();
                    }
                    return "";
                })
                .join();
        stopped.countDown();
    }
}
