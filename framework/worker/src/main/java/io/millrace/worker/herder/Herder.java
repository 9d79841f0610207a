package io.millrace.worker.herder;

import io.millrace.worker.connector.ConnectorStatus;
import io.millrace.worker.connector.Connectors;
import io.millrace.worker.connector.Desired;
import io.millrace.worker.connector.TargetState;
import io.millrace.worker.connector.TaskConfigs;
import io.millrace.worker.task.RunState;
import io.millrace.worker.task.TaskServices;
import io.millrace.worker.task.TaskStatus;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.connect.errors.AlreadyExistsException;
import org.apache.kafka.connect.errors.NotFoundException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what this worker runs. Its methods may be called from any thread; what they change is done on one, and a future tells when. Configurations
 * are checked before they come here.
 */
public final class Herder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Herder.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final ConfigStore store;
    private final Connectors connectors;
    private final ExecutorService thread;

    private Herder(ConfigStore store, TaskServices services, String workerId, Duration graceful) {
        this.store = store;
        this.connectors = new Connectors(services, workerId, graceful, this::taskConfigs);
        this.thread = Executors.newSingleThreadExecutor(work -> {
            Thread made = new Thread(work, "herder");
            made.setDaemon(true);
            return made;
        });
    }

    /**
     * A herder that begins to run what the store holds.
     *
     * @param store is closed with the herder
     * @param graceful how long connectors and tasks get to stop
     */
    public static Herder start(ConfigStore store, TaskServices services, String workerId, Duration graceful) {
        Herder herder = new Herder(store, services, workerId, graceful);
        store.start(() -> herder.submit(herder::reconcile));
        herder.submit(herder::reconcile);
        return herder;
    }

    /** What is to run, as this worker knows it. */
    public ClusterConfig config() {
        return store.current();
    }

    /**
     * Adds a connector or gives it another configuration; nothing happens where it has this very one.
     *
     * @param target of a new connector; STARTED where it is empty
     * @param replace whether one of the same name may be there
     * @return whether it is a new one; fails with {@link AlreadyExistsException}
     */
    public CompletableFuture<Boolean> putConnector(
            String name, Map<String, String> config, Optional<TargetState> target, boolean replace) {
        return change(() -> {
            ClusterConfig.@Nullable Entry known = store.current().connectors().get(name);
            if (known != null && !replace) {
                throw new AlreadyExistsException("Connector " + name + " already exists");
            }
            if (known == null || !known.config().equals(config)) {
                store.putConnector(name, config, target);
            }
            return known == null;
        });
    }

    /**
     * Forgets a connector; its offsets stay.
     *
     * @return fails with {@link NotFoundException}
     */
    public CompletableFuture<Void> removeConnector(String name) {
        return run(() -> {
            entry(name);
            store.removeConnector(name);
        });
    }

    /**
     * Starts, pauses or stops a connector. A stopped one has no tasks, and makes new ones when it is started.
     *
     * @return fails with {@link NotFoundException}
     */
    public CompletableFuture<Void> setTarget(String name, TargetState target) {
        return run(() -> {
            entry(name);
            if (target == TargetState.STOPPED) {
                store.putTasks(name, TaskConfigs.NONE);
            }
            store.putTarget(name, target);
        });
    }

    /**
     * Runs the instance of a connector anew, its tasks too, or what of both has failed (KIP-745).
     *
     * @return what was begun: those that are restarted are RESTARTING; fails with {@link NotFoundException}
     */
    public CompletableFuture<ConnectorStatus> restart(String name, boolean includeTasks, boolean onlyFailed) {
        return change(() -> {
            ConnectorStatus before = connectors.status(name);
            if (before == null) {
                throw new NotFoundException("Status for connector " + name + " not found");
            }
            boolean instance = !onlyFailed || before.state() == RunState.FAILED;
            List<Integer> tasks = before.tasks().stream()
                    .filter(task -> includeTasks && (!onlyFailed || task.state() == RunState.FAILED))
                    .map(TaskStatus::id)
                    .toList();
            connectors.restart(name, instance, tasks);
            return before.restarting(instance, tasks);
        });
    }

    /** @return fails with {@link NotFoundException} */
    public CompletableFuture<Void> restartTask(String name, int task) {
        return run(() -> {
            if (task < 0 || task >= entry(name).tasks().tasks().size()) {
                throw new NotFoundException("Task " + name + "-" + task + " not found");
            }
            connectors.restart(name, false, List.of(task));
        });
    }

    /** @throws NotFoundException if there is none */
    public ClusterConfig.Entry entry(String name) {
        ClusterConfig.@Nullable Entry known = store.current().connectors().get(name);
        if (known == null) {
            throw new NotFoundException("Connector " + name + " not found");
        }
        return known;
    }

    /** What a connector wants its tasks to do; unchanged wishes leave them alone. */
    private void taskConfigs(String name, TaskConfigs wanted) {
        submit(() -> {
            ClusterConfig.@Nullable Entry known = store.current().connectors().get(name);
            if (known == null
                    || known.target() == TargetState.STOPPED
                    || !known.config().equals(wanted.madeFor())
                    || known.tasks().equals(wanted)) {
                return;
            }
            store.putTasks(name, wanted);
        });
    }

    private void reconcile() {
        Map<String, Desired> desired = new HashMap<>();
        store.current().connectors().forEach((name, entry) -> {
            SortedSet<Integer> all = new TreeSet<>();
            for (int i = 0; i < entry.tasks().tasks().size(); i++) {
                all.add(i);
            }
            desired.put(name, new Desired(true, entry.config(), entry.target(), entry.tasks(), all));
        });
        connectors.want(desired);
    }

    /** Of everything that runs here, by name; does not wait for changes under way. */
    public List<ConnectorStatus> status() {
        return connectors.status();
    }

    /** Of one connector, where anything of it runs. */
    public Optional<ConnectorStatus> status(String name) {
        return Optional.ofNullable(connectors.status(name));
    }

    /** Done when what was decided before has been told to the connectors: whoever waits for it knows that decisions are made. */
    public CompletableFuture<Void> ping() {
        return run(() -> {});
    }

    /** Waits until a connector that was removed has stopped here, or was abandoned. */
    public void awaitStop(String name) {
        connectors.awaitStop(name);
    }

    private CompletableFuture<Void> run(Runnable change) {
        return change(() -> {
                    change.run();
                    return true;
                })
                .thenApply(done -> null);
    }

    private <T> CompletableFuture<T> change(Supplier<T> change) {
        try {
            return CompletableFuture.supplyAsync(
                    () -> {
                        T result = change.get();
                        // Told to the connectors before it is said to be done.
                        reconcile();
                        return result;
                    },
                    thread);
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException("the worker is closed", e);
        }
    }

    private void submit(Runnable work) {
        try {
            thread.execute(work);
        } catch (RejectedExecutionException e) {
            LOG.atDebug().log("a change is ignored: the worker stops");
        }
    }

    /** Stops everything, all connectors at once; takes at most a few times the graceful time. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.atWarn().log("a change is still under way while the worker stops");
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        connectors.close();
        store.close();
    }
}
