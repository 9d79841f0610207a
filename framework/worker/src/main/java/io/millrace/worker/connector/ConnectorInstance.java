package io.millrace.worker.connector;

import io.millrace.worker.fault.RestartBackoff;
import io.millrace.worker.offset.OffsetTopicReader;
import io.millrace.worker.task.RunState;
import io.millrace.worker.task.TaskMetrics;
import io.millrace.worker.task.TaskServices;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.connect.connector.Connector;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instance of a connector and the thread {@code connector-thread-<name>}, on which alone it is called. What its tasks are to do is told
 * to a listener; the tasks themselves live elsewhere. The public methods may be called from any thread and return at once.
 */
final class ConnectorInstance {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectorInstance.class);

    private final ConnectorSpec spec;
    private final Consumer<TaskConfigs> taskConfigs;
    private final ScheduledExecutorService thread;
    private final RestartBackoff backoff;
    private final OffsetTopicReader offsets;
    private final TaskMetrics metrics;
    private @Nullable Connector connector;
    private boolean started;
    private boolean toBeStopped;
    private boolean restartPlanned;
    // Shared with other threads.
    private volatile TargetState target;
    private volatile boolean stopping;
    private volatile RunState state = RunState.STARTING;
    private volatile @Nullable Throwable failure;
    private volatile @Nullable String lastError;

    private ConnectorInstance(
            ConnectorSpec spec, TargetState target, TaskServices services, Consumer<TaskConfigs> taskConfigs) {
        this.spec = spec;
        this.target = target;
        this.taskConfigs = taskConfigs;
        this.backoff = new RestartBackoff(services.restarts(), services.clock(), services.newRandom());
        this.offsets = services.offsetReader(spec.name(), "offsets-" + spec.name());
        this.metrics = new TaskMetrics(Map.of("connector", spec.name()));
        this.thread = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread made = new Thread(work, "connector-thread-" + spec.name());
            made.setDaemon(true);
            made.setContextClassLoader(spec.plugin().loader());
            return made;
        });
    }

    /**
     * Makes the instance and brings it into its target state.
     *
     * @param taskConfigs is told, on the connector's thread, what the tasks are to do, complete, whenever the connector has been asked
     */
    static ConnectorInstance start(
            ConnectorSpec spec, TargetState target, TaskServices services, Consumer<TaskConfigs> taskConfigs) {
        ConnectorInstance instance = new ConnectorInstance(spec, target, services, taskConfigs);
        instance.submit(instance::make);
        return instance;
    }

    ConnectorSpec spec() {
        return spec;
    }

    RunState state() {
        return state;
    }

    /** Of the failure that lasts. */
    Optional<String> trace() {
        return Optional.ofNullable(failure).map(ConnectorInstance::trace);
    }

    /** One line; stays after a recovery. */
    Optional<String> lastError() {
        return Optional.ofNullable(lastError);
    }

    /** Brings the connector into another state; the same instance goes on. */
    void setTarget(TargetState wanted) {
        if (target != wanted) {
            target = wanted;
            submit(this::transition);
        }
    }

    /** Asks the connector anew what its tasks are to do. */
    void reconfigure() {
        submit(this::tellTaskConfigs);
    }

    /** A new instance in place of the old one. */
    private void make() {
        if (stopping) {
            return;
        }
        backoff.started();
        restartPlanned = false;
        state = failure == null ? RunState.STARTING : RunState.RESTARTING;
        try {
            stopInstance();
            Connector made = spec.plugin().newInstance();
            connector = made;
            ConnectorContexts.Wishes wishes =
                    new ConnectorContexts.Wishes(this::reconfigure, error -> submit(() -> failed(error)), metrics);
            made.initialize(ConnectorContexts.of(spec.isSource(), wishes, () -> offsets));
            transition();
        } catch (Throwable e) {
            failed(e);
        }
    }

    private void transition() {
        Connector running = connector;
        if (stopping || running == null || (restartPlanned && target == TargetState.STARTED)) {
            return;
        }
        try {
            if (target == TargetState.STARTED) {
                run(running);
            } else {
                suspend(running);
            }
            failure = null;
        } catch (Throwable e) {
            failed(e);
        }
    }

    private void run(Connector running) {
        if (!started) {
            // A connector may have opened something by the time that its start fails.
            toBeStopped = true;
            // Plugins may change the map that they are given.
            running.start(new HashMap<>(spec.config()));
            started = true;
        }
        taskConfigs.accept(new TaskConfigs(spec.config(), newTaskConfigs(running)));
        state = RunState.RUNNING;
        LOG.atInfo().addKeyValue("connector", spec.name()).log("connector started");
    }

    private void suspend(Connector running) {
        started = false;
        if (toBeStopped) {
            toBeStopped = false;
            running.stop();
        }
        state = target == TargetState.PAUSED ? RunState.PAUSED : RunState.STOPPED;
        LOG.atInfo()
                .addKeyValue("connector", spec.name())
                .addKeyValue("state", state)
                .log("connector suspended");
    }

    private void tellTaskConfigs() {
        Connector running = connector;
        if (stopping || running == null || state != RunState.RUNNING) {
            return;
        }
        try {
            taskConfigs.accept(new TaskConfigs(spec.config(), newTaskConfigs(running)));
        } catch (Throwable e) {
            failed(e);
        }
    }

    private List<Map<String, String>> newTaskConfigs(Connector running) {
        int max = spec.tasksMax();
        List<Map<String, String>> configs = running.taskConfigs(max);
        if (configs == null) {
            throw new ConnectException("Connector '" + spec.name() + "' made no list of task configurations: null.");
        }
        if (configs.size() > max && !"false".equals(spec.config().get("tasks.max.enforce"))) {
            throw new ConnectException("Connector '" + spec.name() + "' made " + configs.size()
                    + " task configurations, and 'tasks.max' allows " + max + ".");
        }
        Class<? extends Task> type = running.taskClass();
        return configs.stream().map(config -> complete(config, type)).toList();
    }

    private Map<String, String> complete(Map<String, String> config, Class<? extends Task> type) {
        Map<String, String> complete = new HashMap<>(config);
        complete.put("task.class", type.getName());
        if (!spec.isSource()) {
            for (String key : List.of(SinkTask.TOPICS_CONFIG, SinkTask.TOPICS_REGEX_CONFIG)) {
                String value = spec.config().get(key);
                if (value != null) {
                    complete.put(key, value);
                }
            }
        }
        return complete;
    }

    private void failed(Throwable error) {
        if (stopping) {
            return;
        }
        failure = error;
        lastError = error.getMessage() == null
                ? error.getClass().getSimpleName()
                : error.getMessage().lines().findFirst().orElse("");
        state = RunState.FAILED;
        if (restartPlanned) {
            // A connector may raise errors faster than it is started again: one restart for all of them.
            LOG.atWarn().setCause(error).addKeyValue("connector", spec.name()).log("connector failed again");
            return;
        }
        restartPlanned = true;
        Duration delay = backoff.failed();
        LOG.atError()
                .setCause(error)
                .addKeyValue("connector", spec.name())
                .addKeyValue("restartIn", delay)
                .log("connector failed; its tasks go on");
        try {
            thread.schedule(this::make, delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.atDebug().addKeyValue("connector", spec.name()).log("no restart: the connector stops");
        }
    }

    private void stopInstance() {
        Connector running = connector;
        connector = null;
        started = false;
        if (running == null || !toBeStopped) {
            return;
        }
        toBeStopped = false;
        try {
            running.stop();
        } catch (RuntimeException | LinkageError e) {
            LOG.atWarn().setCause(e).addKeyValue("connector", spec.name()).log("the connector failed in stop");
        }
    }

    private void submit(Runnable work) {
        try {
            thread.execute(work);
        } catch (RejectedExecutionException e) {
            LOG.atDebug().addKeyValue("connector", spec.name()).log("a wish of a connector that stops is ignored");
        }
    }

    /** Asks the connector to stop for good. */
    void beginStop() {
        stopping = true;
        submit(this::stopInstance);
        thread.shutdown();
    }

    /** Waits for the stop that was begun, no longer than the time, whatever the connector does; then it is interrupted and left alone. */
    void awaitStop(Duration time) {
        try {
            if (!thread.awaitTermination(Math.max(1, time.toMillis()), TimeUnit.MILLISECONDS)) {
                LOG.atWarn()
                        .addKeyValue("connector", spec.name())
                        .addKeyValue("graceful", time)
                        .log("a connector did not stop in time and is abandoned");
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
        state = RunState.STOPPED;
        offsets.close();
        metrics.close();
    }

    static String trace(Throwable error) {
        StringWriter text = new StringWriter();
        error.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
