package io.millrace.pipeline.testcase;

import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import io.millrace.pipeline.model.Fields;
import io.millrace.pipeline.plan.StreamPlan;
import io.millrace.pipeline.yaml.Diagnostics;
import io.millrace.pipeline.yaml.Place;
import io.millrace.pipeline.yaml.YamlList;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlNode;
import io.millrace.pipeline.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code expect}. Used once. */
final class ExpectReader {
    private static final List<String> WORDS = List.of("dead_letters", "dropped", "late");
    private static final List<String> FORMS = List.of("records", "latest", "contains", "count");
    private static final List<String> ROW_WORDS = List.of("$key", "$value", "$headers", "$partial");
    private static final String ANY = "any";

    private final TestScope scope;
    private final Diagnostics diagnostics;
    private final TypedValues values;
    private final List<Expected.OfStream> streams = new ArrayList<>();
    private final List<Expected.Dropped> dropped = new ArrayList<>();
    private Expected.Leftovers<Expected.DeadLetter> deadLetters = new Expected.Leftovers<>(false, List.of());
    private Expected.Leftovers<Expected.Late> late = new Expected.Leftovers<>(false, List.of());

    ExpectReader(TestScope scope) {
        this.scope = scope;
        this.diagnostics = scope.diagnostics();
        this.values = new TypedValues(diagnostics);
    }

    Expected read(YamlMap map) {
        for (YamlMap.Entry entry : map.entries()) {
            switch (entry.key()) {
                case "dead_letters" -> deadLetters = leftovers(entry, this::deadLetters);
                case "late" -> late = leftovers(entry, this::late);
                case "dropped" -> dropped(entry);
                default ->
                    scope.stream(entry.key(), entry.keyPlace(), WORDS).ifPresent(stream -> stream(stream, entry));
            }
        }
        return new Expected(map.place(), streams, deadLetters, late, dropped);
    }

    private void stream(StreamPlan stream, YamlMap.Entry entry) {
        if (entry.value() instanceof YamlList list) {
            add(stream, entry.keyPlace(), Expected.Form.EXACT, list, false);
            return;
        }
        Optional<YamlMap> map = Fields.map(entry.key(), entry.value(), diagnostics);
        if (map.isEmpty()) {
            return;
        }
        List<String> known = new ArrayList<>(FORMS);
        known.add("partial");
        Fields fields = Fields.of(map.get(), map.get().place(), "what is expected of a stream", known, diagnostics);
        List<YamlMap.Entry> forms = map.get().entries().stream()
                .filter(form -> FORMS.contains(form.key()))
                .toList();
        if (forms.size() != 1) {
            diagnostics.error(
                    "test.form",
                    entry.keyPlace(),
                    "'" + entry.key() + "' says " + (forms.isEmpty() ? "nothing" : "several things")
                            + " to compare with.",
                    "Write one of records (all, in order), latest (the table at the end), contains, count.");
            return;
        }
        YamlMap.Entry form = forms.get(0);
        if (form.key().equals("count")) {
            fields.integer("count", 0, Integer.MAX_VALUE)
                    .ifPresent(count -> streams.add(new Expected.OfStream(
                            stream.name(), entry.keyPlace(), Expected.Form.COUNT, List.of(), count)));
            return;
        }
        boolean partial =
                fields.value("partial", ExpectReader::truth, "true or false").orElse(false);
        fields.list(form.key()).ifPresent(list -> add(stream, entry.keyPlace(), form(form.key()), list, partial));
    }

    private static Expected.Form form(String word) {
        return switch (word) {
            case "latest" -> Expected.Form.LATEST;
            case "contains" -> Expected.Form.CONTAINS;
            default -> Expected.Form.EXACT;
        };
    }

    private static boolean truth(String text) {
        if (text.equals("true") || text.equals("false")) {
            return text.equals("true");
        }
        throw new IllegalArgumentException(text);
    }

    private void add(StreamPlan stream, Place place, Expected.Form form, YamlList list, boolean partial) {
        List<Expected.Row> rows = new ArrayList<>();
        for (YamlNode item : list.items()) {
            Optional<Expected.Row> row = row(item, partial, Optional.of(stream));
            if (form == Expected.Form.LATEST
                    && row.flatMap(Expected.Row::value)
                            .filter(ExpectReader::isNull)
                            .isPresent()) {
                diagnostics.error(
                        "test.delete",
                        item.place(),
                        "'latest' is what the table holds, and it holds no deletes.",
                        "Leave the row out: the table must have no others than those written.");
            }
            row.ifPresent(rows::add);
        }
        streams.add(new Expected.OfStream(stream.name(), place, form, rows, 0));
    }

