package io.millrace.worker.task;

import java.util.Map;
import java.util.TreeMap;

/**
 * Counts of records. Always {@code in = out + dropped + dead letters}: records under way are not in it yet, and those of an aborted
 * transaction never are.
 *
 * @param in a source: polled and committed; a sink: read
 * @param out a source: committed to its topic; a sink: given to its task
 * @param deadLetters set aside
 * @param dropped by rule: a transform's alias, or the setting that says so
 */
public record Tally(long in, long out, long deadLetters, Map<String, Long> dropped) {
    public static final Tally NONE = new Tally(0, 0, 0, Map.of());

    public Tally {
        dropped = Map.copyOf(dropped);
    }

    public long droppedTotal() {
        return dropped.values().stream().mapToLong(Long::longValue).sum();
    }

    public Tally plus(Tally other) {
        Map<String, Long> sum = dropped;
        if (!other.dropped.isEmpty()) {
            sum = new TreeMap<>(dropped);
            for (Map.Entry<String, Long> entry : other.dropped.entrySet()) {
                sum.merge(entry.getKey(), entry.getValue(), Long::sum);
            }
        }
        return new Tally(in + other.in, out + other.out, deadLetters + other.deadLetters, sum);
    }
}
