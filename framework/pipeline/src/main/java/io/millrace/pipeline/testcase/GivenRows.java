package io.millrace.pipeline.testcase;

import io.millrace.api.RawStream;
import io.millrace.expression.type.DataType;
import io.millrace.expression.type.DecimalType;
import io.millrace.expression.type.ListType;
import io.millrace.expression.type.MapType;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import io.millrace.foundation.config.DidYouMean;
import io.millrace.pipeline.plan.RawStreamPlan;
import io.millrace.pipeline.plan.StreamPlan;
import io.millrace.pipeline.step.Rename;
import io.millrace.pipeline.step.Step;
import io.millrace.pipeline.yaml.Diagnostics;
import io.millrace.pipeline.yaml.Place;
import io.millrace.pipeline.yaml.YamlList;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlNode;
import io.millrace.pipeline.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a test gives as records of a stream: typed where the stream says types, else by what the values look like. */
final class GivenRows {
    private static final List<String> ENVELOPE = List.of("op", "before", "after", "ts_ms", "source");
    private static final RowType NO_FIELDS = new RowType(List.of(), false);

    /** A record's parts. */
    record Written(Place place, Optional<YamlNode> key, YamlNode value, Map<String, String> headers) {}

    private final TestScope scope;
    private final Diagnostics diagnostics;
    private final TypedValues values;

    GivenRows(TestScope scope) {
        this.scope = scope;
        this.diagnostics = scope.diagnostics();
        this.values = new TypedValues(diagnostics);
    }

    /** A record of a stream of the layers. */
    Optional<Fixture> row(StreamPlan stream, Written written) {
        Optional<Fixture.Value> value = rowValue(stream, written);
        Optional<Fixture.Key> key = written.key().isPresent()
                ? Optional.of(key(written.key().get(), stream.key(), stream.type()))
                : value.flatMap(it -> madeKey(stream, it, written));
        return value.flatMap(
                it -> key.map(made -> new Fixture(stream.name(), written.place(), made, it, written.headers())));
    }

    private Optional<Fixture.Value> rowValue(StreamPlan stream, Written written) {
        if (isNull(written.value())) {
            if (stream.kind() == RawStream.Kind.EVENTS) {
                diagnostics.error(
                        "test.delete",
                        written.value().place(),
                        "'" + stream.name() + "' holds events, and an event cannot be deleted.",
                        "Give it a row.");
                return Optional.empty();
            }
            return Optional.of(new Fixture.Value.Nothing());
        }
        if (!(written.value() instanceof YamlMap map)) {
            notARow(stream.name().toString(), written.value());
            return Optional.empty();
        }
        Map<String, @Nullable Object> row = values.row(map, stream.type());
        for (RowType.Field field : stream.type().fields()) {
            if (field.required() && row.get(field.name()) == null && !isWrong(map, field.name())) {
                diagnostics.error(
                        "test.missing-field",
                        map.place(),
                        "'" + field.name() + "' is missing: each row of '" + stream.name() + "' has it.",
                        "Write it: what enters a stream at its topic is not made whole.");
            }
        }
        return Optional.of(new Fixture.Value.Row((RowType) known(stream.type(), map), row));
    }

    /** Whether the field has a value that was told to be none of its type. */
    private static boolean isWrong(YamlMap map, String field) {
        return map.get(field).filter(node -> !isNull(node)).isPresent();
    }

    private Optional<Fixture.Key> madeKey(StreamPlan stream, Fixture.Value value, Written written) {
        if (value instanceof Fixture.Value.Row row && !stream.key().isEmpty()) {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            List<String> missing = new ArrayList<>();
            for (String field : stream.key()) {
                fields.put(field, row.values().get(field));
                if (row.values().get(field) == null) {
                    missing.add(field);
                }
            }
            if (missing.isEmpty()) {
                return Optional.of(new Fixture.Key.Fields(row.type(), fields));
            }
            if (missing.stream().allMatch(field -> stream.type()
                    .field(field)
                    .filter(RowType.Field::required)
                    .isPresent())) {
                // told already
                return Optional.empty();
            }
        }
        if (stream.kind() == RawStream.Kind.EVENTS) {
            return Optional.of(new Fixture.Key.None());
        }
        keyless(stream.name().toString(), written.place());
        return Optional.empty();
    }

