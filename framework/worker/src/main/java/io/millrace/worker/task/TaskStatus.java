package io.millrace.worker.task;

import java.time.Duration;
import java.util.Optional;

/**
 * A task at one moment.
 *
 * @param id from 0
 * @param version of the task's class; empty before its instance was made
 * @param trace of the last failure, empty while RUNNING after a recovery
 * @param lastError one line; stays after a recovery
 * @param restarts how often it was started again
 * @param lastCommitAge since the last commit of this task; empty before the first
 */
public record TaskStatus(
        int id,
        RunState state,
        Optional<String> version,
        Optional<String> trace,
        Optional<String> lastError,
        int restarts,
        Tally counts,
        Optional<Duration> lastCommitAge) {
    /** The same in another state. */
    public TaskStatus in(RunState other) {
        return new TaskStatus(id, other, version, trace, lastError, restarts, counts, lastCommitAge);
    }
}
