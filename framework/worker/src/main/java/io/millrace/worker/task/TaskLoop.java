package io.millrace.worker.task;

/**
 * One life of a task: start, steps, close, all on the task's thread. {@link #unblock()} and {@link #abandon()} come from another thread
 * when a stop takes too long.
 */
interface TaskLoop {
    /** Makes the task and everything around it. */
    void start() throws Exception;

    /** One round: poll and dispatch, or poll, put and commit. Returns soon, unless the task itself blocks. */
    void step() throws Exception;

    /** The task is to rest from now on: commits what is whole. */
    void pause() throws Exception;

    /** One round of a task that rests; may wait until it goes on or stops. */
    void rest() throws Exception;

    /** The task goes on. */
    void resume();

    /** Whether the failure of this life has told something, so that the next one is not to wait for long. */
    default boolean startsAgainSoon() {
        return false;
    }

    /**
     * Ends this life; called once, also when {@link #start()} failed half-way.
     *
     * @param healthy false after a failure: nothing may be committed any more
     */
    void close(boolean healthy) throws Exception;

    /** Half of the graceful time is over: makes a blocked call of the task return, if it can. */
    void unblock();

    /** The graceful time is over: takes away from the task what it could still write with. */
    void abandon();
}
