package io.millrace.plugin.record;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Stops a stage of which too many records die: {@code on_error.stop_if}. Counts records and dead letters in a sliding window of
 * {@value #SLICES} slices. It judges from {@value #LEAST} records on, and stays open once it has opened. Thread-safe.
 *
 * <p>Invariant: the owner asks {@link #throwIfOpen()} before it commits what was counted, so that nothing is passed by a stage that
 * stops; what was not committed is read again by the next run.
 */
public final class Breaker {
    /** Records in the window before it judges: of fewer, a single bad one would be a large share. */
    public static final int LEAST = 100;

    private static final int SLICES = 60;
    private static final int KINDS_PER_SLICE = 32;
    private static final double PERCENT = 100;

    private static final class Slice {
        private final long number;
        private long records;
        private long dead;
        private final Map<String, Long> kinds = new HashMap<>();

        private Slice(long number) {
            this.number = number;
        }
    }

    private final String stage;
    private final double percent;
    private final Duration window;
    private final Clock clock;
    private final long sliceMillis;
    private final Deque<Slice> slices = new ArrayDeque<>();
    private long records;
    private long dead;
    private volatile @Nullable String open;

    /**
     * @param stage as in {@link DeadLetterHeaders#STAGE}, or the stream for all of its steps
     * @param percent of the records that may die, 0 or more; more than this opens it
     * @param window at least one millisecond
     */
    public Breaker(String stage, double percent, Duration window, Clock clock) {
        this.stage = stage;
        this.percent = percent;
        this.window = window;
        this.clock = clock;
        this.sliceMillis = Math.max(1, window.toMillis() / SLICES);
    }

    /** Records that passed, or were dropped by a rule. */
    public synchronized void passed(long count) {
        if (count > 0) {
            Slice slice = now();
            slice.records += count;
            records += count;
        }
    }

    /** @param fingerprint the kind of failure; empty where it is not known */
    public synchronized void died(String fingerprint) {
        Slice slice = now();
        slice.records++;
        records++;
        dead(slice, fingerprint);
    }

    /** A record that was counted as passed died after all. */
    public synchronized void diedAfterAll(String fingerprint) {
        dead(now(), fingerprint);
    }

    private void dead(Slice slice, String fingerprint) {
        slice.dead++;
        dead++;
        if (slice.kinds.containsKey(fingerprint) || slice.kinds.size() < KINDS_PER_SLICE) {
            slice.kinds.merge(fingerprint, 1L, Long::sum);
        }
        if (open == null && records >= LEAST && dead * PERCENT > percent * records) {
            open = told();
        }
    }

    public boolean isOpen() {
        return open != null;
    }

    /** @throws BreakerOpenException once it is open: with stage, counts, the most frequent group, and what to do */
    public void throwIfOpen() {
        String message = open;
        if (message != null) {
            throw new BreakerOpenException(message);
        }
    }

    private Slice now() {
        long number = Math.floorDiv(clock.millis(), sliceMillis);
        while (!slices.isEmpty() && slices.getFirst().number <= number - SLICES) {
            Slice gone = slices.removeFirst();
            records -= gone.records;
            dead -= gone.dead;
        }
        Slice last = slices.peekLast();
        if (last == null || last.number < number) {
            last = new Slice(number);
            slices.addLast(last);
        }
        return last;
    }

    private String told() {
        Map<String, Long> kinds = new HashMap<>();
        slices.forEach(slice -> slice.kinds.forEach((kind, count) -> kinds.merge(kind, count, Long::sum)));
        String most = kinds.entrySet().stream()
                .filter(kind -> !kind.getKey().isEmpty())
                .max(Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .map(kind -> " " + kind.getValue() + " of them are of group '" + kind.getKey() + "'.")
                .orElse("");
        return String.format(
                Locale.ROOT,
                "[%s] Stage '%s' stops: %d of its last %d records within %s are dead letters, that is %.1f%%, and"
                        + " 'stop_if' allows %s%%.%s What was not committed is read again by the next run. Look at"
                        + " 'millrace deadletter groups', mend the cause, or raise 'stop_if', then run again.",
                BreakerOpenException.CODE,
                stage,
                dead,
                records,
                text(window),
                dead * PERCENT / records,
                text(percent),
                most);
    }

    private static String text(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }

    private static String text(Duration time) {
        long millis = time.toMillis();
        if (millis % 60_000 == 0) {
            return millis / 60_000 + "m";
        }
        return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }
}
