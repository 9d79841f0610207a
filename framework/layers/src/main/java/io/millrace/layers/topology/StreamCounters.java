package io.millrace.layers.topology;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What became of a stream's records since this process started: in + expanded = out + dropped + dead letters, but for the record that is
 * being worked on. Records of a transaction that is aborted are counted, and again when they are read again. Thread-safe.
 */
public final class StreamCounters {
    /** The rule of a table's change that changes nothing. */
    public static final String UNCHANGED = "unchanged";

    /** What stands before the rule under which a record is counted that could not pass and, as {@code then: skip} says, is not kept. */
    public static final String SKIPPED = "skipped.";

    private final LongAdder in = new LongAdder();
    private final LongAdder expanded = new LongAdder();
    private final LongAdder out = new LongAdder();
    private final LongAdder deadLetters = new LongAdder();
    private final LongAdder skipped = new LongAdder();
    private final LongAdder held = new LongAdder();
    private final Map<String, LongAdder> dropped = new ConcurrentHashMap<>();

    public LongAdder in() {
        return in;
    }

    /** The records that {@code explode} made above the one that each came from. */
    public LongAdder expanded() {
        return expanded;
    }

    public LongAdder out() {
        return out;
    }

    /** How many wait for something now; neither in nor out. */
    public LongAdder held() {
        return held;
    }

    public LongAdder deadLetters() {
        return deadLetters;
    }

    void drop(String rule) {
        dropped.computeIfAbsent(rule, name -> new LongAdder()).increment();
    }

    /** Drops a record that a rule did not let pass. */
    void skip(String rule) {
        drop(SKIPPED + rule);
        skipped.increment();
    }

    /** How many could not pass, kept or not. */
    long failed() {
        return deadLetters.sum() + skipped.sum();
    }

    /** Rule to count, sorted by rule. */
    public Map<String, Long> dropped() {
        Map<String, Long> counts = new TreeMap<>();
        dropped.forEach((rule, count) -> counts.put(rule, count.sum()));
        return Collections.unmodifiableMap(counts);
    }
}
