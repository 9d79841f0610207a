package io.millrace.worker.task;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a task tells about itself. Written by its thread, read by any. */
final class TaskMonitor {
    private final int id;
    private final Clock clock;
    private RunState state = RunState.STARTING;
    private @Nullable String version;
    private @Nullable String trace;
    private @Nullable String lastError;
    private int restarts;
    private Tally counts = Tally.NONE;
    private @Nullable Instant lastCommit;

    TaskMonitor(int id, Clock clock) {
        this.id = id;
        this.clock = clock;
    }

    /** @param taskVersion as the instance tells it, which may be null */
    synchronized void made(@Nullable String taskVersion) {
        version = taskVersion;
    }

    synchronized void running() {
        state = RunState.RUNNING;
        trace = null;
    }

    /** What it reads from or writes to fails for now. */
    synchronized void retrying(Throwable error) {
        state = RunState.RETRYING;
        lastError = oneLine(error);
    }

    synchronized void paused() {
        state = RunState.PAUSED;
        trace = null;
    }

    synchronized void stopped() {
        state = RunState.STOPPED;
    }

    synchronized void failed(Throwable error) {
        state = RunState.FAILED;
        StringWriter text = new StringWriter();
        error.printStackTrace(new PrintWriter(text));
        trace = text.toString();
        lastError = oneLine(error);
    }

    synchronized void restarted() {
        restarts++;
        state = RunState.RESTARTING;
    }

    synchronized void count(Tally tally) {
        counts = counts.plus(tally);
    }

    synchronized void committed() {
        lastCommit = clock.instant();
    }

    synchronized TaskStatus status() {
        return new TaskStatus(
                id,
                state,
                Optional.ofNullable(version),
                Optional.ofNullable(trace),
                Optional.ofNullable(lastError),
                restarts,
                counts,
                Optional.ofNullable(lastCommit).map(at -> Duration.between(at, clock.instant())));
    }

    static String oneLine(Throwable error) {
        String message = error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
        return message.lines().findFirst().orElse("").strip();
    }
}
