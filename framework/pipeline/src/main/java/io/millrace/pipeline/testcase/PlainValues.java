package io.millrace.pipeline.testcase;

import io.millrace.expression.type.DataType;
import io.millrace.expression.type.DecimalType;
import io.millrace.expression.type.ListType;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import io.millrace.pipeline.yaml.ScalarSource;
import io.millrace.pipeline.yaml.YamlList;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlNode;
import io.millrace.pipeline.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a value means where nothing says its type: a plain scalar that looks like a number, a date, a timestamp or a truth value is one, a
 * quoted one is a text.
 */
final class PlainValues {
    private static final Pattern WHOLE = Pattern.compile("-?(0|[1-9]\\d*)");
    private static final Pattern DECIMAL = Pattern.compile("-?(0|[1-9]\\d*)\\.\\d+");
    private static final Pattern EXPONENT = Pattern.compile("-?(0|[1-9]\\d*)(\\.\\d+)?[eE][+-]?\\d+");
    private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
    private static final Pattern TIMESTAMP =
            Pattern.compile("\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?(Z|[+-]\\d{2}:\\d{2})");
    private static final int INT32_DIGITS = 9;

    private PlainValues() {}

    /** The type of a value; a null is a string that is not there. */
    static DataType typeOf(YamlNode node) {
        return switch (node.kind()) {
            case SCALAR -> scalar((YamlScalar) node);
            case LIST -> new ListType(common(((YamlList) node).items()));
            case MAP -> row((YamlMap) node);
        };
    }

    static RowType row(YamlMap map) {
        return new RowType(
                map.entries().stream()
                        .map(entry -> new RowType.Field(entry.key(), typeOf(entry.value()), false))
                        .toList(),
                false);
    }

    private static DataType scalar(YamlScalar scalar) {
        String text = scalar.text();
        if (!isPlain(scalar)) {
            return ScalarType.STRING;
        }
        if (text.equals("true") || text.equals("false")) {
            return ScalarType.BOOL;
        }
        if (WHOLE.matcher(text).matches()) {
            return text.length() <= INT32_DIGITS ? ScalarType.INT32 : ScalarType.INT64;
        }
        if (DECIMAL.matcher(text).matches()) {
            int scale = text.length() - text.indexOf('.') - 1;
            int digits = text.replaceAll("[-.]", "").length();
            return digits <= DecimalType.MAX_PRECISION
                    ? new DecimalType(DecimalType.MAX_PRECISION, scale)
                    : ScalarType.DOUBLE;
        }
        if (EXPONENT.matcher(text).matches()) {
            return ScalarType.DOUBLE;
        }
        if (DATE.matcher(text).matches()) {
            return ScalarType.DATE;
        }
        return TIMESTAMP.matcher(text).matches() ? ScalarType.TIMESTAMP : ScalarType.STRING;
    }

    private static boolean isPlain(YamlScalar scalar) {
        return !scalar.isNull() && scalar.source().style() == ScalarSource.Style.PLAIN;
    }

    /** The type that all of a list have; a string where they have none in common. */
    private static DataType common(List<YamlNode> items) {
        List<DataType> types = new ArrayList<>();
        for (YamlNode item : items) {
            if (!(item instanceof YamlScalar scalar && scalar.isNull())) {
                types.add(typeOf(item));
            }
        }
        if (types.isEmpty()) {
            return ScalarType.STRING;
        }
        DataType common = types.get(0);
        for (DataType type : types) {
            common = wider(common, type);
        }
        return common;
    }

    private static DataType wider(DataType a, DataType b) {
        if (a.equals(b)) {
            return a;
        }
        if (a instanceof DecimalType x && b instanceof DecimalType y) {
            return x.scale() >= y.scale() ? x : y;
        }
        if (a instanceof DecimalType && isWhole(b)) {
            return a;
        }
        if (b instanceof DecimalType && isWhole(a)) {
            return b;
        }
        if (isWhole(a) && isWhole(b)) {
            return ScalarType.INT64;
        }
        if (a instanceof RowType x && b instanceof RowType y) {
            RowType both = x;
            for (RowType.Field field : y.fields()) {
                DataType type = x.field(field.name())
                        .map(known -> wider(known.type(), field.type()))
                        .orElse(field.type());
                both = both.with(new RowType.Field(field.name(), type, false));
            }
            return both;
        }
        return ScalarType.STRING;
    }

    private static boolean isWhole(DataType type) {
        return type == ScalarType.INT32 || type == ScalarType.INT64;
    }

    /** The value as JSON, numbers as they are written. */
    static String json(YamlNode node) {
        return switch (node.kind()) {
            case SCALAR -> json((YamlScalar) node);
            case LIST ->
                ((YamlList) node).items().stream().map(PlainValues::json).collect(Collectors.joining(",", "[", "]"));
            case MAP ->
                ((YamlMap) node)
                        .entries().stream()
                                .map(entry -> quoted(entry.key()) + ":" + json(entry.value()))
                                .collect(Collectors.joining(",", "{", "}"));
        };
    }

    private static String json(YamlScalar scalar) {
        if (scalar.isNull()) {
            return "null";
        }
        String text = scalar.text();
        boolean literal = isPlain(scalar)
                && (text.equals("true")
                        || text.equals("false")
                        || WHOLE.matcher(text).matches()
                        || DECIMAL.matcher(text).matches()
                        || EXPONENT.matcher(text).matches());
        return literal ? text : quoted(text);
    }

    private static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                default -> json.append(c < ' ' ? String.format("\\u%04x", (int) c) : String.valueOf(c));
            }
        }
        return json.append('"').toString();
    }
}
