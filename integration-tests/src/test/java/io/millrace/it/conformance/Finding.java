package io.millrace.it.conformance;

import java.util.List;
import java.util.Optional;

/**
 * Something that a scenario found out about a runtime.
 *
 * @param items of the checklist that it belongs to
 * @param what among the scenario's findings; the same on every runtime
 * @param expected what the contract says, where the scenario says it
 * @param lines what was found
 */
record Finding(List<Integer> items, String scenario, String what, Optional<List<String>> expected, List<String> lines) {
    Finding {
        items = List.copyOf(items);
        lines = List.copyOf(lines);
    }

    String name() {
        return scenario + " / " + what;
    }

    /** Lines of theirs that are not in ours, and of ours that are not in theirs, in order; empty where they are equal. */
    static List<String> diff(List<String> theirs, List<String> ours) {
        int[][] common = new int[theirs.size() + 1][ours.size() + 1];
        for (int i = theirs.size() - 1; i >= 0; i--) {
            for (int j = ours.size() - 1; j >= 0; j--) {
                common[i][j] = theirs.get(i).equals(ours.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        List<String> diff = new java.util.ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < theirs.size() || j < ours.size()) {
            if (i < theirs.size() && j < ours.size() && theirs.get(i).equals(ours.get(j))) {
                i++;
                j++;
            } else if (j == ours.size() || (i < theirs.size() && common[i + 1][j] >= common[i][j + 1])) {
                diff.add("- " + theirs.get(i++));
            } else {
                diff.add("+ " + ours.get(j++));
            }
        }
        return diff;
    }
}
