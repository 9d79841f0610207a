package io.millrace.worker.connector;

import io.millrace.worker.task.RunState;
import io.millrace.worker.task.TaskServices;
import io.millrace.worker.task.TaskSpec;
import io.millrace.worker.task.TaskStatus;
import io.millrace.worker.task.TaskThread;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything of one connector on this worker: brings what runs to what is desired, on a thread of its own, which waits for stops but never
 * runs a plugin's code, so that a connector which blocks delays nobody else. The public methods may be called from any thread and return at
 * once.
 */
final class ConnectorSupervisor {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectorSupervisor.class);

    private final String name;
    private final TaskServices services;
    private final String workerId;
    private final Duration graceful;
    private final Consumer<TaskConfigs> taskConfigs;
    private final @Nullable ConnectorSupervisor former;
    private final Thread thread;
    private final CountDownLatch ended = new CountDownLatch(1);

    // Guarded by this: the wishes.
    private Desired desired;
    private final Set<Integer> tasksToRestart = new HashSet<>();
    private boolean instanceToRestart;
    private boolean wished = true;
    private boolean ending;
    private boolean endingForGood;

    // Owned by the supervisor's thread.
    private @Nullable ConnectorSpec tasksSpec;
    private @Nullable TaskConfigs applied;

    // Written by the supervisor's thread, read by any.
    private volatile @Nullable ConnectorInstance instance;
    private volatile @Nullable ConnectorSpec spec;
    private volatile @Nullable Throwable refusal;
    private final Map<Integer, TaskThread> tasks = new ConcurrentSkipListMap<>();

    /**
     * @param taskConfigs is told what the connector wants its tasks to do
     * @param former of a connector of the same name that is being stopped; this one begins when it has ended
     */
    ConnectorSupervisor(
            String name,
            Desired desired,
            TaskServices services,
            String workerId,
            Duration graceful,
            Consumer<TaskConfigs> taskConfigs,
            @Nullable ConnectorSupervisor former) {
        this.name = name;
        this.desired = desired;
        this.services = services;
        this.workerId = workerId;
        this.graceful = graceful;
        this.taskConfigs = taskConfigs;
        this.former = former;
        this.thread = new Thread(this::run, "supervisor-" + name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Replaces what is desired. */
    synchronized void want(Desired wanted) {
        desired = wanted;
        wake();
    }

    /** Runs the connector's instance anew, and these of its tasks (KIP-745). */
    synchronized void restart(boolean restartInstance, Collection<Integer> restartTasks) {
        instanceToRestart |= restartInstance;
        tasksToRestart.addAll(restartTasks);
        wake();
    }

    /**
     * Stops everything.
     *
     * @param forGood whether its sink tasks leave their group at once; else they keep their partitions for a quick return
     */
    synchronized void beginStop(boolean forGood) {
        if (!ending) {
            ending = true;
            endingForGood = forGood;
            wake();
        }
    }

    private void wake() {
        wished = true;
        notifyAll();
    }

    /** Waits until everything has stopped or was abandoned. */
    void awaitStop() {
        try {
            if (!ended.await(graceful.multipliedBy(4).toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.atWarn().addKeyValue("connector", name).log("not waited for any longer");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private record Wishes(Desired desired, boolean restartInstance, Set<Integer> restartTasks, boolean end) {}

    private synchronized Wishes next() throws InterruptedException {
        while (!wished) {
            wait();
        }
        wished = false;
        Wishes wishes = new Wishes(desired, instanceToRestart, Set.copyOf(tasksToRestart), ending);
        instanceToRestart = false;
        tasksToRestart.clear();
        return wishes;
    }

    private void run() {
        try {
            if (former != null) {
                former.awaitStop();
            }
            Wishes wishes = next();
            while (!wishes.end()) {
                converge(wishes);
                wishes = next();
            }
            stopAll();
        } catch (InterruptedException | RuntimeException | Error e) {
            LOG.atError().setCause(e).addKeyValue("connector", name).log("its supervisor fails, and stops all of it");
            stopAll();
        } finally {
            ended.countDown();
        }
    }

    private void stopAll() {
        ConnectorInstance present = instance;
        if (present != null) {
            present.beginStop();
        }
        stop(List.copyOf(tasks.keySet()), endingForGood);
        if (present != null) {
            present.awaitStop(graceful.dividedBy(2));
        }
    }

    private void converge(Wishes wishes) {
        Desired wanted = wishes.desired();
        try {
            ConnectorSpec resolved = resolve(wanted.config(), spec);
            spec = resolved;
            refusal = null;
            convergeInstance(wishes, resolved);
        } catch (RuntimeException | LinkageError e) {
            refused(e);
            stopInstance();
        }
        if (wanted.here().isEmpty() || wanted.target() == TargetState.STOPPED) {
            stop(List.copyOf(tasks.keySet()), true);
            return;
        }
        try {
            ConnectorSpec resolved = resolve(wanted.tasks().madeFor(), tasksSpec);
            tasksSpec = resolved;
            convergeTasks(wishes, resolved);
        } catch (RuntimeException | LinkageError e) {
            refused(e);
            // What runs is not what is desired.
            stop(List.copyOf(tasks.keySet()), true);
        }
    }

    private ConnectorSpec resolve(Map<String, String> config, @Nullable ConnectorSpec known) {
        return known != null && known.config().equals(config)
                ? known
                : ConnectorSpec.resolve(name, config, services.plugins());
    }

    private void refused(Throwable error) {
        LOG.atError().setCause(error).addKeyValue("connector", name).log("a connector cannot be used");
        refusal = error;
    }

    private void convergeInstance(Wishes wishes, ConnectorSpec resolved) {
        ConnectorInstance present = instance;
        boolean stale = present != null
                && (wishes.restartInstance() || !present.spec().config().equals(resolved.config()));
        if (present != null && (stale || !wishes.desired().instance())) {
            stopInstance();
            present = null;
        }
        TargetState target = wishes.desired().target();
        if (present != null) {
            present.setTarget(target);
        } else if (wishes.desired().instance()) {
            instance = ConnectorInstance.start(resolved, target, services, taskConfigs);
        }
    }

    private void stopInstance() {
        ConnectorInstance present = instance;
        if (present != null) {
            present.beginStop();
            present.awaitStop(graceful);
            instance = null;
        }
    }

    /** Unchanged configurations leave the tasks alone; if one changes, all begin anew, as they may have shared out their work otherwise. */
    private void convergeTasks(Wishes wishes, ConnectorSpec resolved) {
        Desired wanted = wishes.desired();
        SortedMap<Integer, TaskSpec> specs = new TreeMap<>();
        wanted.here()
                .forEach(number -> specs.put(
                        number, resolved.task(number, wanted.tasks().tasks().get(number))));
        boolean others = !wanted.tasks().equals(applied);
        applied = wanted.tasks();
        stop(
                tasks.keySet().stream()
                        .filter(number -> others
                                || !specs.containsKey(number)
                                || wishes.restartTasks().contains(number))
                        .toList(),
                true);
        boolean paused = wanted.target() == TargetState.PAUSED;
        specs.forEach((number, task) -> {
            TaskThread present = tasks.get(number);
            if (present == null) {
                tasks.put(number, TaskThread.start(task, services, paused));
            } else {
                present.setPaused(paused);
            }
        });
    }

    private void stop(Collection<Integer> numbers, boolean forGood) {
        List<TaskThread> stopping =
                numbers.stream().map(tasks::get).filter(task -> task != null).toList();
        stopping.forEach(task -> task.beginStop(forGood));
        TaskThread.awaitStop(stopping, graceful);
        if (!isEnding()) {
            numbers.forEach(tasks::remove);
        }
    }

    private synchronized boolean isEnding() {
        return ending;
    }

    boolean hasEnded() {
        return ended.getCount() == 0;
    }

    ConnectorStatus status() {
        List<TaskStatus> statuses =
                tasks.values().stream().map(TaskThread::status).toList();
        ConnectorInstance present = instance;
        Throwable refused = refusal;
        ConnectorSpec known = spec;
        RunState state = refused != null ? RunState.FAILED : present == null ? RunState.STARTING : present.state();
        Optional<String> trace = refused != null
                ? Optional.of(ConnectorInstance.trace(refused))
                : Optional.ofNullable(present).flatMap(ConnectorInstance::trace);
        Optional<String> own = refused != null
                ? Optional.of(String.valueOf(refused.getMessage()))
                : Optional.ofNullable(present).flatMap(ConnectorInstance::lastError);
        return new ConnectorStatus(
                name,
                Optional.ofNullable(known).map(found -> found.plugin().version()),
                known != null && known.isSource(),
                hasEnded() ? RunState.STOPPED : state,
                workerId,
                trace,
                lastError(trace.isPresent(), own, statuses),
                statuses);
    }

    /** What fails now comes before what has recovered. */
    private static Optional<String> lastError(boolean failing, Optional<String> own, List<TaskStatus> statuses) {
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
}
