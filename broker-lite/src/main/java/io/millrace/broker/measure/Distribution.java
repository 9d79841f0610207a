package io.millrace.broker.measure;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/**
 * How values are spread. Percentiles are of the last five to ten minutes and within 6 % of the true ones: values are counted in buckets, eight to a
 * power of two. Count, sum, mean, least and greatest are exact and since the start, as Kafka's are.
 */
public final class Distribution implements Measure {
    private static final int STEPS_BITS = 3;
    private static final int STEPS = 1 << STEPS_BITS;
    private static final int MAX_BITS = 40;
    private static final int BUCKETS = (MAX_BITS - STEPS_BITS + 1) * STEPS;
    private static final Map<String, Double> QUANTILES = quantiles();

    private final double scale;
    private final LongAdder count = new LongAdder();
    private final LongAdder sum = new LongAdder();
    private final DoubleAdder squares = new DoubleAdder();
    private final LongAccumulator least = new LongAccumulator(Math::min, Long.MAX_VALUE);
    private final LongAccumulator greatest = new LongAccumulator(Math::max, 0);
    private volatile AtomicIntegerArray former = new AtomicIntegerArray(BUCKETS);
    private volatile AtomicIntegerArray recent = new AtomicIntegerArray(BUCKETS);

    /** @param scale how many of what is recorded make one of what is shown */
    Distribution(double scale) {
        this.scale = scale;
    }

    private static Map<String, Double> quantiles() {
        Map<String, Double> all = new LinkedHashMap<>();
        all.put("50thPercentile", 0.5);
        all.put("75thPercentile", 0.75);
        all.put("95thPercentile", 0.95);
        all.put("98thPercentile", 0.98);
        all.put("99thPercentile", 0.99);
        all.put("999thPercentile", 0.999);
        return all;
    }

    /** @param value below zero counts as zero */
    public void record(long value) {
        long counted = Math.max(0, value);
        count.increment();
        sum.add(counted);
        squares.add((double) counted * counted);
        least.accumulate(counted);
        greatest.accumulate(counted);
        recent.incrementAndGet(bucket(counted));
    }

    /** Forgets what is too old for percentiles. */
    void rotate() {
        former = recent;
        recent = new AtomicIntegerArray(BUCKETS);
    }

    private static int bucket(long value) {
        if (value < STEPS) {
            return (int) value;
        }
        int shift = Long.SIZE - 1 - STEPS_BITS - Long.numberOfLeadingZeros(value);
        return Math.min(BUCKETS - 1, (shift + 1) * STEPS + (int) (value >>> shift) - STEPS);
    }

    private static double middle(int bucket) {
        if (bucket < 2 * STEPS) {
            return bucket;
        }
        int shift = bucket / STEPS - 1;
        long from = (long) (bucket % STEPS + STEPS) << shift;
        return from + ((1L << shift) - 1) / 2.0;
    }

    /** The value below which this part of all recent ones is, in units shown. */
    private double quantile(long[] counts, long total, double part) {
        long rank = Math.max(1, (long) Math.ceil(part * total));
        long seen = 0;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            seen += counts[bucket];
            if (seen >= rank) {
                return Math.min(middle(bucket), greatest.get()) / scale;
            }
        }
        return 0;
    }

    private Map<String, Double> percentiles() {
        AtomicIntegerArray older = former;
        AtomicIntegerArray newer = recent;
        long[] counts = new long[BUCKETS];
        long total = 0;
        for (int i = 0; i < BUCKETS; i++) {
            counts[i] = (long) older.get(i) + newer.get(i);
            total += counts[i];
        }
        Map<String, Double> values = new LinkedHashMap<>();
        for (Map.Entry<String, Double> quantile : QUANTILES.entrySet()) {
            values.put(quantile.getKey(), total == 0 ? 0 : quantile(counts, total, quantile.getValue()));
        }
        return values;
    }

    @Override
    public Map<String, Object> attributes() {
        long n = count.sum();
        double mean = n == 0 ? 0 : (double) sum.sum() / n;
        double variance = n < 2 ? 0 : Math.max(0, (squares.sum() - n * mean * mean) / (n - 1));
        Map<String, Object> attributes = new TreeMap<>(percentiles());
        attributes.put("Count", n);
        attributes.put("Min", n == 0 ? 0.0 : least.get() / scale);
        attributes.put("Max", greatest.get() / scale);
        attributes.put("Mean", mean / scale);
        attributes.put("StdDev", Math.sqrt(variance) / scale);
        return attributes;
    }

    @Override
    public void write(Name name, PrometheusText text) {
        Map<String, Double> values = new LinkedHashMap<>();
        percentiles().forEach((attribute, value) -> values.put(String.valueOf(QUANTILES.get(attribute)), value));
        text.summary(name.family(), name.tags(), values, count.sum(), sum.sum() / scale);
    }
}
