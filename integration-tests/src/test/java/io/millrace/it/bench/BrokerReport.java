package io.millrace.it.bench;

import io.millrace.it.bench.Readings.Row;
import io.millrace.it.bench.Readings.Spread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** The readings as Markdown: medians, between which readings they lie, and what ours has of what Kafka has. */
final class BrokerReport {
    private static final String NOTHING = "-";

    private final Readings readings;

    BrokerReport(Readings readings) {
        this.readings = readings;
    }

    String table() {
        StringBuilder table = new StringBuilder("| | figure | unit | light | Kafka stock | Kafka tuned | light/stock |"
                + " light/tuned | at most | |\n|---|---|---|---|---|---|---|---|---|---|\n");
        for (Row row : readings.rows()) {
            Figure figure = row.figure();
            table.append("| ").append(figure.letter());
            table.append(" | ").append(figure.text());
            table.append(row.detail().isEmpty() ? "" : ": " + row.detail());
            table.append(" | ").append(figure.unit());
            for (Contestant contestant : Contestant.values()) {
                table.append(" | ")
                        .append(readings.spread(row, contestant)
                                .map(BrokerReport::text)
                                .orElse(NOTHING));
            }
            table.append(" | ").append(text(ratio(row, Contestant.STOCK)));
            table.append(" | ").append(text(ratio(row, Contestant.TUNED)));
            table.append(" | ").append(figure.isBound() ? text(Optional.of(figure.bound())) : "");
            table.append(" | ").append(verdict(row)).append(" |\n");
        }
        return table.toString();
    }

    private Optional<Double> ratio(Row row, Contestant other) {
        return readings.spread(row, Contestant.LIGHT).flatMap(ours -> readings.spread(row, other)
                // a reading below a tick of the clock is no divisor
                .filter(theirs -> theirs.median() > 0)
                .map(theirs -> ours.median() / theirs.median()));
    }

    private String verdict(Row row) {
        if (!row.figure().isBound()) {
            return "";
        }
        return ratio(row, Contestant.TUNED)
                .map(ratio -> ratio <= row.figure().bound() ? "holds" : "**does not hold**")
                .orElse(NOTHING);
    }

    private static String text(Spread spread) {
        return String.format(
                Locale.ROOT, "%s (%s to %s)", number(spread.median()), number(spread.least()), number(spread.most()));
    }

    private static String text(Optional<Double> ratio) {
        return ratio.map(value -> String.format(Locale.ROOT, "%.2f", value)).orElse(NOTHING);
    }

    /** Three digits that say something. */
    private static String number(double value) {
        int digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    /** What it was read on. */
    static String machine(Path folder) throws IOException {
        String processor = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .findFirst()
                .orElse(System.getProperty("os.arch"));
        long memory = Files.readAllLines(Path.of("/proc/meminfo")).stream()
                .filter(line -> line.startsWith("MemTotal:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
                .findFirst()
                .orElse(0);
        return Runtime.getRuntime().availableProcessors() + " processors (" + processor + "), " + memory + " MiB, "
                + System.getProperty("os.name") + " " + System.getProperty("os.version") + ", data on "
                + Files.getFileStore(folder).type() + "; Java " + System.getProperty("java.vm.version") + " of "
                + System.getProperty("java.vendor");
    }

    /** Of the last one, five and fifteen minutes: what else the machine had to do. */
    static String load() throws IOException {
        return Files.readString(Path.of("/proc/loadavg")).replaceAll("^(\\S+ \\S+ \\S+).*\\s*", "$1");
    }
}
