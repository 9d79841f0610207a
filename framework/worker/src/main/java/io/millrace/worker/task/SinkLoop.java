package io.millrace.worker.task;

import io.millrace.foundation.lifecycle.Lifecycle;
import io.millrace.plugin.record.ConverterSet;
import io.millrace.plugin.record.RecordPath;
import io.millrace.plugin.record.TransformChain;
import io.millrace.worker.fault.DeadLetterTopic;
import io.millrace.worker.fault.ErrorPolicy;
import io.millrace.worker.fault.StageRunner;
import io.millrace.worker.offset.SinkProgress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One life of a sink task: subscribes, makes the task, and lets {@link SinkRounds} feed it until the stop. */
final class SinkLoop implements TaskLoop {
    private static final Logger LOG = LoggerFactory.getLogger(SinkLoop.class);
    private static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private final TaskSpec spec;
    private final TaskServices services;
    private final StopSignal stop;
    private final TaskMonitor monitor;
    private final TaskFaults faults;
    private final SinkReplays replays;
    private final Lifecycle parts = new Lifecycle();
    private final AtomicBoolean stopCalled = new AtomicBoolean();
    private @Nullable SinkRounds rounds;
    private volatile boolean abandoned;
    private volatile @Nullable SinkTask task;
    private volatile @Nullable Producer<byte[], byte[]> deadLetterProducer;
    private volatile @Nullable Consumer<byte[], byte[]> consumer;

    SinkLoop(TaskSpec spec, TaskServices services, StopSignal stop, TaskMonitor monitor, TaskFaults faults) {
        this.spec = spec;
        this.services = services;
        this.stop = stop;
        this.monitor = monitor;
        this.faults = faults;
        this.replays = SinkReplays.of(spec);
    }

    @Override
    public void start() {
        Map<String, String> config = spec.connectorConfig();
        TransformChain<SinkRecord> transforms = parts.started(
                "transforms",
                TransformChain.create(services.plugins(), spec.loader(), config, RecordPath.of(services.converters())));
        ConverterSet converters = parts.started(
                "converters", ConverterSet.create(services.plugins(), spec.loader(), config, services.converters()));
        ErrorPolicy policy = ErrorPolicy.from(config);
        DeadLetterTopic deadLetters = spec.deadLetters(policy, services.admin());
        SinkConversion conversion = new SinkConversion(
                spec.place(),
                replays,
                transforms,
                converters,
                new StageRunner(policy, services.clock(), services.newRandom(), stop),
                policy,
                deadLetters);
        Producer<byte[], byte[]> producer = deadLetters == null ? null : deadLetterProducer();
        Consumer<byte[], byte[]> made = services.clients()
                .sinkConsumer("connect-" + spec.connector(), "connect-" + spec.connector() + "-" + spec.task(), config);
        consumer = made;
        parts.started("consumer", this::closeConsumer);
        startTask(made, policy, conversion, converters, new SinkCommitter(spec.place(), made, producer));
    }

    private Producer<byte[], byte[]> deadLetterProducer() {
        Producer<byte[], byte[]> producer = services.clients()
                .transactionalProducer(
                        services.transactionalId(spec) + "-deadletter", TRANSACTION_TIMEOUT, spec.connectorConfig());
        deadLetterProducer = producer;
        parts.started("dead letter producer", () -> producer.close(CLOSE_TIMEOUT));
        // Ends what an earlier life left open: the committed offsets cannot be read before that.
        producer.initTransactions();
        return producer;
    }