    private Optional<Expected.Row> row(YamlNode node, boolean allPartial, Optional<StreamPlan> stream) {
        if (!(node instanceof YamlMap map)) {
            diagnostics.error(
                    "test.wrong-kind",
                    node.place(),
                    "An expected record is a map of fields, not " + node.kind().text() + ".",
                    "Write {field: value}, or {$key: ..., $value: null} for a delete.");
            return Optional.empty();
        }
        for (YamlMap.Entry entry : map.entries()) {
            if (entry.key().startsWith("$") && !ROW_WORDS.contains(entry.key())) {
                Fields.unknown(entry.key(), entry.keyPlace(), "an expected record", ROW_WORDS, diagnostics);
            }
        }
        boolean partial = Fields.open(map, map.place(), "an expected record", diagnostics)
                .value("$partial", ExpectReader::truth, "true or false")
                .orElse(allPartial);
        YamlMap plain = Expected.plain(map);
        Optional<YamlNode> value = map.get("$value");
        if (value.isPresent() && !plain.entries().isEmpty()) {
            diagnostics.error(
                    "test.two-values",
                    map.place(),
                    "The record has '$value', and fields [" + String.join(", ", plain.keys()) + "] besides.",
                    "Put the fields into '$value', or leave it out.");
        }
        boolean onlyWords = plain.entries().isEmpty() && !map.entries().isEmpty();
        if (value.isEmpty() && onlyWords && !partial) {
            diagnostics.error(
                    "test.no-value",
                    map.place(),
                    "Nothing is said of the record's value.",
                    "Write its fields, '$value: null' for a delete, or '$partial: true' if it does not matter.");
        }
        Optional<YamlNode> expected = value.isPresent() ? value : onlyWords ? Optional.empty() : Optional.of(plain);
        stream.ifPresent(typed -> check(typed, map.get("$key"), expected));
        return Optional.of(new Expected.Row(
                map.place(),
                map.get("$key"),
                expected,
                GivenReader.headers(map.get("$headers"), diagnostics),
                partial));
    }

    /** Names and values against the types that the stream says. */
    private void check(StreamPlan stream, Optional<YamlNode> key, Optional<YamlNode> value) {
        value.filter(YamlMap.class::isInstance).ifPresent(map -> values.row((YamlMap) map, stream.type()));
        if (!stream.key().isEmpty()) {
            RowType keyType = new RowType(
                    stream.key().stream()
                            .map(name ->
                                    stream.type().field(name).orElse(new RowType.Field(name, ScalarType.UNKNOWN, true)))
                            .toList(),
                    false);
            key.filter(YamlMap.class::isInstance).ifPresent(map -> values.row((YamlMap) map, keyType));
        }
    }

    private interface ListReader<T> {
        List<T> read(YamlNode node);
    }

    private <T> Expected.Leftovers<T> leftovers(YamlMap.Entry entry, ListReader<T> reader) {
        boolean any =
                entry.value() instanceof YamlScalar scalar && scalar.text().equals(ANY);
        return new Expected.Leftovers<>(any, any ? List.of() : reader.read(entry.value()));
    }

    private List<Expected.DeadLetter> deadLetters(YamlNode node) {
        List<Expected.DeadLetter> letters = new ArrayList<>();
        if (!(node instanceof YamlList list)) {
            diagnostics.error(
                    "test.wrong-kind",
                    node.place(),
                    "'dead_letters' must be a list, or 'any'.",
                    "Write [{stream: ..., rule: ...}].");
            return letters;
        }
        for (YamlNode item : list.items()) {
            Fields.map("dead_letters", item, diagnostics).ifPresent(map -> letters.add(deadLetter(map)));
        }
        return letters;
    }

    private Expected.DeadLetter deadLetter(YamlMap map) {
        Fields fields =
                Fields.of(map, map.place(), "a dead letter", List.of("stream", "step", "rule", "code"), diagnostics);
        Optional<StreamPlan> stream =
                fields.scalar("stream").flatMap(name -> scope.stream(name.text(), name.place(), List.of()));
        return new Expected.DeadLetter(
                map.place(),
                stream.map(StreamPlan::name),
                fields.scalar("step").map(YamlScalar::text),
                fields.scalar("rule").map(YamlScalar::text),
                fields.scalar("code").map(YamlScalar::text));
    }

    private List<Expected.Late> late(YamlNode node) {
        List<Expected.Late> records = new ArrayList<>();
        for (YamlMap.Entry entry :
                Fields.map("late", node, diagnostics).map(YamlMap::entries).orElse(List.of())) {
            Optional<StreamPlan> stream = scope.stream(entry.key(), entry.keyPlace(), List.of());
            Optional<YamlList> list = Fields.open(
                            new YamlMap(entry.keyPlace(), List.of(entry)), entry.keyPlace(), "late", diagnostics)
                    .list(entry.key());
            if (stream.isPresent() && list.isPresent()) {
                for (YamlNode item : list.get().items()) {
                    row(item, false, Optional.empty())
                            .ifPresent(row ->
                                    records.add(new Expected.Late(stream.get().name(), row)));
                }
            }
        }
        return records;
    }

    private void dropped(YamlMap.Entry entry) {
        for (YamlMap.Entry written : Fields.map("dropped", entry.value(), diagnostics)
                .map(YamlMap::entries)
                .orElse(List.of())) {
            Optional<StreamPlan> stream = scope.stream(written.key(), written.keyPlace(), List.of());
            Optional<YamlMap> rules = Fields.map(written.key(), written.value(), diagnostics);
            if (stream.isPresent() && rules.isPresent()) {
                Fields fields = Fields.open(rules.get(), written.keyPlace(), "dropped", diagnostics);
                for (YamlMap.Entry rule : rules.get().entries()) {
                    fields.integer(rule.key(), 0, Integer.MAX_VALUE)
                            .ifPresent(count -> dropped.add(
                                    new Expected.Dropped(stream.get().name(), rule.keyPlace(), rule.key(), count)));
                }
            }
        }
    }

    private static boolean isNull(YamlNode node) {
        return node instanceof YamlScalar scalar && scalar.isNull();
    }
}
