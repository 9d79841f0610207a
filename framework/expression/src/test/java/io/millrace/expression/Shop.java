package io.millrace.expression;

import io.millrace.expression.type.ConnectTypes;
import io.millrace.expression.type.DataTypes;
import io.millrace.expression.type.DecimalType;
import io.millrace.expression.type.ListType;
import io.millrace.expression.type.MapType;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.RowType.Field;
import io.millrace.expression.type.ScalarType;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/** A row with a field of each type, for tests. */
final class Shop {
    static final RowType ORDER = new RowType(
            List.of(
                    field("order_id", "int32", true),
                    field("country", "string", false),
                    field("ordered_on", "date", false)),
            false);

    static final RowType LINE = new RowType(
            List.of(
                    field("order_id", "int32", true),
                    field("unit_price", "decimal(10,2)", false),
                    field("quantity", "int32", false),
                    field("discount", "decimal(4,2)", false),
                    field("weight", "double", false),
                    field("ratio", "float", false),
                    field("big", "long", false),
                    field("name", "string", false),
                    field("gift", "bool", false),
                    field("ordered_on", "date", false),
                    field("seen_at", "timestamp", false),
                    field("raw", "bytes", false),
                    new Field("tags", new ListType(ScalarType.STRING), false),
                    new Field("prices", new ListType(new DecimalType(10, 2)), false),
                    new Field("labels", new MapType(ScalarType.STRING), false),
                    new Field("order", ORDER, false)),
            false);

    static final RowType KEY =
            new RowType(List.of(field("order_id", "int32", true), field("product_id", "int32", true)), false);

    static final Schema LINE_SCHEMA = ConnectTypes.schema(LINE, true);

    private static final ExpressionCompiler COMPILER = new ExpressionCompiler();

    private Shop() {}

    private static Field field(String name, String type, boolean required) {
        return new Field(name, DataTypes.parse(type), required);
    }

    /** A line with these runtime values, and null elsewhere. */
    static Struct line(Map<String, ?> values) {
        Struct line = new Struct(LINE_SCHEMA).put("order_id", 10248);
        values.forEach((name, value) ->
                line.put(name, ConnectTypes.write(value, LINE_SCHEMA.field(name).schema())));
        return line;
    }

    static Struct order(String country) {
        return new Struct(LINE_SCHEMA.field("order").schema())
                .put("order_id", 10248)
                .put("country", country);
    }

    static Expression compile(String text) {
        try {
            return COMPILER.compile(text, LINE, KEY);
        } catch (ExpressionException e) {
            throw new AssertionError(text + ": " + e.faults(), e);
        }
    }

    static Object evaluate(String text, Map<String, ?> values) {
        return compile(text).evaluate(Scope.of(line(values)));
    }

    static List<ExpressionException.Fault> faults(String text) {
        try {
            COMPILER.compile(text, LINE, KEY);
            return List.of();
        } catch (ExpressionException e) {
            return e.faults();
        }
    }
}
