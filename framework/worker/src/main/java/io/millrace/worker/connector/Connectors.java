package io.millrace.worker.connector;

import io.millrace.worker.task.TaskServices;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * All connectors and tasks that run in this process: brings them to what is desired. Thread-safe; no method but {@link #awaitStop} and
 * {@link #close} waits for a plugin.
 */
public final class Connectors implements AutoCloseable {
    private final TaskServices services;
    private final String workerId;
    private final Duration graceful;
    private final BiConsumer<String, TaskConfigs> taskConfigs;
    private final Map<String, ConnectorSupervisor> supervisors = new ConcurrentSkipListMap<>();
    /** Of connectors that are not desired any more, until they have ended. */
    private final Map<String, ConnectorSupervisor> leaving = new ConcurrentSkipListMap<>();

    private boolean closed;

    /**
     * @param graceful how long connectors and tasks get to stop
     * @param taskConfigs is told what a connector wants its tasks to do, by name, on the connector's thread
     */
    public Connectors(
            TaskServices services, String workerId, Duration graceful, BiConsumer<String, TaskConfigs> taskConfigs) {
        this.services = services;
        this.workerId = workerId;
        this.graceful = graceful;
        this.taskConfigs = taskConfigs;
    }

    /** Replaces what is desired, by connector; one that is not named is stopped for good. */
    public synchronized void want(Map<String, Desired> all) {
        if (closed) {
            return;
        }
        leaving.values().removeIf(ConnectorSupervisor::hasEnded);
        supervisors.keySet().stream()
                .filter(name -> !all.containsKey(name))
                .toList()
                .forEach(name -> {
                    ConnectorSupervisor ending = supervisors.remove(name);
                    leaving.put(name, ending);
                    ending.beginStop(true);
                });
        all.forEach(this::want);
    }

    private void want(String name, Desired desired) {
        ConnectorSupervisor running = supervisors.get(name);
        if (running != null) {
            running.want(desired);
            return;
        }
        ConnectorSupervisor made = new ConnectorSupervisor(
                name,
                desired,
                services,
                workerId,
                graceful,
                configs -> taskConfigs.accept(name, configs),
                leaving.get(name));
        supervisors.put(name, made);
        made.start();
    }

    /** Runs the instance of a connector anew, and these of its tasks, where they run here. */
    public void restart(String name, boolean instance, Collection<Integer> tasks) {
        ConnectorSupervisor running = supervisors.get(name);
        if (running != null) {
            running.restart(instance, tasks);
        }
    }

    /** Waits until a connector that is not desired any more has stopped, or was abandoned. */
    public void awaitStop(String name) {
        ConnectorSupervisor ending = leaving.get(name);
        if (ending != null) {
            ending.awaitStop();
        }
    }

    /** Of all that is desired here, by name. */
    public List<ConnectorStatus> status() {
        return supervisors.values().stream().map(ConnectorSupervisor::status).toList();
    }

    /** Of one connector; null where nothing of it is desired here. */
    public @Nullable ConnectorStatus status(String name) {
        ConnectorSupervisor running = supervisors.get(name);
        return running == null ? null : running.status();
    }

    /** Stops everything at once; takes at most a few times the graceful time. */
    @Override
    public synchronized void close() {
        closed = true;
        supervisors.values().forEach(running -> running.beginStop(false));
        supervisors.values().forEach(ConnectorSupervisor::awaitStop);
        leaving.values().forEach(ConnectorSupervisor::awaitStop);
    }
}
