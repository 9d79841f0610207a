package io.millrace.worker.task;

import java.util.HashMap;
import java.util.Map;

/** Counts one batch. Owned by the task thread. */
final class TallyBuilder {
    private long out;
    private long deadLetters;
    private final Map<String, Long> dropped = new HashMap<>();

    void out(long count) {
        out += count;
    }

    void deadLetter() {
        deadLetters++;
    }

    void dropped(String rule) {
        dropped.merge(rule, 1L, Long::sum);
    }

    Tally build() {
        long drops = dropped.values().stream().mapToLong(Long::longValue).sum();
        return new Tally(out + deadLetters + drops, out, deadLetters, dropped);
    }
}
