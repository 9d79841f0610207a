package io.millrace.pipeline.testcase;

import io.millrace.pipeline.model.Durations;
import io.millrace.pipeline.model.Fields;
import io.millrace.pipeline.model.StreamName;
import io.millrace.pipeline.plan.RawStreamPlan;
import io.millrace.pipeline.plan.StreamPlan;
import io.millrace.pipeline.step.Lookup;
import io.millrace.pipeline.yaml.Diagnostics;
import io.millrace.pipeline.yaml.YamlList;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlNode;
import io.millrace.pipeline.yaml.YamlScalar;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads {@code given}: records by stream, in the order written, and how the clock moves between them. Used once. */
final class GivenReader {
    private static final String ADVANCE = "advance";
    private static final List<String> WORDS = List.of("$key", "$value", "$headers", "$at", "$advance");

    private final TestScope scope;
    private final Diagnostics diagnostics;
    private final GivenRows rows;
    private final List<TestCase.Event> events = new ArrayList<>();
    private Instant clock;

    GivenReader(TestScope scope, Instant start) {
        this.scope = scope;
        this.diagnostics = scope.diagnostics();
        this.rows = new GivenRows(scope);
        this.clock = start;
    }

    List<TestCase.Event> read(YamlNode node) {
        if (node instanceof YamlList list) {
            for (YamlNode item : list.items()) {
                Fields.map("given", item, diagnostics).ifPresent(this::entries);
            }
        } else {
            Fields.map("given", node, diagnostics).ifPresent(this::entries);
        }
        checkReaders();
        return events;
    }

    private void entries(YamlMap map) {
        for (YamlMap.Entry entry : map.entries()) {
            if (entry.key().equals(ADVANCE)) {
                advance(entry);
                continue;
            }
            RawStreamPlan raw = scope.raw().get(entry.key());
            StreamPlan stream = scope.streams().get(entry.key());
            if (raw != null) {
                records(entry, record -> rows.raw(raw, record));
            } else if (stream != null) {
                records(entry, record -> rows.row(stream, record));
            } else {
                List<String> names = new ArrayList<>(scope.raw().keySet());
                names.addAll(scope.streams().keySet());
                scope.unknown(entry.key(), entry.keyPlace(), names, List.of(ADVANCE));
            }
        }
    }

    private void records(YamlMap.Entry entry, Function<GivenRows.Written, Optional<Fixture>> reader) {
        if (!(entry.value() instanceof YamlList list)) {
            diagnostics.error(
                    "test.wrong-kind",
                    entry.value().place(),
                    "'" + entry.key() + "' must be a list of records, not "
                            + entry.value().kind().text() + ".",
                    "Put brackets around it, or a dash before it.");
            return;
        }
        for (YamlNode item : list.items()) {
            Optional<GivenRows.Written> written = written(item);
            written.flatMap(reader).ifPresent(record -> events.add(new TestCase.Event.Enter(record)));
        }
    }

    /** A record's parts; empty for what is none, such as a move of the clock. */
    private Optional<GivenRows.Written> written(YamlNode item) {
        if (!(item instanceof YamlMap map)) {
            return Optional.of(new GivenRows.Written(item.place(), Optional.empty(), item, Map.of()));
        }
        Optional<YamlMap.Entry> advance = map.entry("$advance");
        if (advance.isPresent()) {
            advance(advance.get());
            if (map.entries().size() == 1) {
                return Optional.empty();
            }
        }
        for (YamlMap.Entry entry : map.entries()) {
            if (entry.key().startsWith("$") && !WORDS.contains(entry.key())) {
                Fields.unknown(entry.key(), entry.keyPlace(), "a given record", WORDS, diagnostics);
            }
        }
        map.get("$at").flatMap(at -> Fields.scalar("$at", at, diagnostics)).ifPresent(this::at);
        YamlMap plain = Expected.plain(map);
        Optional<YamlMap.Entry> value = map.entry("$value");
        if (value.isPresent() && !plain.entries().isEmpty()) {
            diagnostics.error(
                    "test.two-values",
                    value.get().keyPlace(),
                    "The record has '$value', and fields [" + String.join(", ", plain.keys()) + "] besides.",
                    "Put the fields into '$value', or leave it out.");
        }
        return Optional.of(new GivenRows.Written(
                map.place(),
                map.get("$key"),
                value.map(YamlMap.Entry::value).orElse(plain),
                headers(map.get("$headers"), diagnostics)));
    }

    static Map<String, String> headers(Optional<YamlNode> node, Diagnostics diagnostics) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (YamlMap.Entry entry : node.flatMap(it -> Fields.map("$headers", it, diagnostics))
                .map(YamlMap::entries)
                .orElse(List.of())) {
            Fields.scalar(entry.key(), entry.value(), diagnostics)
                    .ifPresent(text -> headers.put(entry.key(), text.text()));
        }
        return headers;
    }

    private void advance(YamlMap.Entry entry) {
        Fields.scalar(entry.key(), entry.value(), diagnostics).ifPresent(scalar -> {
            try {
                move(Durations.parse(scalar.text()));
            } catch (IllegalArgumentException e) {
                Fields.badValue(entry.key(), scalar, Durations.FORM, diagnostics);
            }
        });
    }

    private void at(YamlScalar scalar) {
        try {
            Instant at = TypedValues.instant(scalar.text());
            if (at.isBefore(clock)) {
                diagnostics.error(
                        "test.time",
                        scalar.place(),
                        "'" + scalar.text() + "' has passed: the test's clock stands at " + clock + ".",
                        "Records arrive in the order written: put this one before, or start earlier with the test's 'at'.");
                return;
            }
            move(Duration.between(clock, at));
        } catch (IllegalArgumentException e) {
            Fields.badValue("$at", scalar, "a time with its zone: 2026-01-31T12:00:00Z", diagnostics);
        }
    }

    private void move(Duration by) {
        if (!by.isZero()) {
            clock = clock.plus(by);
            events.add(new TestCase.Event.Advance(by));
        }
    }

    /** A stream that records enter is not built up: records of its input that nothing else reads would be lost unseen. */
    private void checkReaders() {
        Map<StreamName, Fixture> first = new LinkedHashMap<>();
        for (TestCase.Event event : events) {
            if (event instanceof TestCase.Event.Enter enter) {
                first.putIfAbsent(enter.record().stream(), enter.record());
            }
        }
        first.forEach((name, record) -> {
            List<StreamName> readers = scope.streams().values().stream()
                    .filter(stream -> reads(stream, name))
                    .map(StreamPlan::name)
                    .toList();
            if (!readers.isEmpty() && first.keySet().containsAll(readers)) {
                diagnostics.error(
                        "test.not-read",
                        record.place(),
                        "Nothing reads '" + name + "' in this test: " + readers + " "
                                + (readers.size() == 1 ? "is" : "are")
                                + " given too, and a stream that is given is not made.",
                        "Give one or the other.");
            }
        });
    }

    private static boolean reads(StreamPlan stream, StreamName input) {
        return stream.from().equals(input)
                || stream.steps().stream()
                        .anyMatch(step ->
                                step instanceof Lookup lookup && lookup.table().equals(input));
    }
}
