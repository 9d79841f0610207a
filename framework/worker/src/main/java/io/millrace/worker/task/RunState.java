package io.millrace.worker.task;

/** What a connector or a task is doing. */
public enum RunState {
    /** Being started, the first time or again. */
    RESTARTING,
    RUNNING,
    /** Failed, and waits for its next start. */
    FAILED,
    STOPPED,
}
