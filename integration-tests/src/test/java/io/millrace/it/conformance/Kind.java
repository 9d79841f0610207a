package io.millrace.it.conformance;

/** The runtimes that are compared. */
enum Kind {
    /** Apache Kafka's ConnectStandalone: sources are at least once, plugins are found by looking into all classes. */
    STANDALONE("Connect standalone"),
    /** Apache Kafka's ConnectDistributed with exactly-once sources. */
    DISTRIBUTED("Connect distributed"),
    OURS("Millrace");

    private final String text;

    Kind(String text) {
        this.text = text;
    }

    boolean isOurs() {
        return this == OURS;
    }

    /** Whether records of sources and their offsets are committed together. */
    boolean isExactlyOnce() {
        return this != STANDALONE;
    }

    @Override
    public String toString() {
        return text;
    }
}
