package io.millrace.worker.fault;

import java.time.Duration;
import java.util.Random;

/**
 * Exponential delays with jitter: attempt n waits between half and all of {@code initial * 2^(n-1)}, never more than {@code max}.
 *
 * @param initial delay of the first attempt, at least 1 ms
 * @param max upper bound of every delay
 */
public record Backoff(Duration initial, Duration max) {
    private static final int MAX_DOUBLINGS = 30;

    /** @param attempt from 1; any size, the delay stays at {@code max} once it has reached it */
    public Duration delay(int attempt, Random random) {
        long base = Math.max(1, initial.toMillis());
        int doublings = Math.min(MAX_DOUBLINGS, Math.max(0, attempt - 1));
        long full = Math.min(Math.max(1, max.toMillis()), base << doublings);
        if (full <= 0) {
            full = max.toMillis();
        }
        long half = full / 2;
        return Duration.ofMillis(half + (long) (random.nextDouble() * (full - half)));
    }
}
