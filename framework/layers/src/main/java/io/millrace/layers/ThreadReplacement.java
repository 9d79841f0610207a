package io.millrace.layers;

import io.millrace.foundation.error.ProblemException;
import io.millrace.plugin.record.BreakerOpenException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces a stream thread that died, after a pause that doubles, as long as not too many died lately; then gives up and keeps the error.
 * Of a thread that {@code stop_if} or {@code then: stop} stopped it gives up at once.
 * Called by the dying threads; thread-safe.
 */
final class ThreadReplacement implements StreamsUncaughtExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ThreadReplacement.class);

    /**
     * How often and how fast.
     *
     * @param deaths allowed within the window
     * @param firstPause before the first replacement; doubles up to {@code longestPause}
     */
    record Budget(int deaths, Duration window, Duration firstPause, Duration longestPause) {
        static final Budget DEFAULT =
                new Budget(10, Duration.ofMinutes(10), Duration.ofMillis(500), Duration.ofSeconds(30));
    }

    private final String pipeline;
    private final Budget budget;
    private final Clock clock;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Deque<Instant> deaths = new ArrayDeque<>();
    private @Nullable Throwable failure;

    ThreadReplacement(String pipeline, Budget budget, Clock clock) {
        this.pipeline = pipeline;
        this.budget = budget;
        this.clock = clock;
    }

    @Override
    public StreamThreadExceptionResponse handle(Throwable exception) {
        Optional<Duration> pause = died(exception);
        if (pause.isEmpty()) {
            LOG.atError().setCause(exception).addKeyValue("pipeline", pipeline).log("layers gave up");
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        LOG.atWarn()
                .setCause(exception)
                .addKeyValue("pipeline", pipeline)
                .addKeyValue("pause", pause.get())
                .log("a stream thread died and is replaced");
        awaitPause(pause.get());
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    /** Ends all pauses. */
    void stop() {
        stopped.countDown();
    }

    /** Why no thread is replaced any more. */
    synchronized Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    private synchronized Optional<Duration> died(Throwable exception) {
        if (breaker(exception).isPresent() || stop(exception).isPresent()) {
            // It would read the same records again, and stop again.
            failure = exception;
            return Optional.empty();
        }
        Instant now = clock.instant();
        deaths.addLast(now);
        while (deaths.getFirst().isBefore(now.minus(budget.window()))) {
            deaths.removeFirst();
        }
        if (deaths.size() > budget.deaths()) {
            failure = exception;
            return Optional.empty();
        }
        int doublings = Math.min(deaths.size() - 1, Integer.SIZE - 2);
        Duration pause = budget.firstPause().multipliedBy(1L << doublings);
        return Optional.of(pause.compareTo(budget.longestPause()) > 0 ? budget.longestPause() : pause);
    }

    /** The breaker that stopped the stream, where it was one. */
    static Optional<BreakerOpenException> breaker(Throwable exception) {
        for (Throwable cause = exception; cause != null; cause = cause.getCause()) {
            if (cause instanceof BreakerOpenException open) {
                return Optional.of(open);
            }
        }
        return Optional.empty();
    }

    /** The record that stopped the stream, where {@code then: stop} says so. */
    static Optional<ProblemException> stop(Throwable exception) {
        for (Throwable cause = exception; cause != null; cause = cause.getCause()) {
            if (cause instanceof ProblemException stop) {
                return Optional.of(stop);
            }
        }
        return Optional.empty();
    }

    private void awaitPause(Duration pause) {
        try {
            if (stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.atDebug().addKeyValue("pipeline", pipeline).log("the pause ended early, the layers are stopping");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
