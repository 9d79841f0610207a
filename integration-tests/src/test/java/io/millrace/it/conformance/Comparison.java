package io.millrace.it.conformance;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What was found on all runtimes, and how ours differs. */
final class Comparison {
    /** A finding of ours that is another than Connect's. */
    record Deviation(Kind from, Finding theirs, Finding ours, List<String> diff, Optional<Difference> listed) {
        /** Of the checklist: those the difference is listed under, as far as they are the finding's, else the finding's. */
        List<Integer> items() {
            List<Integer> both = theirs.items().stream()
                    .filter(item ->
                            listed.map(Difference::items).orElse(List.of()).contains(item))
                    .toList();
            return both.isEmpty() ? theirs.items() : both;
        }

        boolean belongsTo(int item) {
            return items().contains(item);
        }

        String sort() {
            return listed.map(one -> one.sort().toString()).orElse("**not listed**");
        }

        String text() {
            return theirs.name() + ", items " + theirs.items() + ", not as on " + from + ":\n    "
                    + String.join("\n    ", diff);
        }
    }

    private final Map<Kind, Map<String, Finding>> findings = new EnumMap<>(Kind.class);
    private final List<Deviation> deviations = new ArrayList<>();
    private final List<String> missing = new ArrayList<>();
    private final List<String> stale = new ArrayList<>();

    Comparison(Map<Kind, List<Finding>> found, List<Difference> differences) {
        found.forEach((kind, list) -> {
            Map<String, Finding> byName = new LinkedHashMap<>();
            list.stream().sorted(Comparator.comparing(Finding::name)).forEach(one -> byName.put(one.name(), one));
            findings.put(kind, byName);
        });
        Set<String> occurred = new HashSet<>();
        for (Kind connect : List.of(Kind.STANDALONE, Kind.DISTRIBUTED)) {
            of(connect).forEach((name, theirs) -> compare(connect, theirs, differences, occurred));
        }
        for (Difference difference : differences) {
            for (Kind from : difference.from()) {
                for (String name : difference.findings()) {
                    if (!occurred.contains(key(difference, from, name))) {
                        stale.add(name + " on " + from + ": " + difference.diff());
                    }
                }
            }
        }
    }

    private void compare(Kind connect, Finding theirs, List<Difference> differences, Set<String> occurred) {
        Finding ours = of(Kind.OURS).get(theirs.name());
        if (ours == null) {
            missing.add(theirs.name());
            return;
        }
        List<String> diff = Finding.diff(theirs.lines(), ours.lines());
        if (diff.isEmpty()) {
            return;
        }
        Optional<Difference> listed = differences.stream()
                .filter(one -> one.from().contains(connect)
                        && one.findings().contains(theirs.name())
                        && one.diff().equals(diff))
                .findFirst();
        listed.ifPresent(one -> occurred.add(key(one, connect, theirs.name())));
        deviations.add(new Deviation(connect, theirs, ours, diff, listed));
    }

    private static String key(Difference difference, Kind from, String name) {
        return System.identityHashCode(difference) + "/" + from + "/" + name;
    }

    Map<String, Finding> of(Kind kind) {
        return findings.getOrDefault(kind, Map.of());
    }

    List<Deviation> deviations() {
        return List.copyOf(deviations);
    }

    /** Differences that nobody has listed. */
    List<String> unlisted() {
        return deviations.stream()
                .filter(one -> one.listed().isEmpty())
                .map(Deviation::text)
                .toList();
    }

    /** Differences that are listed and do not occur. */
    List<String> stale() {
        return List.copyOf(stale);
    }

    /** Findings of Connect that ours does not have, because what gives them is not yet on ours or could not be played. */
    List<String> missing() {
        return List.copyOf(missing);
    }

    /** Where Connect itself is not as the contract says. */
    List<String> againstTheContract() {
        List<String> wrong = new ArrayList<>();
        for (Kind connect : List.of(Kind.STANDALONE, Kind.DISTRIBUTED)) {
            for (Finding finding : of(connect).values()) {
                finding.expected()
                        .map(expected -> Finding.diff(expected, finding.lines()))
                        .filter(diff -> !diff.isEmpty())
                        .ifPresent(diff -> wrong.add(finding.name() + ", items " + finding.items() + ", on " + connect
                                + ":\n    " + String.join("\n    ", diff)));
            }
        }
        return wrong;
    }
}
