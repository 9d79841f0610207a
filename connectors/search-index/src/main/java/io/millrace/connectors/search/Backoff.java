package io.millrace.connectors.search;

import java.time.Duration;
import java.util.Random;

/** How long to wait between attempts: doubling, a random half left out, so that tasks that failed together do not come back together. */
final class Backoff {
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(15);

    private final Random random;
    private int failures;

    Backoff(Random random) {
        this.random = random;
    }

    void reset() {
        failures = 0;
    }

    /** After one more failure. */
    Duration next(Duration atLeast) {
        long full = Math.min(FIRST.toMillis() << Math.min(failures, 10), LONGEST.toMillis());
        failures++;
        long jittered = full / 2 + (long) (random.nextDouble() * full / 2);
        return Duration.ofMillis(Math.max(jittered, Math.min(atLeast.toMillis(), LONGEST.toMillis())));
    }
}
