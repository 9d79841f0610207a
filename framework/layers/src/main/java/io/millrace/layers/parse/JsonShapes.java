package io.millrace.layers.parse;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.expression.type.DataType;
import io.millrace.expression.type.DecimalType;
import io.millrace.expression.type.ListType;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * The types that JSON values have by themselves: whole numbers int64, fractions double, or decimal where something later wants them exact;
 * objects rows, arrays lists of what all their elements have in common. Null is a string that is null, for want of a better type.
 */
final class JsonShapes {
    /** In all rows of a text, those inside of rows and of elements included: each shape is remembered, whoever sends it. */
    private static final int MOST_FIELDS = 1_000;

    private final Set<String> exact;

    /**
     * @param exact paths, joined by dots, of fractions that stay decimals
     */
    JsonShapes(Set<String> exact) {
        this.exact = exact;
    }

    /** A row with the fields of an object, but for some. */
    RowType with(RowType row, JsonNode object, Set<String> except) {
        List<RowType.Field> fields = new ArrayList<>(row.fields());
        for (Iterator<Map.Entry<String, JsonNode>> all = object.fields(); all.hasNext(); ) {
            Map.Entry<String, JsonNode> field = all.next();
            if (!except.contains(field.getKey())) {
                DataType type = settled(typeOf(field.getKey(), field.getValue()));
                fields.add(new RowType.Field(field.getKey(), type, false));
            }
        }
        if (count(new RowType(fields, false)) > MOST_FIELDS) {
            throw new ParseFault("the object has more than " + MOST_FIELDS + " fields, those inside of fields included;"
                    + " declare those that count and drop the others");
        }
        return new RowType(fields, false);
    }

    private static int count(DataType type) {
        if (type instanceof ListType list) {
            return count(list.element());
        }
        int count = 0;
        if (type instanceof RowType row) {
            for (RowType.Field field : row.fields()) {
                count += 1 + count(field.type());
            }
        }
        return count;
    }

    /** With strings where nothing but null was seen. */
    private static DataType settled(DataType type) {
        if (type instanceof ListType list) {
            return new ListType(settled(list.element()));
        }
        if (type instanceof RowType row) {
            return new RowType(
                    row.fields().stream()
                            .map(field -> new RowType.Field(field.name(), settled(field.type()), false))
                            .toList(),
                    false);
        }
        return type == ScalarType.UNKNOWN ? ScalarType.STRING : type;
    }

    /** Unknown for null, which goes with every type. */
    private DataType typeOf(String path, JsonNode node) {
        return switch (node.getNodeType()) {
            case STRING -> ScalarType.STRING;
            case BOOLEAN -> ScalarType.BOOL;
            case NUMBER -> number(path, node);
            case OBJECT -> row(path, node);
            case ARRAY -> list(path, node);
            default -> ScalarType.UNKNOWN;
        };
    }

    private DataType number(String path, JsonNode node) {
        if (exact.contains(path)) {
            return node.isIntegralNumber() && node.canConvertToLong()
                    ? ScalarType.INT64
                    : new DecimalType(
                            DecimalType.MAX_PRECISION, decimal(path, node).scale());
        }
        if (!node.isIntegralNumber()) {
            return ScalarType.DOUBLE;
        }
        if (!node.canConvertToLong()) {
            throw new ParseFault("field '" + path
                    + "': a whole number is out of the range of int64; declare the field as decimal or string");
        }
        return ScalarType.INT64;
    }

    private DataType row(String path, JsonNode node) {
        List<RowType.Field> fields = new ArrayList<>();
        for (Iterator<Map.Entry<String, JsonNode>> all = node.fields(); all.hasNext(); ) {
            Map.Entry<String, JsonNode> field = all.next();
            DataType type = typeOf(path + "." + field.getKey(), field.getValue());
            fields.add(new RowType.Field(field.getKey(), type, false));
        }
        return new RowType(fields, false);
    }

    private DataType list(String path, JsonNode node) {
        DataType common = ScalarType.UNKNOWN;
        for (JsonNode item : node) {
            common = common(path, common, typeOf(path, item));
        }
        return new ListType(common);
    }

    private static DataType common(String path, DataType one, DataType other) {
        if (one.equals(other) || other == ScalarType.UNKNOWN) {
            return one;
        }
        if (one == ScalarType.UNKNOWN) {
            return other;
        }
        if (isNumber(one) && isNumber(other)) {
            return one instanceof DecimalType || other instanceof DecimalType
                    ? new DecimalType(DecimalType.MAX_PRECISION, Math.max(scale(one), scale(other)))
                    : ScalarType.DOUBLE;
        }
        if (one instanceof ListType left && other instanceof ListType right) {
            return new ListType(common(path, left.element(), right.element()));
        }
        if (one instanceof RowType left && other instanceof RowType right) {
            return union(path, left, right);
        }
        throw new ParseFault("field '" + path + "': a list holds " + one.text() + " and " + other.text()
                + ", which have no type in common");
    }

