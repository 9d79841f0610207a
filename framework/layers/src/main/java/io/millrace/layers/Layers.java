package io.millrace.layers;

import io.millrace.foundation.error.ProblemException;
import io.millrace.layers.step.RecordSteps;
import io.millrace.layers.topology.LayerTopology;
import io.millrace.layers.topology.StreamCounters;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.pipeline.plan.StreamPlan;
import io.millrace.plugin.discovery.Plugins;
import io.millrace.plugin.record.TransformChain;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running layers of one pipeline. The topics of the plan must exist. Thread-safe.
 */
public final class Layers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Layers.class);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(10);

    /** What runs the topology. */
    private record Engine(
            LayerTopology topology,
            KafkaStreams streams,
            ThreadReplacement replacement,
            StateMemory memory,
            StateFolder folder) {}

    private final PipelinePlan plan;
    /** Empty for a plan without streams: there is nothing to run. */
    private final Optional<Engine> engine;

    private Layers(PipelinePlan plan, Optional<Engine> engine) {
        this.plan = plan;
        this.engine = engine;
    }

    /**
     * Starts, and returns while the threads are still finding their work. A plan whose sinks read raw topics only has no streams: nothing is
     * started then.
     *
     * @param plugins where {@code smt} steps find their transforms; not closed here
     * @throws org.apache.kafka.streams.errors.StreamsException when the state folder cannot be used
     * @throws io.millrace.foundation.error.ProblemException when a transform of an {@code smt} step is not there or refuses its settings
     */
    public static Layers start(PipelinePlan plan, LayersConfig config, Plugins plugins) {
        if (plan.streams().isEmpty()) {
            LOG.atInfo().addKeyValue("pipeline", plan.pipeline()).log("no layers to start");
            return new Layers(plan, Optional.empty());
        }
        RecordSteps.Transforms transforms = smt -> TransformChain.of(plugins, smt.transformClass(), smt.config());
        Properties settings = StreamsSettings.of(plan, config);
        LayerTopology layers = new LayerTopology(plan, transforms);
        Topology topology = layers.build(settings);
        StateMemory memory = new StateMemory(config.stateMemory());
        settings.put(StateMemory.CONFIG, memory);
        StateFolder folder = new StateFolder(config.stateDir(), StreamsSettings.applicationId(plan));
        KafkaStreams streams;
        try {
            streams = new KafkaStreams(topology, new StreamsConfig(settings));
        } catch (RuntimeException e) {
            memory.close();
            throw e;
        }
        ThreadReplacement replacement =
                new ThreadReplacement(plan.pipeline(), ThreadReplacement.Budget.DEFAULT, Clock.systemUTC());
        streams.setUncaughtExceptionHandler(replacement);
        streams.setStateListener(tellWhenRestored(plan.pipeline(), System.nanoTime()));
        Layers running = new Layers(plan, Optional.of(new Engine(layers, streams, replacement, memory, folder)));
        try {
            // the folder is locked by now: whose state is removed is ours
            folder.open();
            streams.start();
        } catch (RuntimeException e) {
            running.close();
            throw e;
        }
        LOG.atInfo()
                .addKeyValue("pipeline", plan.pipeline())
                .addKeyValue("streams", plan.streams().size())
                .log("layers started");
        return running;
    }

    /** Once: later rebalances are Kafka's news. */
    private static KafkaStreams.StateListener tellWhenRestored(String pipeline, long begin) {
        AtomicBoolean told = new AtomicBoolean();
        return (now, before) -> {
            if (now == KafkaStreams.State.RUNNING && told.compareAndSet(false, true)) {
                LOG.atInfo()
                        .addKeyValue("pipeline", pipeline)
                        .addKeyValue("millis", (System.nanoTime() - begin) / 1_000_000)
                        .log("layers have their state and run");
            }
        };
    }

    /** One per stream, in the order of the plan. */
    public List<StreamStatus> status() {
        return engine.map(this::status).orElse(List.of());
    }

    private List<StreamStatus> status(Engine running) {
        StreamStatus.State state = state(running);
        return plan.streams().stream()
                .map(stream -> status(stream, running.topology(), state))
                .toList();
    }

    /** Why the layers gave up: the error's class and message. Empty while they run. */
    public Optional<String> failure() {
        return failed().map(Throwable::toString);
    }

    /** What {@code stop_if} says where it has stopped the layers: what was not committed is read again by the next run. */
    public Optional<String> stoppedByBreaker() {
        return failed().flatMap(ThreadReplacement::breaker).map(open -> String.valueOf(open.getMessage()));
    }

    /** What is to be told where a record has stopped the layers, as {@code then: stop} of its stream says: its place, and why it cannot pass. */
    public Optional<ProblemException> stoppedByRecord() {
        return failed().flatMap(ThreadReplacement::stop);
    }

    private Optional<Throwable> failed() {
        return engine.flatMap(running -> running.replacement().failure());
    }

    /** Stops within 10 s; what is not committed then is read again at the next start. Only the first call has an effect. */
    @Override
    public void close() {
        close(CLOSE_WITHIN);
    }

    void close(Duration within) {
        engine.ifPresent(running -> close(running, within));
    }

    private void close(Engine running, Duration within) {
        running.replacement().stop();
        boolean clean = running.streams().close(within);
        if (clean) {
            running.folder().leftCleanly();
            running.memory().close();
        } else {
            // The stores may still be in use: their memory stays until the process ends.
            LOG.atWarn()
                    .addKeyValue("pipeline", plan.pipeline())
                    .addKeyValue("within", within)
                    .log("layers did not stop in time");
        }
        LOG.atInfo().addKeyValue("pipeline", plan.pipeline()).log("layers stopped");
    }

    /**
     * Forgets all state of a pipeline whose layers do not run: the local folder, the internal topics and the group's offsets. The next start
     * makes all tables anew from the raw topics; rows that it makes again as they were are written again. The streams' own topics stay.
     * What was replayed is not replayed again: what it came from is read anew, and passes or becomes a dead letter anew.
     *
     * @param within how long it may take altogether
     * @throws org.apache.kafka.common.KafkaException when the cluster refuses, or does not answer in time
     * @throws java.io.UncheckedIOException when the folder cannot be deleted
     */
    public static void reset(PipelinePlan plan, LayersConfig config, Duration within) {
        Set<String> layers = new HashSet<>(Set.of("cleaned", "enriched", "curated"));
        plan.streams().forEach(stream -> layers.add(stream.name().layer()));
        new LayersReset(StreamsSettings.applicationId(plan), config, layers, within).run(plan.replayTopic());
    }

    private static StreamStatus status(StreamPlan stream, LayerTopology topology, StreamStatus.State state) {
        StreamCounters counters = Objects.requireNonNull(topology.counters().get(stream.name()));
        return new StreamStatus(
                stream.name(),
                stream.topic(),
                counters.in().sum() + counters.held().sum(),
                counters.expanded().sum(),
                counters.out().sum(),
                counters.dropped(),
                counters.deadLetters().sum(),
                counters.held().sum(),
                state);
    }

    private static StreamStatus.State state(Engine running) {
        if (running.replacement().failure().isPresent()) {
            return StreamStatus.State.FAILED;
        }
        return switch (running.streams().state()) {
            case CREATED, REBALANCING -> StreamStatus.State.STARTING;
            case RUNNING -> StreamStatus.State.RUNNING;
            case PENDING_ERROR, ERROR -> StreamStatus.State.FAILED;
            case PENDING_SHUTDOWN, NOT_RUNNING -> StreamStatus.State.STOPPED;
        };
    }
}
