package io.millrace.it.bench;

/** What is measured of a broker. The bound is the most that ours may have of what tuned Kafka has; figures without one explain others. */
enum Figure {
    FIRST_CPU("a", "CPU from exec to a produced, consumed and committed record", "s", 0.7),
    FIRST_WALL("a", "wall time of it", "s"),
    IDLE_RSS("b", "RSS, idle after that record", "MiB", 0.7),
    IDLE_PSS("b", "PSS, the same", "MiB"),
    FULL_RSS("b", "RSS, each partition written once, then idle", "MiB", 0.4),
    FULL_PSS("b", "PSS, the same", "MiB"),
    CREATED_WALL("c", "until createTopics is answered", "s"),
    ANSWERING_WALL("c", "until all partitions answer where they end", "s", 0.3),
    WRITTEN_WALL("c", "until each partition has acknowledged a record", "s", 0.3),
    WRITTEN_CPU("c", "broker CPU of it", "s"),
    PRODUCE_CPU("d", "produce: broker CPU per million records", "s", 0.7),
    PRODUCE_RATE("d", "produce: rate", "k records/s"),
    CONSUME_CPU("e", "consume: broker CPU per million records", "s", 1),
    CONSUME_RATE("e", "consume: rate", "k records/s"),
    LATENCY_P50("f", "end-to-end latency, p50", "ms", 1),
    LATENCY_P99("f", "end-to-end latency, p99", "ms"),
    LATENCY_CPU("f", "broker CPU per 1,000 records at that pace", "s");

    private final String letter;
    private final String text;
    private final String unit;
    private final double bound;

    Figure(String letter, String text, String unit) {
        this(letter, text, unit, Double.NaN);
    }

    Figure(String letter, String text, String unit, double bound) {
        this.letter = letter;
        this.text = text;
        this.unit = unit;
        this.bound = bound;
    }

    String letter() {
        return letter;
    }

    String text() {
        return text;
    }

    String unit() {
        return unit;
    }

    boolean isBound() {
        return !Double.isNaN(bound);
    }

    /** {@link #isBound} first. */
    double bound() {
        return bound;
    }
}
