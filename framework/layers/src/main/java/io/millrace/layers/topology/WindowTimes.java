package io.millrace.layers.topology;

import io.millrace.expression.Scope;
import io.millrace.expression.type.EvaluationException;
import io.millrace.pipeline.step.Aggregate;
import io.millrace.pipeline.step.Window;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** Which windows an event time is in, and when they close. All times are microseconds since the epoch. Immutable and thread-safe. */
final class WindowTimes {
    /** Far from where sums of times overflow: some 140,000 years from now, either way. */
    private static final long FARTHEST = Long.MAX_VALUE / 2;

    /** The rule, and the code, of a record that has no event time. */
    private static final String RULE = "window";

    private static final String CODE = "layers.event-time";

    private final Window window;
    private final long size;
    private final long every;
    private final long graceAfterEnd;
    private final long keep;

    /**
     * A window, or what a record alone makes of a session: start and end are its time.
     *
     * @param end of a session its last record, of others not in it
     */
    record Span(long start, long end) {}

    WindowTimes(Window window) {
        this.window = window;
        this.size = micros(window.size().toMillis());
        this.every = micros(window.every().toMillis());
        long grace = micros(window.grace().toMillis());
        this.graceAfterEnd = window.shape() == Window.Shape.SESSION ? size + grace : grace;
        this.keep = micros(window.keep().toMillis());
    }

    private static long micros(long millis) {
        return millis * 1_000;
    }

    /** The rule that a record failed which an aggregate cannot evaluate. */
    static String rule(Aggregate aggregate, String code) {
        return code.equals(CODE) ? RULE : aggregate.name();
    }

    boolean isSession() {
        return window.shape() == Window.Shape.SESSION;
    }

    boolean isFinal() {
        return window.emit() == Window.Emit.FINAL;
    }

    /** The greatest distance of two records of a session. */
    long gap() {
        return size;
    }

    /** The event time. */
    long timeOf(Scope scope) {
        Object value = window.time().evaluate(scope);
        if (value instanceof LocalDate date) {
            value = date.atStartOfDay().toInstant(ZoneOffset.UTC);
        }
        if (!(value instanceof Instant instant)) {
            throw new EvaluationException(
                    CODE,
                    "'" + window.time().text() + "' is " + (value == null ? "null" : "not a time")
                            + ", and puts the record into its window");
        }
        long time;
        try {
            time = ChronoUnit.MICROS.between(Instant.EPOCH, instant);
        } catch (ArithmeticException e) {
            time = Long.MAX_VALUE;
        }
        if (time > FARTHEST || time < -FARTHEST) {
            throw new EvaluationException(CODE, "'" + window.time().text() + "' is too far from now for a window");
        }
        return time;
    }

    /** The windows that a time is in, the first first. */
    List<Span> spans(long time) {
        if (isSession()) {
            return List.of(new Span(time, time));
        }
        List<Span> spans = new ArrayList<>();
        long last = Math.floorDiv(time, every) * every;
        for (long start = last; start > time - size; start -= every) {
            spans.add(0, new Span(start, start + size));
        }
        return spans;
    }

    /** When a window closes that ends then: for a key that has come so far in event time. */
    long closesAt(long end) {
        return end + graceAfterEnd;
    }

    /** Up to where windows are closed for records from everywhere, when the newest record of the key has this time. */
    long floor(long newest) {
        return isFinal() ? newest : newest - keep;
    }
}
