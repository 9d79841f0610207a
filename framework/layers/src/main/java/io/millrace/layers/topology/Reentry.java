package io.millrace.layers.topology;

import io.millrace.pipeline.step.Dedupe;
import io.millrace.pipeline.step.Explode;
import io.millrace.pipeline.step.Step;
import io.millrace.plugin.record.DeadLetter;
import io.millrace.plugin.record.DeadLetterHeaders;
import io.millrace.plugin.record.ReplayHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.header.Headers;

/**
 * How what dies between the steps of a stream enters that stream again, where it always does so at the first step. Immutable.
 *
 * @param topic that the stream reads; empty for what cannot enter again
 * @param passed the {@code dedupe} steps that it has passed: there it would now meet itself
 */
record Reentry(Kind kind, String topic, List<String> passed) {

    /** What is known of the record that the stream read. */
    enum Kind {
        /** It is still here, with its key. */
        AS_READ,
        /** It is the raw record that the origin names: it made this row, and no other of the stream. */
        OF_ORIGIN,
        /** There are several, or this row is one of several that it made, or it lies on its topic at a place that nobody knows. */
        NONE
    }

    static final Reentry NONE = new Reentry(Kind.NONE, "", List.of());

    Reentry {
        passed = List.copyOf(passed);
    }

    static Reentry asRead(String topic) {
        return new Reentry(Kind.AS_READ, topic, List.of());
    }

    static Reentry ofOrigin(String topic) {
        return new Reentry(Kind.OF_ORIGIN, topic, List.of());
    }

    /** After steps of one record each. */
    Reentry after(List<Step> steps) {
        return switch (kind) {
            case AS_READ -> steps.isEmpty() ? this : NONE;
            case OF_ORIGIN -> steps.stream().noneMatch(Explode.class::isInstance) ? this : NONE;
            case NONE -> NONE;
        };
    }

    /** After a lookup, which adds a field, or with another key. */
    Reentry changed() {
        return kind == Kind.OF_ORIGIN ? this : NONE;
    }

    Reentry past(Dedupe dedupe) {
        if (kind == Kind.NONE) {
            return NONE;
        }
        List<String> names = new ArrayList<>(passed);
        names.add(dedupe.name());
        return new Reentry(kind, topic, names);
    }

    boolean isPossible() {
        return kind != Kind.NONE;
    }

    /**
     * Tells it to a dead letter.
     *
     * @param headers of the row, with those of its replay where it was one; changed and given to the letter
     * @param origin of the row
     */
    void tell(DeadLetter.Builder letter, Headers headers, String origin) {
        switch (kind) {
            case AS_READ -> letter.meantFor(topic);
            case OF_ORIGIN -> {
                // The place of its replay is that of the raw record, whose bytes these are not.
                letter.attempts(1 + ReplayHeaders.endTry(headers));
                if (!origin.isEmpty()) {
                    put(headers, DeadLetterHeaders.INPUT, origin);
                }
            }
            case NONE -> ReplayHeaders.remove(headers);
        }
        if (isPossible()) {
            // Also those that it passed when it entered before: they still have it in mind.
            Set<String> all = new TreeSet<>(ReplayHeaders.passed(headers));
            all.addAll(passed);
            headers.remove(ReplayHeaders.PASSED);
            if (!all.isEmpty()) {
                put(headers, ReplayHeaders.PASSED, String.join(",", all));
            }
        }
        letter.originalHeaders(headers);
    }

    private static void put(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
