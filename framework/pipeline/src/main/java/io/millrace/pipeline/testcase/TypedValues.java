package io.millrace.pipeline.testcase;

import io.millrace.expression.type.DataType;
import io.millrace.expression.type.DecimalType;
import io.millrace.expression.type.ListType;
import io.millrace.expression.type.MapType;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import io.millrace.foundation.config.DidYouMean;
import io.millrace.pipeline.yaml.Diagnostics;
import io.millrace.pipeline.yaml.YamlList;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlNode;
import io.millrace.pipeline.yaml.YamlScalar;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** YAML values as runtime values of given types. What does not fit is told at its place, and read as null. */
final class TypedValues {
    private static final int NANOS_PER_MICRO = 1_000;

    private final Diagnostics diagnostics;

    TypedValues(Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
    }

    @Nullable
    Object read(String name, YamlNode node, DataType declared) {
        if (node instanceof YamlScalar scalar && scalar.isNull()) {
            return null;
        }
        DataType type = declared == ScalarType.UNKNOWN ? PlainValues.typeOf(node) : declared;
        if (type instanceof RowType row) {
            return node instanceof YamlMap map ? row(map, row) : refuse(name, node, type);
        }
        if (type instanceof MapType map) {
            return node instanceof YamlMap entries ? map(entries, map) : refuse(name, node, type);
        }
        if (type instanceof ListType list) {
            return node instanceof YamlList items ? list(name, items, list) : refuse(name, node, type);
        }
        if (!(node instanceof YamlScalar scalar)) {
            return refuse(name, node, type);
        }
        try {
            return type instanceof DecimalType decimal
                    ? decimal(scalar.text(), decimal)
                    : scalar(scalar.text(), (ScalarType) type);
        } catch (ArithmeticException | IllegalArgumentException | DateTimeException e) {
            return refuse(name, node, type);
        }
    }

    private static Object scalar(String text, ScalarType type) {
        if (type == ScalarType.BOOL) {
            return truth(text);
        }
        if (type == ScalarType.INT32) {
            return (long) new BigDecimal(text).intValueExact();
        }
        if (type == ScalarType.INT64) {
            return new BigDecimal(text).longValueExact();
        }
        if (type == ScalarType.FLOAT) {
            return Float.valueOf(text);
        }
        if (type == ScalarType.DOUBLE) {
            return Double.valueOf(text);
        }
        if (type == ScalarType.DATE) {
            return LocalDate.parse(text);
        }
        if (type == ScalarType.TIMESTAMP) {
            return instant(text);
        }
        return type == ScalarType.BYTES ? ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)) : text;
    }

    private static BigDecimal decimal(String text, DecimalType type) {
        BigDecimal decimal = new BigDecimal(text).setScale(type.scale());
        if (decimal.precision() > type.precision()) {
            throw new ArithmeticException(text);
        }
        return decimal;
    }

    private static boolean truth(String text) {
        if (text.equals("true") || text.equals("false")) {
            return text.equals("true");
        }
        throw new IllegalArgumentException(text);
    }

    /**
     * @throws IllegalArgumentException for a text that is no time with its zone, or finer than microseconds
     */
    static Instant instant(String text) {
        Instant instant;
        try {
            instant = OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(text, e);
        }
        if (instant.getNano() % NANOS_PER_MICRO != 0) {
            throw new IllegalArgumentException(text);
        }
        return instant;
    }

    /** The fields that are written; those of a closed row must be its own. */
    Map<String, @Nullable Object> row(YamlMap map, RowType type) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (YamlMap.Entry entry : map.entries()) {
            DataType field = type.field(entry.key()).map(RowType.Field::type).orElse(ScalarType.UNKNOWN);
            if (type.field(entry.key()).isEmpty() && !type.open()) {
                diagnostics.error(
                        "test.unknown-field",
                        entry.keyPlace(),
                        "'" + entry.key() + "' is not a field of the row.",
                        DidYouMean.hint(entry.key(), type.names()) + "Fields: " + String.join(", ", type.names())
                                + ".");
                continue;
            }
            values.put(entry.key(), read(entry.key(), entry.value(), field));
        }
        return values;
    }

    private Map<String, @Nullable Object> map(YamlMap map, MapType type) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        map.entries().forEach(entry -> values.put(entry.key(), read(entry.key(), entry.value(), type.value())));
        return values;
    }

    private List<@Nullable Object> list(String name, YamlList items, ListType type) {
        List<@Nullable Object> values = new ArrayList<>();
        items.items().forEach(item -> values.add(read(name, item, type.element())));
        return values;
    }

    private @Nullable Object refuse(String name, YamlNode node, DataType type) {
        String what = node instanceof YamlScalar scalar
                ? "'" + scalar.text() + "'"
                : node.kind().text();
        diagnostics.error(
                "test.bad-value",
                node.place(),
                what + " is no value for '" + name + "', which is " + type.text() + ".",
                "Write " + form(type) + ".");
        return null;
    }

    private static String form(DataType type) {
        if (type instanceof DecimalType decimal) {
            return "a number of at most " + decimal.precision() + " digits, " + decimal.scale()
                    + " of them after the point";
        }
        if (type instanceof ListType) {
            return "a list";
        }
        if (type instanceof RowType || type instanceof MapType) {
            return "a map";
        }
        if (type == ScalarType.BOOL) {
            return "true or false";
        }
        if (type == ScalarType.INT32 || type == ScalarType.INT64) {
            return "a whole number in its range";
        }
        if (type == ScalarType.DATE) {
            return "a date: 1996-07-04";
        }
        if (type == ScalarType.TIMESTAMP) {
            return "a time with its zone, microseconds at the finest: 2026-01-31T12:00:00Z";
        }
        return type == ScalarType.FLOAT || type == ScalarType.DOUBLE ? "a number" : "a single value";
    }
}
