package io.millrace.worker.fault;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Decides how long a failed task or connector waits before it starts again. A task that has run for the healthy period counts as
 * recovered, so that its next failure waits the shortest delay again. Owned by one thread.
 */
public final class RestartBackoff {
    /**
     * How failed tasks start again.
     *
     * @param backoff the delays
     * @param healthyAfter how long a run lasts that resets the count of failures
     */
    public record Policy(Backoff backoff, Duration healthyAfter) {
        /** 1 s to 1 min, reset after 2 min without a failure. */
        public static final Policy DEFAULT =
                new Policy(new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1)), Duration.ofMinutes(2));
    }

    private final Policy policy;
    private final Clock clock;
    private final Random random;
    private @Nullable Instant startedAt;
    private int failures;

    public RestartBackoff(Policy policy, Clock clock, Random random) {
        this.policy = policy;
        this.clock = clock;
        this.random = random;
    }

    /** A run begins. */
    public void started() {
        startedAt = clock.instant();
    }

    /** The run failed: answers how long to wait before the next. */
    public Duration failed() {
        Instant start = startedAt;
        if (start != null && !clock.instant().isBefore(start.plus(policy.healthyAfter()))) {
            failures = 0;
        }
        failures++;
        return policy.backoff().delay(failures, random);
    }

    /** The run failed and the next one is better off for it: the shortest delay, and no failure is counted. */
    public Duration soon() {
        return policy.backoff().delay(1, random);
    }

    /** Failures in a row. */
    public int failures() {
        return failures;
    }
}
