package io.millrace.worker.task;

import io.millrace.foundation.lifecycle.Lifecycle;
import io.millrace.plugin.record.ConverterSet;
import io.millrace.plugin.record.RecordPath;
import io.millrace.plugin.record.TransformChain;
import io.millrace.worker.client.TopicCreator;
import io.millrace.worker.fault.Backoff;
import io.millrace.worker.fault.ErrorPolicy;
import io.millrace.worker.fault.StageRunner;
import io.millrace.worker.offset.OffsetTopicReader;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One life of a source task, always exactly-once (KIP-618): fence, initialize, start, then poll, convert, send and commit. After a
 * failure nothing is committed; the next life starts from the committed offsets.
 */
final class SourceLoop implements TaskLoop {
    private static final Logger LOG = LoggerFactory.getLogger(SourceLoop.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration IDLE = Duration.ofMillis(20);
    private static final Backoff POLL_BACKOFF = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(10));

    private final TaskSpec spec;
    private final TaskServices services;
    private final StopSignal stop;
    private final TaskMonitor monitor;
    private final TaskFaults faults;
    private final Random random;
    private final Boundary boundary;
    private final Arrivals arrivals = new Arrivals();
    private final Lifecycle parts = new Lifecycle();
    private final AtomicBoolean stopCalled = new AtomicBoolean();
    private @Nullable SourceConversion conversion;
    private @Nullable SourceTransaction transaction;
    private volatile @Nullable SourceTask task;
    private volatile @Nullable Producer<byte[], byte[]> producer;
    private volatile @Nullable OffsetTopicReader offsets;
    private volatile @Nullable ReplayRounds replays;
    private int failedPolls;

    SourceLoop(TaskSpec spec, TaskServices services, StopSignal stop, TaskMonitor monitor, TaskFaults faults) {
        this.spec = spec;
        this.services = services;
        this.stop = stop;
        this.monitor = monitor;
        this.faults = faults;
        this.random = services.newRandom();
        this.boundary = Boundary.from(spec.connectorConfig(), services.flushInterval(), services.clock());
    }

    @Override
    public void start() {
        Map<String, String> config = spec.connectorConfig();
        TransformChain<SourceRecord> transforms = parts.started(
                "transforms",
                TransformChain.create(services.plugins(), spec.loader(), config, RecordPath.of(services.converters())));
        ConverterSet converters = parts.started(
                "converters", ConverterSet.create(services.plugins(), spec.loader(), config, services.converters()));
        ErrorPolicy policy = ErrorPolicy.from(config);
        TopicCreator topics = new TopicCreator(services.admin(), config);
        SourceConversion converting = new SourceConversion(
                spec.place(),
                transforms,
                converters,
                new StageRunner(policy, services.clock(), random, stop),
                policy,
                spec.deadLetters(policy, services.admin()));
        conversion = converting;
        Producer<byte[], byte[]> made = services.clients()
                .transactionalProducer(services.transactionalId(spec), boundary.transactionTimeout(), config);
        producer = made;
        // Closing aborts an open transaction, as long as the time allows.
        parts.started("producer", () -> made.close(CLOSE_TIMEOUT));
        // Invariant: no offset is read before every earlier producer of this task is fenced.
        made.initTransactions();
        transaction = new SourceTransaction(spec, made, services.offsetTopic(), topics, converting);
        startTask(converting);
    }

    private void startTask(SourceConversion converting) {
        OffsetTopicReader reader = parts.started(
                "offset reader",
                services.offsetReader(spec.connector(), "offsets-" + spec.connector() + "-" + spec.task()));
        offsets = reader;
        replays = ReplayRounds.of(spec, services, reader, converting, monitor)
                .map(rounds -> parts.started("replays", rounds))
                .orElse(null);
        TaskMetrics metrics = parts.started(
                "metrics",
                new TaskMetrics(Map.of("connector", spec.connector(), "task", Integer.toString(spec.task()))));
        SourceTask made = (SourceTask) spec.taskClass().newInstance();
        monitor.made(made.version());
        task = made;
        parts.started("task", this::stopTask);
        // As Connect does: there are tasks that prepare themselves in it.
        String version = made.version();
        // Plugins may change the maps that they are given.
        made.initialize(new SourceContext(
                new HashMap<>(spec.taskConfig()), reader, boundary.context().orElse(null), metrics));
        made.start(new HashMap<>(spec.taskConfig()));
        // the first interval begins now
        boundary.committed();
        LOG.atInfo()
                .addKeyValue("connector", spec.connector())
                .addKeyValue("task", spec.task())
                .addKeyValue("version", version)
                .log("source task started");
    }

