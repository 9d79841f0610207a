package io.millrace.worker.task;

/** What a connector or a task is doing. */
public enum RunState {
    /** Not running yet, or between a failure and the next try. */
    RESTARTING,
    RUNNING,
    /** Failed for good: nothing starts it again but a new deployment. */
    FAILED,
    STOPPED,
}