    private void startTask(
            Consumer<byte[], byte[]> subscriber,
            ErrorPolicy policy,
            SinkConversion conversion,
            ConverterSet converters,
            SinkCommitter committer) {
        TaskMetrics metrics = parts.started(
                "metrics",
                new TaskMetrics(Map.of("connector", spec.connector(), "task", Integer.toString(spec.task()))));
        SinkTask made = (SinkTask) spec.taskClass().newInstance();
        monitor.made(made.version());
        SinkReports reports = new SinkReports(conversion, converters);
        boolean reporting = policy.deadLetterTopic().isPresent() || policy.skips() || policy.log();
        SinkContext context =
                new SinkContext(new HashMap<>(spec.taskConfig()), subscriber, reporting ? reports : null, metrics);
        SinkLife life = new SinkLife(
                spec,
                made,
                subscriber,
                context,
                reports,
                new SinkProgress<>(),
                new SinkBatch(),
                services.clock(),
                monitor,
                faults);
        SinkRounds feeding = new SinkRounds(life, conversion, committer, services.flushInterval(), policy.setsAside());
        rounds = feeding;
        subscribe(subscriber, feeding.rebalances());
        task = made;
        parts.started("task", this::stopTask);
        // As Connect does: there are tasks that prepare themselves in it.
        String version = made.version();
        made.initialize(context);
        // Plugins may change the map that they are given.
        made.start(new HashMap<>(spec.taskConfig()));
        LOG.atInfo()
                .addKeyValue("connector", spec.connector())
                .addKeyValue("task", spec.task())
                .addKeyValue("version", version)
                .log("sink task started");
    }

    private void subscribe(Consumer<byte[], byte[]> subscriber, ConsumerRebalanceListener listener) {
        String pattern = spec.connectorConfig().get(SinkTask.TOPICS_REGEX_CONFIG);
        if (pattern != null && !pattern.isBlank()) {
            String all = replays.topic()
                    .map(topic -> "(?:" + pattern + ")|" + Pattern.quote(topic))
                    .orElse(pattern);
            subscriber.subscribe(Pattern.compile(all), listener);
            return;
        }
        Stream<String> own = Arrays.stream(spec.connectorConfig()
                        .getOrDefault(SinkTask.TOPICS_CONFIG, "")
                        .split(","))
                .map(String::strip)
                .filter(topic -> !topic.isEmpty());
        List<String> topics = Stream.concat(own, replays.topic().stream()).toList();
        subscriber.subscribe(topics, listener);
    }

    @Override
    public void step() throws InterruptedException {
        SinkRounds feeding = rounds;
        if (feeding != null) {
            feeding.round();
        }
    }

    @Override
    public void pause() {
        SinkRounds feeding = rounds;
        if (feeding != null) {
            feeding.pause();
        }
    }

    /** The consumer still polls, and so keeps its place in the group. */
    @Override
    public void rest() throws InterruptedException {
        SinkRounds feeding = rounds;
        if (feeding != null) {
            feeding.rest();
        }
    }

    @Override
    public void resume() {
        SinkRounds feeding = rounds;
        if (feeding != null) {
            feeding.resume();
        }
    }

    @Override
    public boolean startsAgainSoon() {
        SinkRounds feeding = rounds;
        return feeding != null && feeding.isNarrowing();
    }

    @Override
    public void close(boolean healthy) {
        SinkRounds feeding = rounds;
        try {
            if (feeding != null && task != null) {
                feeding.end(healthy && !abandoned);
            }
        } finally {
            parts.close();
        }
    }

    private void closeConsumer() {
        Consumer<byte[], byte[]> open = consumer;
        if (open != null) {
            // A static member that comes back keeps its partitions; one that does not must not hold them for the
            // session's time.
            open.close(CloseOptions.timeout(CLOSE_TIMEOUT)
                    .withGroupMembershipOperation(
                            stop.isForGood()
                                    ? CloseOptions.GroupMembershipOperation.LEAVE_GROUP
                                    : CloseOptions.GroupMembershipOperation.DEFAULT));
        }
    }

    @Override
    public void unblock() {
        // A put() that blocks has no other way out than the interrupt that follows: stop() is not to run beside put().
    }

    @Override
    public void abandon() {
        abandoned = true;
        Producer<byte[], byte[]> producer = deadLetterProducer;
        if (producer != null) {
            producer.close(Duration.ZERO);
        }
        Consumer<byte[], byte[]> open = consumer;
        if (open != null) {
            open.wakeup();
        }
    }

    private void stopTask() {
        SinkTask running = task;
        if (running != null && stopCalled.compareAndSet(false, true)) {
            running.stop();
        }
    }
}
