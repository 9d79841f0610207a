package io.millrace.it.conformance;

import java.util.List;
import java.util.Set;

/**
 * A finding of ours that is not Connect's, and why.
 *
 * @param sort whether it stays
 * @param items of the checklist
 * @param from whose finding is another
 * @param findings {@code <scenario> / <what>}, each of which must differ in just this way
 * @param diff the lines of Connect that are not ours, after {@code -}, and those of ours that are not Connect's, after {@code +}
 */
record Difference(
        Sort sort, List<Integer> items, Set<Kind> from, List<String> findings, List<String> diff, String reason) {
    /** Whether a difference stays. */
    enum Sort {
        /** Ours is meant to be so. */
        INTENDED("intended"),
        /** Connect is right, and ours is to change. */
        TO_MEND("to mend");

        private final String text;

        Sort(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