    /** A record of a source. */
    Optional<Fixture> raw(RawStreamPlan stream, Written written) {
        Optional<Fixture.Value> value = stream.format() == RawStream.Format.BYTES
                ? Optional.of(bytes(written.value()))
                : change(stream, written);
        Optional<Fixture.Key> key = written.key().isPresent()
                ? Optional.of(key(written.key().get(), List.of(), RowType.ANY))
                : value.flatMap(it -> rawKey(stream, it, written));
        return value.flatMap(
                it -> key.map(made -> new Fixture(stream.name(), written.place(), made, it, written.headers())));
    }

    /** A text as it is, anything else as JSON. */
    private static Fixture.Value bytes(YamlNode node) {
        if (isNull(node)) {
            return new Fixture.Value.Nothing();
        }
        return new Fixture.Value.Text(node instanceof YamlScalar scalar ? scalar.text() : PlainValues.json(node));
    }

    private Optional<Fixture.Value> change(RawStreamPlan stream, Written written) {
        if (isNull(written.value())) {
            return Optional.of(new Fixture.Value.Nothing());
        }
        if (!(written.value() instanceof YamlMap map)) {
            notARow(stream.name().toString(), written.value());
            return Optional.empty();
        }
        boolean isEnvelope = map.get("before").or(() -> map.get("after")).isPresent()
                || (map.get("op").isPresent() && map.entries().size() == 1);
        if (!isEnvelope) {
            RowType type = PlainValues.row(map);
            return Optional.of(new Fixture.Value.Row(type, values.row(map, type)));
        }
        if (map.get("op").isEmpty()) {
            diagnostics.error(
                    "test.no-op",
                    map.place(),
                    "The change has no 'op'.",
                    "Write c (created), r (read), u (updated) or d (deleted): {op: c, after: {...}}.");
            return Optional.empty();
        }
        for (YamlMap.Entry entry : map.entries()) {
            if (!ENVELOPE.contains(entry.key())) {
                diagnostics.error(
                        "test.unknown-field",
                        entry.keyPlace(),
                        "'" + entry.key() + "' is not a field of a change.",
                        DidYouMean.hint(entry.key(), ENVELOPE) + "Fields: " + String.join(", ", ENVELOPE) + ".");
            }
        }
        return Optional.of(envelope(map));
    }

    private Fixture.Value envelope(YamlMap map) {
        RowType row = rowOf(map.get("after")).or(() -> rowOf(map.get("before"))).orElse(NO_FIELDS);
        RowType before = rowOf(map.get("before")).orElse(row);
        RowType type = PlainValues.row(map)
                .with(new RowType.Field("before", before, false))
                .with(new RowType.Field("after", rowOf(map.get("after")).orElse(row), false))
                .with(new RowType.Field("op", ScalarType.STRING, true));
        return new Fixture.Value.Row(type, values.row(map, type));
    }

    private static Optional<RowType> rowOf(Optional<YamlNode> node) {
        return node.filter(YamlMap.class::isInstance).map(map -> PlainValues.row((YamlMap) map));
    }

    /** The key as the first stream that reads the raw one knows it, under the names that its columns have there. */
    private Optional<Fixture.Key> rawKey(RawStreamPlan stream, Fixture.Value value, Written written) {
        if (stream.kind() == RawStream.Kind.EVENTS) {
            return Optional.of(new Fixture.Key.None());
        }
        List<String> names = scope.streams().values().stream()
                .filter(reader ->
                        reader.from().equals(stream.name()) && !reader.key().isEmpty())
                .findFirst()
                .map(GivenRows::columns)
                .orElse(List.of());
        if (value instanceof Fixture.Value.Row change && !names.isEmpty()) {
            for (String image : List.of("after", "before", "")) {
                Optional<Fixture.Key> key = keyIn(change, image, names);
                if (key.isPresent()) {
                    return key;
                }
            }
        }
        keyless(stream.name().toString(), written.place());
        return Optional.empty();
    }

