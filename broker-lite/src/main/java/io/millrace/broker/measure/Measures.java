package io.millrace.broker.measure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;

/** All that one broker measures, by name. Thread-safe. */
public final class Measures {
    /** How often {@link #tick} is to be called. */
    public static final Duration TICK = Duration.ofSeconds(5);

    private static final int TICKS_PER_ROTATION = 60;
    private static final double MICROS_PER_MILLI = 1000;

    private final Map<Name, Measure> all = new ConcurrentHashMap<>();
    private final List<Follower> followers = new CopyOnWriteArrayList<>();
    private int ticks;

    /** Told of each measure that comes or goes. */
    interface Follower {
        void added(Name name, Measure measure);

        void removed(Name name);
    }

    /** The meter of this name, made if there is none. */
    public Meter meter(Name name, String events) {
        return (Meter) made(name, n -> new Meter(events));
    }

    /** The spread of times of this name, which are recorded in microseconds and shown in milliseconds. */
    public Distribution times(Name name) {
        return (Distribution) made(name, n -> new Distribution(MICROS_PER_MILLI));
    }

    /** The spread of sizes of this name. */
    public Distribution sizes(Name name) {
        return (Distribution) made(name, n -> new Distribution(1));
    }

    /** Adds what is asked for a value whenever somebody looks; it takes the place of another of this name. */
    public void gauge(Name name, Supplier<?> value) {
        remove(name);
        made(name, n -> new Gauge(value));
    }

    private Measure made(Name name, Function<Name, Measure> maker) {
        Measure known = all.get(name);
        return known != null ? known : add(name, maker);
    }

    private synchronized Measure add(Name name, Function<Name, Measure> maker) {
        Measure known = all.get(name);
        if (known != null) {
            return known;
        }
        Measure made = maker.apply(name);
        all.put(name, made);
        followers.forEach(follower -> follower.added(name, made));
        return made;
    }

    public synchronized void remove(Name name) {
        if (all.remove(name) != null) {
            followers.forEach(follower -> follower.removed(name));
        }
    }

    synchronized void follow(Follower follower) {
        followers.add(follower);
        all.forEach(follower::added);
    }

    /** Takes the last seconds into rates, and now and then forgets what is too old for percentiles. Not for two threads at once. */
    public void tick() {
        boolean rotate = ++ticks % TICKS_PER_ROTATION == 0;
        for (Measure measure : all.values()) {
            if (measure instanceof Meter meter) {
                meter.tick();
            } else if (rotate && measure instanceof Distribution distribution) {
                distribution.rotate();
            }
        }
    }

    /** Writes all of them down. */
    public void write(PrometheusText text) {
        all.forEach((name, measure) -> measure.write(name, text));
    }
}
