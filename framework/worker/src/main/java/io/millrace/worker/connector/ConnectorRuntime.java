package io.millrace.worker.connector;

import io.millrace.plugin.discovery.PluginClass;
import io.millrace.worker.fault.RestartBackoff;
import io.millrace.worker.offset.OffsetTopicReader;
import io.millrace.worker.task.RunState;
import io.millrace.worker.task.TaskMetrics;
import io.millrace.worker.task.TaskServices;
import io.millrace.worker.task.TaskSpec;
import io.millrace.worker.task.TaskStatus;
import io.millrace.worker.task.TaskThread;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.connect.connector.Connector;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One deployed connector: its instance, its thread and its tasks. The public methods may be called from any thread; everything else runs
 * on the connector's own.
 */
public final class ConnectorRuntime {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectorRuntime.class);

    private final ConnectorSpec spec;
    private final TaskServices services;
    private final String workerId;
    private final Duration graceful;
    private final ScheduledExecutorService thread;
    private final RestartBackoff backoff;
    private final OffsetTopicReader offsets;
    private final TaskMetrics metrics;
    private @Nullable Connector connector;
    private List<Map<String, String>> taskConfigs = List.of();
    private boolean restartPlanned;
    // Shared with other threads.
    private volatile boolean stopping;
    private volatile RunState state = RunState.STARTING;
    private volatile @Nullable Throwable failure;
    private volatile @Nullable String lastError;
    private volatile List<TaskThread> tasks = List.of();

    private ConnectorRuntime(ConnectorSpec spec, TaskServices services, String workerId, Duration graceful) {
        this.spec = spec;
        this.services = services;
        this.workerId = workerId;
        this.graceful = graceful;
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
     * Begins to run a connector; returns at once.
     *
     * @param graceful how long tasks get to stop when their configurations change
     */
    public static ConnectorRuntime start(
            ConnectorSpec spec, TaskServices services, String workerId, Duration graceful) {
        ConnectorRuntime runtime = new ConnectorRuntime(spec, services, workerId, graceful);
        runtime.submit(runtime::startConnector);
        return runtime;
    }

    public ConnectorSpec spec() {
        return spec;
    }

    public ConnectorStatus status() {
        List<TaskStatus> statuses = tasks.stream().map(TaskThread::status).toList();
        Throwable error = failure;
        return new ConnectorStatus(
                spec.name(),
                spec.isSource(),
                state,
                workerId,
                Optional.ofNullable(error).map(ConnectorRuntime::trace),
                lastError(error != null, statuses),
                statuses);
    }

    /** What fails now comes before what has recovered. */
    private Optional<String> lastError(boolean failing, List<TaskStatus> statuses) {
        Optional<String> own = Optional.ofNullable(lastError);
        if (failing) {
            return own;
        }
        return firstError(statuses.stream().filter(task -> task.state() != RunState.RUNNING))
                .or(() -> firstError(statuses.stream()))
                .or(() -> own);
    }

    private static Optional<String> firstError(Stream<TaskStatus> statuses) {
        return statuses.flatMap(task -> task.lastError().stream()).findFirst();
    }

    private void startConnector() {
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
            ConnectorContexts.Wishes wishes = new ConnectorContexts.Wishes(
                    () -> submit(this::reconfigureTasks), error -> submit(() -> failed(error)), metrics);
            made.initialize(ConnectorContexts.of(spec.isSource(), wishes, () -> offsets));
            // Plugins may change the map that they are given.
            made.start(new HashMap<>(spec.config()));
            updateTasks(made);
            state = RunState.RUNNING;
            failure = null;
            LOG.atInfo().addKeyValue("connector", spec.name()).log("connector started");
        } catch (Throwable e) {
            failed(e);
        }
    }

    private void reconfigureTasks() {
        Connector running = connector;
        if (stopping || running == null || state != RunState.RUNNING) {
            return;
        }
        try {
            updateTasks(running);
        } catch (Throwable e) {
            failed(e);
        }
    }

    /** Unchanged configurations leave the tasks alone. */
    private void updateTasks(Connector running) {
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
        List<Map<String, String>> complete =
                configs.stream().map(config -> complete(config, type)).toList();
        if (complete.equals(taskConfigs) || stopping) {
            return;
        }
        List<TaskThread> old = tasks;
        if (!old.isEmpty()) {
            old.forEach(task -> task.beginStop(true));
            TaskThread.awaitStop(old, graceful);
        }
        PluginClass<Task> taskClass = new PluginClass<>(
                type,
                spec.plugin().loader(),
                spec.plugin().version(),
                spec.plugin().location());
        List<TaskThread> started = new ArrayList<>();
        for (int i = 0; i < complete.size(); i++) {
            started.add(TaskThread.start(
                    new TaskSpec(spec.name(), i, taskClass, spec.config(), complete.get(i)), services));
        }
        tasks = List.copyOf(started);
        taskConfigs = complete;
        if (stopping) {
            started.forEach(task -> task.beginStop(false));
        }
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
            thread.schedule(this::startConnector, delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.atDebug().addKeyValue("connector", spec.name()).log("no restart: the connector stops");
        }
    }

    private void stopInstance() {
        Connector running = connector;
        connector = null;
        if (running == null) {
            return;
        }
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

    /**
     * Asks connector and tasks to stop; returns at once.
     *
     * @param forGood whether its sink tasks leave their group at once; else they keep their partitions for a quick return
     */
    public void beginStop(boolean forGood) {
        stopping = true;
        tasks.forEach(task -> task.beginStop(forGood));
        submit(this::stopInstance);
        thread.shutdown();
    }

    /** Waits for the stop that was begun; returns after at most about twice the time, whatever the connector does. */
    public void awaitStop(Duration time) {
        TaskThread.awaitStop(tasks, time);
        try {
            if (!thread.awaitTermination(Math.max(1, time.toMillis() / 2), TimeUnit.MILLISECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
        // Tasks that were being started when the stop began; they were told to stop.
        TaskThread.awaitStop(tasks, time.dividedBy(2));
        state = RunState.STOPPED;
        offsets.close();
        metrics.close();
    }

    private static String trace(Throwable error) {
        StringWriter text = new StringWriter();
        error.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
