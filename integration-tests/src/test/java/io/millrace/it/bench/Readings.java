package io.millrace.it.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** All that was read so far, in the order of time. One thread owns it. */
final class Readings {
    private final List<Reading> all = new ArrayList<>();

    /** @param detail which of several, or nothing where a figure has but one */
    record Reading(int round, Contestant contestant, Figure figure, String detail, double value) {}

    /** One line of the result: what was read of each contestant. */
    record Row(Figure figure, String detail) {}

    /** The middle of several readings, and how far they lie apart. */
    record Spread(double median, double least, double most) {
        /** Of at least one value. */
        static Spread of(List<Double> values) {
            List<Double> sorted = values.stream().sorted().toList();
            int middle = sorted.size() / 2;
            double median =
                    sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
            return new Spread(median, sorted.get(0), sorted.get(sorted.size() - 1));
        }
    }

    void add(Reading reading) {
        all.add(reading);
    }

    /** By figure; what a figure has several of, in the order in which it was read. */
    List<Row> rows() {
        return all.stream()
                .map(reading -> new Row(reading.figure(), reading.detail()))
                .distinct()
                .sorted((a, b) -> a.figure().compareTo(b.figure()))
                .toList();
    }

    /** Empty if nothing was read of that contestant. */
    Optional<Spread> spread(Row row, Contestant contestant) {
        List<Double> values = all.stream()
                .filter(reading -> reading.contestant() == contestant
                        && reading.figure() == row.figure()
                        && reading.detail().equals(row.detail()))
                .map(Reading::value)
                .toList();
        return values.isEmpty() ? Optional.empty() : Optional.of(Spread.of(values));
    }

    /** With a head line; fields that may hold a comma are quoted. */
    String csv() {
        return all.stream()
                .map(reading -> String.format(
                        Locale.ROOT,
                        "%d,%s,%s,\"%s\",\"%s\",%s,%.4f%n",
                        reading.round(),
                        reading.contestant().label(),
                        reading.figure().letter(),
                        reading.figure().text(),
                        reading.detail(),
                        reading.figure().unit(),
                        reading.value()))
                .collect(Collectors.joining("", "round,contestant,figure,what,detail,unit,value\n", ""));
    }
}
