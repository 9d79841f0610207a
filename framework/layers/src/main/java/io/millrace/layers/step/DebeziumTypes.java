package io.millrace.layers.step;

import io.millrace.expression.type.ConnectTypes;
import io.millrace.expression.type.DataType;
import io.millrace.expression.type.DecimalType;
import io.millrace.expression.type.ScalarType;
import io.millrace.layers.record.SchemaCache;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * Debezium's own types as ours (its documentation, "Data type mappings"): dates to Connect's Date, timestamps to microseconds, a decimal of
 * variable scale to Connect's Decimal of the value's scale; enums, uuids and JSON to plain strings, times to the plain numbers they are.
 * Defaults and source parameters stay behind. Owned by one thread.
 */
final class DebeziumTypes {
    /** Stands for a large value that PostgreSQL left out of an update because it did not change; Debezium's default. */
    private static final String UNAVAILABLE = "__debezium_unavailable_value";

    private static final ByteBuffer UNAVAILABLE_BYTES =
            ByteBuffer.wrap(UNAVAILABLE.getBytes(StandardCharsets.UTF_8)).asReadOnlyBuffer();

    private static final String VARIABLE_DECIMAL = "io.debezium.data.VariableScaleDecimal";

    private enum Way {
        AS_IS,
        BY_TYPE,
        DECIMAL,
        VARIABLE_DECIMAL
    }

    private record Column(Field from, Way way, Schema schema) {}

    private record Shape(List<Column> columns, boolean variable, List<Fitted> fitted) {}

    /** An output schema and the scales of the decimals of variable scale that it is for. */
    private record Fitted(List<Integer> scales, Schema schema) {}

    private final SchemaCache<Shape> shapes = new SchemaCache<>();

    /** The first field whose value did not come with the change; empty where the row is whole. */
    static Optional<String> unavailable(Struct row) {
        for (Field field : row.schema().fields()) {
            Schema.Type type = field.schema().type();
            boolean mayBe = type == Schema.Type.STRING || type == Schema.Type.BYTES || type == Schema.Type.ARRAY;
            if (mayBe && isUnavailable(row.getWithoutDefault(field.name()))) {
                return Optional.of(field.name());
            }
        }
        return Optional.empty();
    }

    private static boolean isUnavailable(@Nullable Object value) {
        if (value instanceof byte[] bytes) {
            return ByteBuffer.wrap(bytes).equals(UNAVAILABLE_BYTES);
        }
        if (value instanceof List<?> items) {
            return items.size() == 1 && isUnavailable(items.get(0));
        }
        return UNAVAILABLE.equals(value) || UNAVAILABLE_BYTES.equals(value);
    }

    Struct convert(Struct row) {
        Shape shape = shapes.get(row.schema(), DebeziumTypes::shape);
        int count = shape.columns().size();
        @Nullable Object[] values = new Object[count];
        for (int i = 0; i < count; i++) {
            Column column = shape.columns().get(i);
            values[i] = convert(column, Reshape.value(row, column.from()));
        }
        Schema schema = schema(shape, values);
        Struct output = new Struct(schema);
        for (int i = 0; i < count; i++) {
            output.put(schema.fields().get(i), values[i]);
        }
        return output;
    }

    private static @Nullable Object convert(Column column, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        return switch (column.way()) {
            case AS_IS -> value;
            case BY_TYPE ->
                ConnectTypes.write(ConnectTypes.read(value, column.from().schema()), column.schema());
            case DECIMAL -> placed((BigDecimal) value, column.schema());
            case VARIABLE_DECIMAL -> decimal((Struct) value);
        };
    }

    /** JSON numbers may have lost zeros at their end. */
    private static BigDecimal placed(BigDecimal value, Schema schema) {
        int scale = Integer.parseInt(schema.parameters().get(Decimal.SCALE_FIELD));
        return value.scale() == scale ? value : value.setScale(scale);
    }

    private static BigDecimal decimal(Struct variable) {
        Object bytes = variable.get("value");
        byte[] unscaled = bytes instanceof ByteBuffer buffer ? copy(buffer) : (byte[]) Objects.requireNonNull(bytes);
        BigDecimal value = new BigDecimal(new BigInteger(unscaled), variable.getInt32("scale"));
        return value.scale() < 0 ? value.setScale(0) : value;
    }

    private static byte[] copy(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private static Schema schema(Shape shape, @Nullable Object[] values) {
        List<Integer> scales = new ArrayList<>();
        if (shape.variable()) {
            for (int i = 0; i < values.length; i++) {
                if (shape.columns().get(i).way() == Way.VARIABLE_DECIMAL) {
                    scales.add(values[i] instanceof BigDecimal decimal ? decimal.scale() : 0);
                }
            }
        }
        for (Fitted fitted : shape.fitted()) {
            if (fitted.scales().equals(scales)) {
                return fitted.schema();
            }
        }
        Fitted fitted = new Fitted(List.copyOf(scales), build(shape, scales));
        shape.fitted().add(fitted);
        return fitted.schema();
    }

    private static Schema build(Shape shape, List<Integer> scales) {
        SchemaBuilder builder = SchemaBuilder.struct();
        int next = 0;
        for (Column column : shape.columns()) {
            Schema schema = column.schema();
            if (column.way() == Way.VARIABLE_DECIMAL) {
                SchemaBuilder decimal = Decimal.builder(scales.get(next++));
                schema = (column.from().schema().isOptional() ? decimal.optional() : decimal).build();
            }
            builder.field(column.from().name(), schema);
        }
        return builder.build();
    }

    private static Shape shape(Schema input) {
        List<Column> columns = new ArrayList<>();
        for (Field field : input.fields()) {
            columns.add(column(field));
        }
        boolean variable = columns.stream().anyMatch(column -> column.way() == Way.VARIABLE_DECIMAL);
        return new Shape(List.copyOf(columns), variable, new ArrayList<>());
    }

    private static Column column(Field field) {
        Schema schema = field.schema();
        if (VARIABLE_DECIMAL.equals(schema.name())) {
            return new Column(field, Way.VARIABLE_DECIMAL, schema);
        }
        DataType type = ConnectTypes.typeOf(schema);
        if (type == ScalarType.DATE || type == ScalarType.TIMESTAMP) {
            return new Column(field, Way.BY_TYPE, ConnectTypes.schema(type, !schema.isOptional()));
        }
        if (Decimal.LOGICAL_NAME.equals(schema.name())) {
            Schema decimal = type instanceof DecimalType ? ConnectTypes.schema(type, !schema.isOptional()) : schema;
            return new Column(field, Way.DECIMAL, decimal);
        }
        return new Column(field, Way.AS_IS, schema.type().isPrimitive() ? plain(schema) : schema);
    }

    /** Without name, parameters and default. */
    private static Schema plain(Schema schema) {
        SchemaBuilder builder = SchemaBuilder.type(schema.type());
        return (schema.isOptional() ? builder.optional() : builder).build();
    }
}
