package io.millrace.worker.connector;

/** What a connector is to do (KIP-52, KIP-875). */
public enum TargetState {
    STARTED,
    /** The connector is stopped; its tasks keep their places and rest. */
    PAUSED,
    /** The connector is stopped and has no tasks; its offsets may be changed. */
    STOPPED,
}
