package io.millrace.app.summary;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A summary as lines of text, at most 100 columns wide but for errors and places. */
public final class SummaryText {
    private static final int MOST_GROUPS = 5;

    private SummaryText() {}

    public static List<String> lines(Summary summary) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT, "%s  up %s  broker %s", summary.pipeline(), clock(summary.up()), summary.broker()));
        lines.add("");
        lines.add(String.format(
                Locale.ROOT, "  %-34s %10s %10s %9s %9s %8s", "", "in", "out", "out/s", "dropped", "dead"));
        for (Summary.ConnectorRow row : summary.connectors()) {
            lines.add(String.format(
                    Locale.ROOT,
                    "  %-34s %10s %10d %9.1f %9s %8d  %s",
                    row.name() + " (" + shortType(row.type()) + ")",
                    "",
                    row.records(),
                    row.rate(),
                    "",
                    row.deadLetters(),
                    row.state()));
            if (!row.error().isEmpty()) {
                lines.add("      " + row.error());
            }
        }
        for (Summary.StreamRow row : summary.streams()) {
            lines.add(String.format(
                    Locale.ROOT,
                    "  %-34s %10d %10d %9.1f %9d %8d",
                    row.name(),
                    row.in(),
                    row.out(),
                    row.rate(),
                    row.dropped(),
                    row.deadLetters()));
        }
        groups(summary.groups(), lines);
        skipped(summary.skipped(), lines);
        lines.add("");
        for (Summary.Landing landing : summary.landings()) {
            lines.add("  " + landing.sink() + " -> " + landing.place());
            if (!landing.look().isEmpty()) {
                lines.add("    " + landing.look());
            }
        }
        return lines;
    }

    private static void groups(List<Summary.GroupRow> groups, List<String> lines) {
        if (groups.isEmpty()) {
            return;
        }
        lines.add("");
        lines.add("  dead letters by kind (millrace deadletter groups)");
        groups.stream()
                .limit(MOST_GROUPS)
                .forEach(group -> lines.add(String.format(
                        Locale.ROOT,
                        "  %8d  %s  %s  %s",
                        group.count(),
                        group.group(),
                        group.stage(),
                        group.rule().isEmpty() ? "-" : group.rule())));
        if (groups.size() > MOST_GROUPS) {
            lines.add("            and " + (groups.size() - MOST_GROUPS) + " more kinds");
        }
    }

    /** Nobody else tells of them: so all of them. */
    private static void skipped(List<Summary.SkipRow> skipped, List<String> lines) {
        if (skipped.isEmpty()) {
            return;
        }
        lines.add("");
        lines.add("  dropped because they could not pass (on_error: then: skip)");
        skipped.forEach(
                row -> lines.add(String.format(Locale.ROOT, "  %8d  %s  %s", row.count(), row.stage(), row.rule())));
    }

    /** A connector class without its package. */
    private static String shortType(String type) {
        return type.substring(type.lastIndexOf('.') + 1);
    }

    private static String clock(Duration up) {
        return String.format(Locale.ROOT, "%02d:%02d:%02d", up.toHours(), up.toMinutesPart(), up.toSecondsPart());
    }
}
