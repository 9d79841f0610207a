package io.millrace.app.summary;

import java.time.Duration;
import java.util.List;

/**
 * One look at a run.
 *
 * @param pipeline its name
 * @param broker where the broker listens
 * @param up how long it runs
 * @param connectors sources, then sinks
 * @param streams of the layers, in their order
 * @param landings where each sink landed
 * @param groups of dead letters, the largest first
 * @param skipped what could not pass and, as {@code then: skip} says, was not kept
 */
public record Summary(
        String pipeline,
        String broker,
        Duration up,
        List<ConnectorRow> connectors,
        List<StreamRow> streams,
        List<Landing> landings,
        List<GroupRow> groups,
        List<SkipRow> skipped) {

    /**
     * A connector.
     *
     * @param state as Connect names it, RUNNING, RESTARTING ...
     * @param records that a source wrote or a sink took
     * @param rate records a second since the last look
     * @param error the last one, in one line; empty where there is none
     */
    public record ConnectorRow(
            String name, String type, String state, long records, double rate, long deadLetters, String error) {}

    /**
     * A stream of the layers.
     *
     * @param in records that came
     * @param out records that were written
     * @param rate written records a second since the last look
     * @param dropped by a rule
     */
    public record StreamRow(String name, long in, long out, double rate, long dropped, long deadLetters) {}

    /**
     * Where a sink landed.
     *
     * @param sink its name
     * @param place a folder, a bucket, a table
     * @param look a command that shows it; may be empty
     */
    public record Landing(String sink, String place, String look) {}

    /**
     * Dead letters of one kind of failure.
     *
     * @param group their fingerprint
     */
    public record GroupRow(String group, String stage, String rule, long count) {}

    /**
     * Records of one stage that could not pass and were not kept.
     *
     * @param stage a stream or a connector
     * @param rule that they are counted under, {@code skipped.<rule>}
     */
    public record SkipRow(String stage, String rule, long count) {}

    public Summary {
        connectors = List.copyOf(connectors);
        streams = List.copyOf(streams);
        landings = List.copyOf(landings);
        groups = List.copyOf(groups);
        skipped = List.copyOf(skipped);
    }

    /** Everything that was counted, to tell whether anything moved between two looks. */
    public long total() {
        return connectors.stream()
                        .mapToLong(row -> row.records() + row.deadLetters())
                        .sum()
                + streams.stream()
                        .mapToLong(row -> row.in() + row.deadLetters())
                        .sum();
    }
}