    private static RowType union(String path, RowType left, RowType right) {
        Map<String, RowType.Field> fields = new LinkedHashMap<>();
        left.fields().forEach(field -> fields.put(field.name(), field));
        for (RowType.Field field : right.fields()) {
            RowType.Field known = fields.get(field.name());
            DataType type =
                    known == null ? field.type() : common(path + "." + field.name(), known.type(), field.type());
            fields.put(field.name(), new RowType.Field(field.name(), type, false));
        }
        return new RowType(List.copyOf(fields.values()), false);
    }

    private static boolean isNumber(DataType type) {
        return type == ScalarType.INT64 || type == ScalarType.DOUBLE || type instanceof DecimalType;
    }

    private static int scale(DataType type) {
        return type instanceof DecimalType decimal ? decimal.scale() : 0;
    }

    /** A value under the schema of its type, as Connect has it. */
    @Nullable
    Object connect(String path, @Nullable JsonNode node, Schema schema) {
        if (node == null || node.isNull()) {
            return null;
        }
        return switch (schema.type()) {
            case STRING -> node.textValue();
            case BOOLEAN -> node.booleanValue();
            case INT64 -> node.longValue();
            case FLOAT64 -> finite(path, node);
            case BYTES -> decimal(path, node).setScale(scale(schema));
            case ARRAY -> {
                List<@Nullable Object> items = new ArrayList<>(node.size());
                for (JsonNode item : node) {
                    items.add(connect(path, item, schema.valueSchema()));
                }
                yield items;
            }
            case STRUCT -> {
                Struct struct = new Struct(schema);
                for (Field field : schema.fields()) {
                    struct.put(field, connect(path + "." + field.name(), node.get(field.name()), field.schema()));
                }
                yield struct;
            }
            default -> throw new IllegalStateException("JSON has no " + schema.type());
        };
    }

    private static int scale(Schema schema) {
        return Integer.parseInt(schema.parameters().get(Decimal.SCALE_FIELD));
    }

    /** The nearest double; JSON has no others than finite ones, but some are too great. */
    private static double finite(String path, JsonNode node) {
        double number = node.doubleValue();
        if (!Double.isFinite(number)) {
            throw new ParseFault("field '" + path + "': a number is out of the range of double");
        }
        return number;
    }

    /** Without an exponent; one with more digits than a decimal has is a fault, before anything large is made of it. */
    private static BigDecimal decimal(String path, JsonNode node) {
        BigDecimal decimal = node.decimalValue();
        long whole = (long) decimal.precision() - decimal.scale();
        if (decimal.scale() > DecimalType.MAX_PRECISION || whole > DecimalType.MAX_PRECISION) {
            throw new ParseFault("field '" + path + "': a number has more digits than a decimal, "
                    + DecimalType.MAX_PRECISION + " before and after the point");
        }
        return decimal.scale() < 0 ? decimal.setScale(0) : decimal;
    }

    /** A runtime value, numbers exact, for a cast to a declared type. */
    static @Nullable Object runtime(String path, @Nullable JsonNode node) {
        if (node == null || node.isNull()) {
            return null;
        }
        return switch (node.getNodeType()) {
            case STRING -> node.textValue();
            case BOOLEAN -> node.booleanValue();
            case NUMBER -> runtimeNumber(path, node);
            case ARRAY -> {
                List<@Nullable Object> items = new ArrayList<>(node.size());
                for (JsonNode item : node) {
                    items.add(runtime(path, item));
                }
                yield items;
            }
            case OBJECT -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                for (Iterator<Map.Entry<String, JsonNode>> all = node.fields(); all.hasNext(); ) {
                    Map.Entry<String, JsonNode> field = all.next();
                    map.put(field.getKey(), runtime(path + "." + field.getKey(), field.getValue()));
                }
                yield map;
            }
            default -> throw new IllegalStateException("JSON has no " + node.getNodeType());
        };
    }

    /** A decimal where that is possible; a number beyond it, such as 1e-60, is a double. */
    private static Object runtimeNumber(String path, JsonNode node) {
        if (node.isIntegralNumber() && node.canConvertToLong()) {
            return node.longValue();
        }
        BigDecimal number = node.decimalValue();
        long whole = (long) number.precision() - number.scale();
        boolean isDecimal = number.scale() <= DecimalType.MAX_PRECISION && whole <= DecimalType.MAX_PRECISION;
        return isDecimal ? decimal(path, node) : (Object) finite(path, node);
    }
}
