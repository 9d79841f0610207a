package io.millrace.app.testing;

import io.millrace.pipeline.testcase.Expected;
import io.millrace.pipeline.yaml.Place;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Compares the records of one stream with those expected. Used once. */
final class StreamMatch {
    private static final int MOST_SHOWN = 5;

    private final String stream;
    private final Place place;
    private final List<TestResult.Failure> failures;

    StreamMatch(String stream, Place place, List<TestResult.Failure> failures) {
        this.stream = stream;
        this.place = place;
        this.failures = failures;
    }

    void compare(Expected.OfStream expected, List<CameOut> records) {
        switch (expected.form()) {
            case EXACT -> inOrder(expected.rows(), records);
            case LATEST -> unordered(expected.rows(), latest(records), true);
            case CONTAINS -> unordered(expected.rows(), records, false);
            case COUNT -> {
                if (expected.count() != records.size()) {
                    fail(place, "has " + count(records.size()) + ", not " + expected.count(), shown(records));
                }
            }
        }
    }

    /** The last record of each key that is not a delete. */
    private static List<CameOut> latest(List<CameOut> records) {
        Map<String, CameOut> table = new LinkedHashMap<>();
        for (CameOut record : records) {
            String key = String.valueOf(record.keyText());
            if (record.value() == null) {
                table.remove(key);
            } else {
                table.put(key, record);
            }
        }
        return List.copyOf(table.values());
    }

    void inOrder(List<Expected.Row> expected, List<CameOut> records) {
        int both = Math.min(expected.size(), records.size());
        for (int i = 0; i < both; i++) {
            List<String> differences = records.get(i).differences(expected.get(i));
            if (differences.isEmpty()) {
                continue;
            }
            fail(expected.get(i).place(), "record " + (i + 1) + " is another", differences);
            if (expected.size() != records.size()) {
                // what follows is likely to be shifted
                break;
            }
        }
        if (expected.size() != records.size()) {
            fail(
                    place,
                    "has " + count(records.size()) + ", not " + expected.size(),
                    records.isEmpty() ? List.of() : shown(records));
        }
    }

    private void unordered(List<Expected.Row> expected, List<CameOut> records, boolean all) {
        List<CameOut> left = new ArrayList<>(records);
        List<Expected.Row> missing = new ArrayList<>();
        for (Expected.Row row : expected) {
            Optional<CameOut> same = left.stream()
                    .filter(record -> record.differences(row).isEmpty())
                    .findFirst();
            if (same.isPresent()) {
                left.remove(same.get());
            } else {
                missing.add(row);
            }
        }
        for (Expected.Row row : missing) {
            Optional<CameOut> nearest = left.stream().min(Comparator.comparingInt(record -> record.differences(row)
                    .size()));
            if (nearest.isEmpty()) {
                fail(row.place(), "has no such record", List.of());
                continue;
            }
            List<String> details =
                    new ArrayList<>(List.of("the nearest is " + nearest.get().text()));
            details.addAll(nearest.get().differences(row));
            fail(row.place(), "has no such record", details);
            if (all) {
                left.remove(nearest.get());
            }
        }
        if (all && !left.isEmpty()) {
            fail(place, "has " + count(left.size()) + " more than expected", shown(left));
        }
    }

    private void fail(Place at, String message, List<String> details) {
        failures.add(new TestResult.Failure(at, stream + " " + message, details));
    }

    private static String count(int count) {
        return count + (count == 1 ? " record" : " records");
    }

    private static List<String> shown(List<CameOut> records) {
        List<String> lines = new ArrayList<>();
        records.stream().limit(MOST_SHOWN).forEach(record -> lines.add(record.text()));
        if (records.size() > MOST_SHOWN) {
            lines.add("and " + (records.size() - MOST_SHOWN) + " more");
        }
        return lines;
    }
}
