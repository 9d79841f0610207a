package io.millrace.app;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** Where the time of a start went. Used by one thread. */
final class StartPhases {
    /** Shorter phases are of no interest. */
    private static final long SHOWN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private record Phase(String name, long nanos) {}

    private final LongSupplier clock;
    private final long begun;
    private final List<Phase> phases = new ArrayList<>();
    private long last;

    /**
     * @param clock nanoseconds
     * @param begun by the same clock
     */
    StartPhases(LongSupplier clock, long begun) {
        this.clock = clock;
        this.begun = begun;
        this.last = begun;
    }

    /** Begins with the start of this process; its first phase, {@code Java}, ends here. */
    static StartPhases sinceStartOfJava() {
        long up = TimeUnit.MILLISECONDS.toNanos(
                ManagementFactory.getRuntimeMXBean().getUptime());
        StartPhases phases = new StartPhases(System::nanoTime, System.nanoTime() - up);
        phases.ended("Java");
        return phases;
    }

    /** What was done since the last phase ended. */
    void ended(String phase) {
        long now = clock.getAsLong();
        phases.add(new Phase(phase, now - last));
        last = now;
    }

    /** {@code Started in 6.2 s: Java 0.4 s, pipeline 0.9 s, ...} */
    String text() {
        String parts = phases.stream()
                .filter(phase -> phase.nanos() >= SHOWN_NANOS)
                .map(phase -> phase.name() + " " + seconds(phase.nanos()))
                .collect(Collectors.joining(", "));
        return "Started in " + seconds(last - begun) + (parts.isEmpty() ? "" : ": " + parts);
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
    }
}
