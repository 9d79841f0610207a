package io.millrace.worker.task;

/** What a connector or a task is doing. */
public enum RunState {
    /** Being started for the first time. */
    STARTING,
    /** Being started again after a failure. */
    RESTARTING,
    RUNNING,
    /** Runs, but what it reads from or writes to fails for now: it tries the same again and skips nothing. */
    RETRYING,
    /** Rests, as it was told to. */
    PAUSED,
    /** Failed, and waits for its next start. */
    FAILED,
    STOPPED,
}
