package io.millrace.app;

import io.millrace.api.Section;
import io.millrace.app.dev.DevEnvironment;
import io.millrace.app.dev.DevInputs;
import io.millrace.app.dev.DevNeeds;
import io.millrace.app.dev.DevServices;
import io.millrace.foundation.lifecycle.Lifecycle;
import io.millrace.pipeline.reference.Reference;
import io.millrace.pipeline.reference.ReferenceResolver;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * The dev services of a run, coming up on a thread of their own beside the broker: what the sources need first, so that they do not wait
 * for what sinks need.
 */
final class DevRun {

    /**
     * What is known of the references.
     *
     * @param environment of the servers that are there
     */
    record Answers(ReferenceResolver resolver, Optional<DevEnvironment> environment) {}

    private final DevNeeds needs;
    private final DevInputs inputs;
    private final CompletableFuture<Answers> forSources = new CompletableFuture<>();
    private final CompletableFuture<Answers> all = new CompletableFuture<>();

    private DevRun(DevNeeds needs, DevInputs inputs) {
        this.needs = needs;
        this.inputs = inputs;
    }

    /** Nothing to start: the user's own references are all there is. */
    static DevRun none(ReferenceResolver own, DevInputs inputs) {
        DevRun run = new DevRun(DevNeeds.of(List.of(), own), inputs);
        Answers answers = new Answers(own, Optional.empty());
        run.forSources.complete(answers);
        run.all.complete(answers);
        return run;
    }

    /**
     * Begins to start what the references need.
     *
     * @param lifecycle is given what is to be stopped, before it is started
     * @param rate changes a second that the dev shop makes
     */
    static DevRun start(
            DevServices services,
            List<Reference> references,
            ReferenceResolver own,
            DevInputs inputs,
            Lifecycle lifecycle,
            double rate,
            Consumer<String> messages) {
        DevNeeds needs = DevNeeds.of(references, own);
        DevRun run = new DevRun(needs, inputs);
        if (!needs.logs().isEmpty()) {
            inputs.prepare();
        }
        if (!needs.needsServers()) {
            Answers answers = new Answers(own.or(needs.answers(DevEnvironment.none(), inputs)), Optional.empty());
            run.forSources.complete(answers);
            run.all.complete(answers);
            return run;
        }
        new Thread(() -> run.bringUp(services, own, lifecycle, rate, messages), "dev-services").start();
        return run;
    }

    private void bringUp(
            DevServices services, ReferenceResolver own, Lifecycle lifecycle, double rate, Consumer<String> messages) {
        try {
            lifecycle.started("dev services", services::down);
            if (needs.databases().isEmpty()) {
                forSources.complete(new Answers(own.or(needs.expected(inputs)), Optional.empty()));
            }
            DevEnvironment environment = services.up(needs, soFar -> {
                if (soFar.postgres().isPresent() && !forSources.isDone()) {
                    messages.accept("Making the dev shop");
                    lifecycle.started(
                            "dev shop", services.generate(soFar.postgres().get(), rate));
                    forSources.complete(new Answers(
                            own.or(needs.answers(soFar, inputs)).or(needs.expected(inputs)), Optional.of(soFar)));
                }
            });
            environment.s3().ifPresent(DevEnvironment.S3::answerDefaultChain);
            all.complete(new Answers(own.or(needs.answers(environment, inputs)), Optional.of(environment)));
            // no effect where the sources have their answer, as they do
            forSources.completeExceptionally(new IllegalStateException("the dev services named no database"));
        } catch (RuntimeException | Error e) {
            forSources.completeExceptionally(e);
            all.completeExceptionally(e);
        }
    }

    /**
     * Begins to feed the sources that no server stands behind.
     *
     * @param sources sections with their references resolved
     * @param rate lines and readings a second; 0 for none
     */
    void feed(DevServices services, List<Section> sources, Lifecycle lifecycle, double rate) {
        if (rate <= 0) {
            return;
        }
        for (Section source : sources) {
            if (needs.logs().contains(source.name())) {
                lifecycle.started("dev log of " + source.name(), services.generateLog(inputs.accessLog(), rate));
            } else if (needs.devices().contains(source.name())) {
                URI url = URI.create("http://127.0.0.1:" + source.field("port").orElse("")
                        + source.field("path").orElse("/"));
                lifecycle.started(
                        "dev devices of " + source.name(), services.generateReadings(url, inputs.token(), rate));
            }
        }
    }

    /** Whether a sink's server may not be there yet when {@link #awaitSources} returns. */
    boolean isLate(Section section) {
        return needs.isSink(section.name());
    }

    /** Waits for what the sources need. What sinks need may still be answered by stand-ins: good for a plan, not for a connection. */
    Answers awaitSources() {
        return join(forSources);
    }

    /** Waits for everything. */
    Answers awaitAll() {
        return join(all);
    }

    /** Waits until nothing is being started any more, whether it went well or not. */
    void settle() {
        all.handle((answers, failure) -> failure).join();
    }

    private static <T> T join(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }
}
