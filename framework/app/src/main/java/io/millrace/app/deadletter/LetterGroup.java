package io.millrace.app.deadletter;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Dead letters of one kind of failure.
 *
 * @param fingerprint the same for the same kind of failure
 * @param first when the first of their records arrived
 * @param last when the last of their records arrived
 * @param sample the last one's message
 * @param sampleId the last one
 */
public record LetterGroup(
        String fingerprint,
        String stage,
        String rule,
        String code,
        long count,
        Instant first,
        Instant last,
        String sample,
        String sampleId) {

    private static LetterGroup of(Letter letter) {
        return new LetterGroup(
                letter.group(),
                letter.stage(),
                letter.rule(),
                letter.code(),
                1,
                letter.at(),
                letter.at(),
                letter.message(),
                letter.id());
    }

    private LetterGroup and(LetterGroup later) {
        return new LetterGroup(
                fingerprint,
                stage,
                rule,
                code,
                count + later.count,
                first.isBefore(later.first) ? first : later.first,
                last.isAfter(later.last) ? last : later.last,
                later.sample,
                later.sampleId);
    }

    /** Sorts letters into groups as they come. Owned by one thread. */
    public static final class Counter {
        private final Map<String, LetterGroup> groups = new LinkedHashMap<>();

        public void add(Letter letter) {
            groups.merge(letter.group(), of(letter), LetterGroup::and);
        }

        /** The largest first. */
        public List<LetterGroup> groups() {
            List<LetterGroup> sorted = new ArrayList<>(groups.values());
            sorted.sort(
                    Comparator.comparingLong(LetterGroup::count).reversed().thenComparing(LetterGroup::fingerprint));
            return sorted;
        }
    }
}