    private static Optional<Fixture.Key> keyIn(Fixture.Value.Row change, String image, List<String> names) {
        Map<?, ?> row = change.values();
        DataType type = change.type();
        if (!image.isEmpty()) {
            if (!(row.get(image) instanceof Map<?, ?> nested)) {
                return Optional.empty();
            }
            row = nested;
            type = change.type().field(image).map(RowType.Field::type).orElse(NO_FIELDS);
        }
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (String name : names) {
            if (row.get(name) == null) {
                return Optional.empty();
            }
            fields.put(name, row.get(name));
        }
        return Optional.of(new Fixture.Key.Fields((RowType) type, fields));
    }

    private static List<String> columns(StreamPlan reader) {
        List<String> names = new ArrayList<>(reader.key());
        for (int i = reader.steps().size() - 1; i >= 0; i--) {
            Step step = reader.steps().get(i);
            if (step instanceof Rename rename) {
                rename.names().forEach((from, to) -> names.replaceAll(name -> name.equals(to) ? from : name));
            }
        }
        return names;
    }

    private Fixture.Key key(YamlNode node, List<String> names, RowType type) {
        if (isNull(node)) {
            return new Fixture.Key.None();
        }
        if (node instanceof YamlScalar scalar) {
            return new Fixture.Key.Text(scalar.text());
        }
        if (!(node instanceof YamlMap map)) {
            return new Fixture.Key.Text(PlainValues.json(node));
        }
        RowType keyType = names.isEmpty()
                ? RowType.ANY
                : new RowType(
                        names.stream()
                                .map(name -> type.field(name).orElse(new RowType.Field(name, ScalarType.UNKNOWN, true)))
                                .toList(),
                        false);
        Map<String, @Nullable Object> written = values.row(map, keyType);
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (String name : names.isEmpty() ? map.keys() : names) {
            if (map.get(name).isEmpty()) {
                diagnostics.error(
                        "test.missing-field",
                        map.place(),
                        "'" + name + "' is missing: it is a part of the key " + names + ".",
                        "Write all fields of the key.");
            }
            fields.put(name, written.get(name));
        }
        return new Fixture.Key.Fields((RowType) known(keyType, map), fields);
    }

    /** The type, closed, with that of the value where it says none. */
    private static DataType known(DataType type, @Nullable YamlNode node) {
        if (type == ScalarType.UNKNOWN) {
            return node == null ? ScalarType.STRING : PlainValues.typeOf(node);
        }
        if (type instanceof ListType list) {
            YamlNode first = node instanceof YamlList items && !items.items().isEmpty()
                    ? items.items().get(0)
                    : null;
            return list.element() == ScalarType.UNKNOWN && node != null && node.kind() == YamlNode.Kind.LIST
                    ? PlainValues.typeOf(node)
                    : new ListType(known(list.element(), first));
        }
        if (type instanceof MapType map) {
            return new MapType(map.value() == ScalarType.UNKNOWN ? ScalarType.STRING : map.value());
        }
        if (type instanceof DecimalType || type instanceof ScalarType) {
            return type;
        }
        RowType row = (RowType) type;
        List<RowType.Field> fields = new ArrayList<>();
        YamlMap map = node instanceof YamlMap written ? written : new YamlMap(new Place("", 1, 1), List.of());
        for (RowType.Field field : row.fields()) {
            fields.add(new RowType.Field(
                    field.name(), known(field.type(), map.get(field.name()).orElse(null)), false));
        }
        for (YamlMap.Entry entry : map.entries()) {
            if (row.open() && row.field(entry.key()).isEmpty()) {
                fields.add(new RowType.Field(entry.key(), PlainValues.typeOf(entry.value()), false));
            }
        }
        return new RowType(fields, false);
    }

    private void keyless(String stream, Place place) {
        diagnostics.error(
                "test.no-key",
                place,
                "The key of this record of '" + stream + "' cannot be told, and each record of a table has one.",
                "Write it beside the value: {$key: {id: 1}, $value: ...}.");
    }

    private void notARow(String stream, YamlNode node) {
        diagnostics.error(
                "test.wrong-kind",
                node.place(),
                "A record of '" + stream + "' is a map of fields, not "
                        + node.kind().text() + ".",
                "Write {field: value}, or {$key: ..., $value: null} for a delete.");
    }

    private static boolean isNull(YamlNode node) {
        return node instanceof YamlScalar scalar && scalar.isNull();
    }
}
