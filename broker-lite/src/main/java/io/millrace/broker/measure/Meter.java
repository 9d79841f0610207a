package io.millrace.broker.measure;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** Counts events; tells how many there were in a second, of late. */
public final class Meter implements Measure {
    private static final double TICK_SECONDS = Measures.TICK.toSeconds();
    private static final double SECONDS_PER_MINUTE = 60;
    private static final int[] MINUTES = {1, 5, 15};

    private final LongAdder count = new LongAdder();
    private final String events;
    private final long startNanos;
    /** Written by the thread that ticks only. */
    private volatile double[] rates = new double[MINUTES.length];

    private long ticked;
    private boolean first = true;

    /** @param events what is counted, in a word */
    Meter(String events) {
        this.events = events;
        this.startNanos = System.nanoTime();
    }

    public void mark() {
        count.increment();
    }

    public void mark(long events) {
        count.add(events);
    }

    public long count() {
        return count.sum();
    }

    /** Takes what came in the last few seconds into the rates. */
    void tick() {
        long now = count.sum();
        double rate = (now - ticked) / TICK_SECONDS;
        ticked = now;
        double[] next = new double[MINUTES.length];
        for (int i = 0; i < MINUTES.length; i++) {
            double weight = 1 - Math.exp(-TICK_SECONDS / SECONDS_PER_MINUTE / MINUTES[i]);
            next[i] = first ? rate : rates[i] + weight * (rate - rates[i]);
        }
        first = false;
        rates = next;
    }

    @Override
    public Map<String, Object> attributes() {
        double[] now = rates;
        double seconds = (System.nanoTime() - startNanos) / (double) TimeUnit.SECONDS.toNanos(1);
        Map<String, Object> attributes = new TreeMap<>();
        attributes.put("Count", count());
        attributes.put("EventType", events);
        attributes.put("RateUnit", TimeUnit.SECONDS);
        attributes.put("MeanRate", seconds > 0 ? count() / seconds : 0.0);
        attributes.put("OneMinuteRate", now[0]);
        attributes.put("FiveMinuteRate", now[1]);
        attributes.put("FifteenMinuteRate", now[2]);
        return attributes;
    }

    @Override
    public void write(Name name, PrometheusText text) {
        text.counter(name.family() + "_total", name.tags(), count());
    }
}
