package io.millrace.pipeline.model;

import java.time.Duration;
import java.util.Optional;

/**
 * {@code on_error}; what is not written is inherited.
 *
 * @param retry how many times something transient is tried again, 0 or more
 * @param backoff between tries
 * @param then what happens to a record that cannot pass
 * @param stopIf when so many cannot pass that the stage stops
 */
public record ErrorPolicy(
        Optional<Integer> retry, Optional<Backoff> backoff, Optional<Then> then, Optional<StopIf> stopIf) {
    public static final ErrorPolicy NONE =
            new ErrorPolicy(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /** Waits that double from {@code first} up to {@code longest}. */
    public record Backoff(Duration first, Duration longest) {
        public static final Backoff BUILT_IN = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1));

        /** All waits of so many tries together. */
        public Duration total(int tries) {
            Duration sum = Duration.ZERO;
            Duration next = first;
            for (int i = 0; i < tries; i++) {
                sum = sum.plus(next);
                next = next.compareTo(longest.dividedBy(2)) >= 0 ? longest : next.multipliedBy(2);
            }
            return sum;
        }
    }

    /** What happens to a record that cannot pass. */
    public enum Then {
        /** It is kept, with why it did not pass, and can be let in again. */
        DEAD_LETTER,
        /** It is dropped, and counted under {@code skipped.<rule>}. */
        SKIP,
        /** Nothing passes it: its stage stops before it, and meets it again when it is started again. */
        STOP
    }

    /** What happens to a record that cannot pass: what is written, or else it is kept. */
    public Then thenOrDefault() {
        return then.orElse(Then.DEAD_LETTER);
    }

    /** This policy where nothing may stop: a record that would do it is kept. */
    public ErrorPolicy withoutStops() {
        return new ErrorPolicy(
                retry, backoff, then.map(word -> word == Then.STOP ? Then.DEAD_LETTER : word), Optional.empty());
    }

    /** This policy, with what it leaves open taken from an outer one. */
    public ErrorPolicy over(ErrorPolicy outer) {
        return new ErrorPolicy(
                retry.or(outer::retry), backoff.or(outer::backoff), then.or(outer::then), stopIf.or(outer::stopIf));
    }
}