    @Override
    public void step() throws InterruptedException {
        List<SourceRecord> batch = poll();
        SourceTransaction current = transaction();
        SourceConversion converter = conversion;
        if (batch != null && converter != null) {
            arrivals.polled(services.clock().millis());
            for (SourceRecord record : batch) {
                Incoming.Polled incoming = new Incoming.Polled(record, arrivals.next(), arrivals.isMarked());
                Prepared prepared = converter.prepare(incoming);
                watch(prepared);
                current.add(incoming, prepared);
                end(boundary.afterRecord(record));
            }
        }
        end(boundary.afterBatch());
        ReplayRounds again = replays;
        if (again != null) {
            again.round(current);
        }
    }

    private void watch(Prepared prepared) {
        if (prepared instanceof Prepared.Letter) {
            arrivals.died();
        }
        faults.breaker().ifPresent(breaker -> {
            if (prepared instanceof Prepared.Letter letter) {
                breaker.died(letter.fingerprint());
            } else if (prepared instanceof Prepared.Dropped dropped && DropRules.isFailure(dropped.rule())) {
                breaker.died("");
            } else {
                breaker.passed(1);
            }
        });
    }

    private @Nullable List<SourceRecord> poll() throws InterruptedException {
        long before = services.clock().millis();
        List<SourceRecord> batch;
        try {
            batch = task().poll();
            if (failedPolls > 0) {
                failedPolls = 0;
                monitor.running();
            }
        } catch (RetriableException | org.apache.kafka.common.errors.RetriableException e) {
            failedPolls++;
            monitor.retrying(e);
            Duration delay = POLL_BACKOFF.delay(failedPolls, random);
            LOG.atWarn()
                    .addKeyValue("connector", spec.connector())
                    .addKeyValue("task", spec.task())
                    .addKeyValue("error", e.toString())
                    .addKeyValue("retryIn", delay)
                    .log("poll failed and is tried again");
            stop.pause(delay);
            return null;
        }
        if ((batch == null || batch.isEmpty()) && services.clock().millis() - before < IDLE.toMillis()) {
            // A task that does not wait by itself must not keep a core busy.
            stop.pause(IDLE);
        }
        return batch;
    }

    private void end(Boundary.Decision decision) throws InterruptedException {
        if (decision != Boundary.Decision.KEEP) {
            // Invariant: a stage that stops commits nothing of what made it stop.
            faults.throwIfOpen();
        }
        switch (decision) {
            case KEEP -> {}
            case COMMIT -> acknowledge(transaction().commit());
            case ABORT -> acknowledge(transaction().abort());
        }
    }

    /** Tells the task what is now durable: each record in order, then the batch; on the task thread, after the commit (KIP-618). */
    private void acknowledge(SourceTransaction.Committed committed) throws InterruptedException {
        boundary.committed();
        if (committed.entries().isEmpty()) {
            return;
        }
        monitor.count(committed.tally());
        monitor.committed();
        for (SourceTransaction.Entry entry : committed.entries()) {
            if (entry.incoming() instanceof Incoming.Polled polled) {
                tell(() -> commitRecord(polled.original(), entry.metadata()));
            }
        }
        tell(() -> task().commit());
    }

    private interface Notice {
        void give() throws InterruptedException;
    }

    private void tell(Notice notice) throws InterruptedException {
        try {
            notice.give();
        } catch (RuntimeException e) {
            // Connect's own rule: the records are committed, whatever the task makes of it.
            LOG.atWarn()
                    .setCause(e)
                    .addKeyValue("connector", spec.connector())
                    .addKeyValue("task", spec.task())
                    .log("the task failed in commitRecord or commit; its records are committed");
        }
    }

    @SuppressWarnings("NullAway") // the Connect API takes null for a dropped record
    private void commitRecord(SourceRecord original, @Nullable RecordMetadata metadata) throws InterruptedException {
        task().commitRecord(original, metadata);
    }

    @Override
    public void pause() throws InterruptedException {
        end(boundary.atStop());
    }

    @Override
    public void rest() throws InterruptedException {
        stop.awaitResumed();
    }

    @Override
    public void resume() {
        // The next step polls again.
    }

    @Override
    public void close(boolean healthy) throws InterruptedException {
        try {
            if (healthy && transaction != null) {
                end(boundary.atStop());
            }
        } finally {
            parts.close();
        }
    }

    @Override
    public void unblock() {
        stopTask();
    }

    @Override
    public void abandon() {
        Producer<byte[], byte[]> open = producer;
        if (open != null) {
            open.close(Duration.ZERO);
        }
        OffsetTopicReader reader = offsets;
        if (reader != null) {
            reader.close();
        }
        ReplayRounds again = replays;
        if (again != null) {
            again.wakeup();
        }
    }

    /** Once, from whichever thread comes first. */
    private void stopTask() {
        SourceTask running = task;
        if (running != null && stopCalled.compareAndSet(false, true)) {
            running.stop();
        }
    }

    private SourceTransaction transaction() {
        SourceTransaction current = transaction;
        if (current == null) {
            throw new IllegalStateException("the task is not started");
        }
        return current;
    }

    private SourceTask task() {
        SourceTask current = task;
        if (current == null) {
            throw new IllegalStateException("the task is not started");
        }
        return current;
    }
}
