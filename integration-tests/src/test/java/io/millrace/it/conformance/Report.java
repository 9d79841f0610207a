package io.millrace.it.conformance;

import io.millrace.it.conformance.Comparison.Deviation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.utils.AppInfoParser;

/** Tells, item by item, what was found. */
final class Report {
    private final Comparison comparison;
    private final Plays plays;

    Report(Comparison comparison, Plays plays) {
        this.comparison = comparison;
        this.plays = plays;
    }

    /** Items that no scenario shows. */
    static List<Integer> untold(Comparison comparison) {
        return IntStream.rangeClosed(1, Checklist.size())
                .filter(item -> of(comparison, Kind.DISTRIBUTED, item).isEmpty())
                .boxed()
                .toList();
    }

    private static List<Finding> of(Comparison comparison, Kind kind, int item) {
        return comparison.of(kind).values().stream()
                .filter(finding -> finding.items().contains(item))
                .toList();
    }

    void writeTo(Path folder) throws IOException {
        Files.writeString(folder.resolve("report.md"), text());
        List<String> raw = new ArrayList<>();
        raw.add("# not played to the end");
        raw.addAll(plays.failures());
        raw.add("# Connect against the contract");
        raw.addAll(comparison.againstTheContract());
        raw.add("# not listed");
        raw.addAll(comparison.unlisted());
        raw.add("# listed, does not occur");
        raw.addAll(comparison.stale());
        raw.add("# milliseconds");
        plays.millis().entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .forEach(entry -> raw.add(entry.getValue() + " " + entry.getKey()));
        Files.write(folder.resolve("details.txt"), raw);
    }

    private String text() {
        StringBuilder text = new StringBuilder("""
                # Conformance with Kafka Connect %s

                Made by `ConformanceIT`: the probe plugins write down every call; the same scenarios run on Connect standalone (at least once), on Connect
                distributed (exactly once) and on our worker, each in a JVM and on a broker of its own. A cell counts the findings that are as the contract
                says; on ours as on Connect, but for what is listed under the item; `of` those there are.

                | # | item | scenarios | standalone | distributed | ours, as standalone | ours, as distributed |
                |---|---|---|---|---|---|---|
                """.formatted(AppInfoParser.getVersion()));
        for (int item = 1; item <= Checklist.size(); item++) {
            text.append(row(item));
        }
        text.append(
                "\n## Differences\n\n| items | where | Connect | sort | difference | reason |\n|---|---|---|---|---|---|\n");
        Map<String, List<Deviation>> together = comparison.deviations().stream()
                .collect(Collectors.groupingBy(
                        one -> one.theirs().name() + one.diff() + one.sort(), TreeMap::new, Collectors.toList()));
        together.values().forEach(same -> text.append(difference(same)));
        text.append("\n## What no scenario shows\n\n");
        for (int item = 1; item <= Checklist.size(); item++) {
            if (!Checklist.notShown(item).isEmpty()) {
                text.append("- %d: %s\n".formatted(item, Checklist.notShown(item)));
            }
        }
        text.append("\n## Not yet on ours, shown on Connect only\n\n");
        comparison.missing().stream()
                .map(name -> name.split(" / ")[0])
                .distinct()
                .sorted()
                .forEach(name -> text.append("- ").append(name).append('\n'));
        return text.toString();
    }

    /** @param same of one finding, on one runtime of Connect or on both */
    private static String difference(List<Deviation> same) {
        Deviation first = same.get(0);
        return "| %s | %s | %s | %s | %s | %s |\n"
                .formatted(
                        numbers(first.items()),
                        first.theirs().name(),
                        same.stream().map(one -> one.from().toString()).collect(Collectors.joining(", ")),
                        first.sort(),
                        first.diff().stream()
                                .map(line -> "`" + line.replace("|", "\\|").replace("`", "'") + "`")
                                .collect(Collectors.joining("<br>")),
                        first.listed().map(Difference::reason).orElse(""));
    }

    private String row(int item) {
        Collection<String> scenarios = Stream.of(Kind.values())
                .flatMap(kind -> of(comparison, kind, item).stream())
                .map(Finding::scenario)
                .collect(Collectors.toCollection(TreeSet::new));
        return "| %d | %s | %s | %s | %s | %s | %s |\n"
                .formatted(
                        item,
                        Checklist.title(item),
                        String.join(", ", scenarios),
                        onConnect(Kind.STANDALONE, item),
                        onConnect(Kind.DISTRIBUTED, item),
                        onOurs(Kind.STANDALONE, item),
                        onOurs(Kind.DISTRIBUTED, item));
    }

    private String onConnect(Kind kind, int item) {
        List<Finding> all = of(comparison, kind, item);
        long good = all.stream()
                .filter(finding ->
                        finding.expected().map(finding.lines()::equals).orElse(true))
                .count();
        return all.isEmpty() ? "" : good + " of " + all.size();
    }

    private String onOurs(Kind connect, int item) {
        List<Finding> all = of(comparison, connect, item).stream()
                .filter(finding -> comparison.of(Kind.OURS).containsKey(finding.name()))
                .toList();
        if (all.isEmpty()) {
            return of(comparison, connect, item).isEmpty() ? "" : "not yet";
        }
        List<Deviation> other = comparison.deviations().stream()
                .filter(one -> one.from() == connect && one.belongsTo(item))
                .toList();
        String sorts = other.stream().map(Deviation::sort).distinct().sorted().collect(Collectors.joining(", "));
        return (all.size() - other.size()) + " of " + all.size() + (sorts.isEmpty() ? "" : ", " + sorts);
    }

    private static String numbers(List<Integer> items) {
        return items.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
}
