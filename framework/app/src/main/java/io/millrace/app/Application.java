package io.millrace.app;

import io.millrace.api.ConnectorShorthand;
import io.millrace.app.dev.DevInputs;
import io.millrace.app.dev.DevNeeds;
import io.millrace.app.dev.DevServices;
import io.millrace.app.status.StatusFile;
import io.millrace.app.summary.Summary;
import io.millrace.app.topic.RunFile;
import io.millrace.broker.BrokerConfig;
import io.millrace.broker.BrokerLite;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import io.millrace.foundation.lifecycle.Lifecycle;
import io.millrace.layers.Layers;
import io.millrace.layers.LayersConfig;
import io.millrace.pipeline.CheckedPipeline;
import io.millrace.pipeline.PipelineLoader;
import io.millrace.pipeline.ResolvedSection;
import io.millrace.pipeline.plan.ConnectorPlan;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.pipeline.reference.ReferenceResolver;
import io.millrace.plugin.discovery.Plugins;
import io.millrace.worker.Worker;
import io.millrace.worker.WorkerConfig;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of one pipeline: the only class that knows all parts, in the order in which they start. {@link #close()} stops what was started,
 * in reverse, from any thread and at any moment; {@link #start()} and the look methods belong to one thread.
 */
public final class Application implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Application.class);
    private static final Duration RESET_WITHIN = Duration.ofSeconds(60);

    private final RunOptions options;
    private final PrintWriter messages;
    private final Installation installation = Installation.current();
    private final Lifecycle lifecycle = new Lifecycle();
    private volatile boolean closing;
    private boolean breakerTold;
    private @Nullable Running running;

    /** What a started run looks at. */
    private record Running(Layers layers, SummaryTracker tracker, StatusTracker status) {}

    /**
     * @param messages where progress and warnings are told
     */
    public Application(RunOptions options, PrintWriter messages) {
        this.options = options;
        this.messages = messages;
    }

    /**
     * Starts everything; returns when all parts run.
     *
     * @throws ProblemException with all that is wrong; the caller closes what was started until then
     */
    public void start() {
        StartPhases phases = StartPhases.sinceStartOfJava();
        Plugins plugins = lifecycle.started("plugins", Plugins.scan(installation.pluginPath()));
        CheckedPipeline pipeline =
                PipelineLoader.load(options.pipeline(), options.environment(), new PluginCatalog(plugins));
        pipeline.warnings().forEach(warning -> say("warning: " + warning.text()));
        // unanswered references are told before anything is started
        ReferenceResolver own = OwnReferences.resolver();
        DevInputs inputs = DevInputs.in(options.dataDir().resolve("dev"));
        PipelinePlan expected = pipeline.plan(
                options.dev() ? own.or(DevNeeds.of(pipeline.references(), own).expected(inputs)) : own);
        phases.ended("pipeline");

        BrokerConfig brokerConfig =
                BrokerConfig.in(options.dataDir().resolve("broker")).onPort(options.brokerPort());
        BrokerLite.check(brokerConfig);
        // The dev services come up beside the broker: each waits for its own disk and processes.
        DevRun dev = startDevServices(pipeline, own, inputs);
        BrokerLite broker = startBroker(brokerConfig, dev);
        LOG.atInfo().addKeyValue("broker", broker.bootstrapServers()).log("broker started");
        phases.ended("broker");

        if (!options.dev()) {
            Preflight.check(pipeline.sections(own));
            phases.ended("preflights");
        }
        // Dev services answer for connectors only: topics and layers need not wait for them. Restoring their state
        // takes the longest.
        Topics.ensure(broker.bootstrapServers(), expected.topics());
        lifecycle.started("run file", RunFile.write(options.dataDir(), broker.bootstrapServers(), expected.pipeline()));
        phases.ended("topics");
        Layers layers = startLayers(expected, broker, plugins);
        phases.ended("layers");
        Worker worker = startWorker(broker, plugins);
        phases.ended("worker");

        // Sources do not wait for the servers of sinks.
        ReferenceResolver early = dev.awaitSources().resolver();
        phases.ended("servers of sources");
        if (options.dev()) {
            Preflight.check(pipeline.sections(early).stream()
                    .filter(section -> !dev.isLate(section.section()))
                    .toList());
        }
        deploy(worker, pipeline.plan(early).connectors(), ConnectorShorthand.Role.SOURCE);
        phases.ended("sources");

        DevRun.Answers answers = dev.awaitAll();
        phases.ended("servers of sinks");
        PipelinePlan whole = pipeline.plan(answers.resolver());
        Preflight.check(pipeline.sections(answers.resolver()).stream()
                .filter(section -> dev.isLate(section.section()))
                .toList());
        deploy(worker, whole.connectors(), ConnectorShorthand.Role.SINK);
        phases.ended("sinks");
        // Last: each of its programs takes a second of processor that the pipeline has a use for.
        dev.feed(
                devServices(),
                pipeline.sections(answers.resolver()).stream()
                        .map(ResolvedSection::section)
                        .toList(),
                lifecycle,
                options.rate());
        phases.ended("dev inputs");
        DeadLetterTail tail = lifecycle.started(
                "dead letter groups", new DeadLetterTail(broker.bootstrapServers(), whole.deadLetterTopic()));
        Landings landings =
                new Landings(answers.environment(), options.dataDir().resolve("dev"));
        running = new Running(
                layers,
                new SummaryTracker(whole, broker.bootstrapServers(), layers, worker, tail, landings),
                new StatusTracker(
                        whole,
                        broker.bootstrapServers(),
                        pipeline.personalFields(),
                        layers,
                        worker,
                        Clock.systemUTC()));
        reportStatus();
        phases.ended("status");
        say(phases.text());
        LOG.atInfo().addKeyValue("phases", phases.text()).log("started");
        ClassArchive.wanted().ifPresent(archive -> lifecycle.started("class archive", archive.makeWhenQuiet()));
    }

    /** A broker that does not start is told only when the dev services are there to be stopped: they are in the lifecycle then. */
    private BrokerLite startBroker(BrokerConfig config, DevRun dev) {
        say("Starting the broker");
        try {
            return lifecycle.started("broker", BrokerLite.start(config));
        } catch (RuntimeException e) {
            dev.settle();
            throw e;
        }
    }

    private DevRun startDevServices(CheckedPipeline pipeline, ReferenceResolver own, DevInputs inputs) {
        if (!options.dev()) {
            return DevRun.none(own, inputs);
        }
        return DevRun.start(devServices(), pipeline.references(), own, inputs, lifecycle, options.rate(), this::say);
    }

    private DevServices devServices() {
        return new DevServices(installation.devHome(), options.dataDir().resolve("dev"));
    }

    private Layers startLayers(PipelinePlan plan, BrokerLite broker, Plugins plugins) {
        LayersConfig config =
                LayersConfig.of(broker.bootstrapServers(), options.dataDir().resolve("layers"));
        if (options.rebuildLayers()) {
            say("Forgetting the layers' state");
            Layers.reset(plan, config, RESET_WITHIN);
        }
        return lifecycle.started("layers", Layers.start(plan, config, plugins));
    }

    private Worker startWorker(BrokerLite broker, Plugins plugins) {
        WorkerConfig config = WorkerConfig.at(broker.bootstrapServers())
                .offsetTopic("millrace-offsets", 1, (short) 1)
                .build();
        return lifecycle.started("worker", Worker.start(config, plugins));
    }

    private static void deploy(Worker worker, List<ConnectorPlan> connectors, ConnectorShorthand.Role role) {
        connectors.stream()
                .filter(connector -> connector.role() == role)
                .forEach(connector -> worker.deploy(connector.name(), connector.config()));
    }

    /** Tells other processes how the run fares, from now on and as long as it runs. */
    private void reportStatus() {
        StatusFile file = lifecycle.started("status file", new StatusFile(options.dataDir()));
        ScheduledExecutorService reporter =
                Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "status"));
        lifecycle.started("status", () -> {
            reporter.shutdownNow();
            if (!reporter.awaitTermination(1, TimeUnit.SECONDS)) {
                LOG.atWarn().log("the status report did not stop in time");
            }
        });
        StatusTracker status = started().status();
        file.write(status.look());
        reporter.scheduleWithFixedDelay(
                () -> report(file, status),
                StatusFile.EVERY.toMillis(),
                StatusFile.EVERY.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private static void report(StatusFile file, StatusTracker status) {
        try {
            file.write(status.look());
        } catch (RuntimeException e) {
            // the executor would never try again
            LOG.atWarn().setCause(e).log("the status cannot be told");
        }
    }

    /** How the run fares now. */
    public Summary summary() {
        return started().tracker().look();
    }

    /**
     * Ends a run whose layers have given up, or that a record stopped. Of layers that {@code stop_if} stopped it tells once, and the run goes on.
     *
     * @throws ProblemException of ours, {@code run.layers-failed}; of yours, {@code stream.stopped}, with the record's place
     */
    public void throwIfFailed() {
        started().layers().stoppedByRecord().ifPresent(stop -> {
            throw stop;
        });
        Optional<String> breaker = started().layers().stoppedByBreaker();
        if (breaker.isPresent()) {
            // The stage stops, not the run: sources and sinks go on, and the dead letters can be looked at.
            if (!breakerTold) {
                breakerTold = true;
                say(breaker.get());
            }
            return;
        }
        started().layers().failure().ifPresent(failure -> {
            throw new ProblemException(
                    ExitCode.OURS,
                    Problem.error(
                            "run.layers-failed",
                            "",
                            "The layers have failed again and again and gave up: " + failure + ".",
                            "The log tells more. What was committed stays; the next run goes on from there."));
        });
    }

    /** Whether a stop was asked for. */
    public boolean isClosing() {
        return closing;
    }

    @Override
    public void close() {
        closing = true;
        lifecycle.close();
    }

    private Running started() {
        if (running == null) {
            throw new IllegalStateException("not started");
        }
        return running;
    }

    private void say(String line) {
        messages.println(line);
        messages.flush();
    }
}
