package io.millrace.worker.connector;

import io.millrace.worker.task.RunState;
import io.millrace.worker.task.Tally;
import io.millrace.worker.task.TaskStatus;
import java.util.List;
import java.util.Optional;

/**
 * A connector and its tasks at one moment.
 *
 * @param version of the connector's plugin; empty before it was found
 * @param source whether it is a source; else a sink
 * @param state of the connector itself; its tasks have their own
 * @param trace of the connector's last failure
 * @param lastError what fails now, else what failed last; of the connector or of the first task that has one; one line
 */
public record ConnectorStatus(
        String name,
        Optional<String> version,
        boolean source,
        RunState state,
        String workerId,
        Optional<String> trace,
        Optional<String> lastError,
        List<TaskStatus> tasks) {
    public ConnectorStatus {
        tasks = List.copyOf(tasks);
    }

    /** As it was, but what is being started again is RESTARTING. */
    public ConnectorStatus restarting(boolean instance, List<Integer> restarted) {
        return new ConnectorStatus(
                name,
                version,
                source,
                instance ? RunState.RESTARTING : state,
                workerId,
                trace,
                lastError,
                tasks.stream()
                        .map(task -> restarted.contains(task.id()) ? task.in(RunState.RESTARTING) : task)
                        .toList());
    }

    /** Of all tasks together. */
    public Tally counts() {
        return tasks.stream().map(TaskStatus::counts).reduce(Tally.NONE, Tally::plus);
    }

    /** Whether the connector and all its tasks, at least one, are running. */
    public boolean isRunning() {
        return state == RunState.RUNNING
                && !tasks.isEmpty()
                && tasks.stream().allMatch(task -> task.state() == RunState.RUNNING);
    }
}
