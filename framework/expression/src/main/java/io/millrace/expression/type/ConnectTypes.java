package io.millrace.expression.type;

import io.millrace.expression.type.RowType.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Timestamp;
import org.jspecify.annotations.Nullable;

/**
 * How the types of a pipeline stand in Connect schemas, and the way of values between the two.
 *
 * <p>Reading knows more logical types than writing makes: Connect's Date and Timestamp, Debezium's Date, Timestamp, MicroTimestamp,
 * NanoTimestamp and ZonedTimestamp. A schema made here for a timestamp is always {@link #MICRO_TIMESTAMP}.
 */
public final class ConnectTypes {
    /** int64, microseconds since the epoch, UTC: how a timestamp is kept. */
    public static final String MICRO_TIMESTAMP = "io.debezium.time.MicroTimestamp";

    static final String DEBEZIUM_TIMESTAMP = "io.debezium.time.Timestamp";
    static final String NANO_TIMESTAMP = "io.debezium.time.NanoTimestamp";
    static final String ZONED_TIMESTAMP = "io.debezium.time.ZonedTimestamp";
    static final String DEBEZIUM_DATE = "io.debezium.time.Date";

    /** Schema parameter that keeps a decimal's precision; Connect's own Decimal keeps the scale only. */
    public static final String PRECISION_PARAMETER = "connect.decimal.precision";

    private ConnectTypes() {}

    /**
     * The Connect schema of a type. Struct schemas are unnamed, and a field that is not required is optional.
     *
     * @throws IllegalArgumentException for {@link ScalarType#UNKNOWN} and open rows, which have no schema
     */
    public static Schema schema(DataType type, boolean required) {
        SchemaBuilder builder = builder(type);
        return (required ? builder.required() : builder.optional()).build();
    }

    private static SchemaBuilder builder(DataType type) {
        if (type instanceof ScalarType scalar) {
            return builder(scalar);
        }
        if (type instanceof DecimalType decimal) {
            return Decimal.builder(decimal.scale())
                    .parameter(PRECISION_PARAMETER, Integer.toString(decimal.precision()));
        }
        if (type instanceof ListType list) {
            return SchemaBuilder.array(schema(list.element(), false));
        }
        if (type instanceof MapType map) {
            return SchemaBuilder.map(Schema.STRING_SCHEMA, schema(map.value(), false));
        }
        RowType row = (RowType) type;
        if (row.open()) {
            throw new IllegalArgumentException("a row whose fields are not all known has no schema: " + row.text());
        }
        SchemaBuilder struct = SchemaBuilder.struct();
        for (Field field : row.fields()) {
            struct.field(field.name(), schema(field.type(), field.required()));
        }
        return struct;
    }

    private static SchemaBuilder builder(ScalarType type) {
        return switch (type) {
            case STRING -> SchemaBuilder.string();
            case BOOL -> SchemaBuilder.bool();
            case INT32 -> SchemaBuilder.int32();
            case INT64 -> SchemaBuilder.int64();
            case FLOAT -> SchemaBuilder.float32();
            case DOUBLE -> SchemaBuilder.float64();
            case DATE -> Date.builder();
            case TIMESTAMP -> SchemaBuilder.int64().name(MICRO_TIMESTAMP).version(1);
            case BYTES -> SchemaBuilder.bytes();
            case DURATION -> throw new IllegalArgumentException("a duration has no schema");
            case UNKNOWN -> throw new IllegalArgumentException("a type that is not known has no schema");
        };
    }

    /**
     * The type that values of a schema have. Logical types that are not known here count as what they are made of; a map whose keys are
     * not strings and a decimal outside of decimal(38,38) are {@link ScalarType#UNKNOWN}.
     */
    public static DataType typeOf(Schema schema) {
        DataType logical = logicalType(schema);
        if (logical != null) {
            return logical;
        }
        return switch (schema.type()) {
            case STRING -> ScalarType.STRING;
            case BOOLEAN -> ScalarType.BOOL;
            case INT8, INT16, INT32 -> ScalarType.INT32;
            case INT64 -> ScalarType.INT64;
            case FLOAT32 -> ScalarType.FLOAT;
            case FLOAT64 -> ScalarType.DOUBLE;
            case BYTES -> ScalarType.BYTES;
            case ARRAY -> new ListType(typeOf(schema.valueSchema()));
            case MAP ->
                schema.keySchema().type() == Schema.Type.STRING
                        ? new MapType(typeOf(schema.valueSchema()))
                        : ScalarType.UNKNOWN;
            case STRUCT -> rowOf(schema);
        };
    }

    private static @Nullable DataType logicalType(Schema schema) {
        String name = schema.name();
        if (name == null) {
            return null;
        }
        return switch (name) {
            case MICRO_TIMESTAMP, DEBEZIUM_TIMESTAMP, NANO_TIMESTAMP, ZONED_TIMESTAMP, Timestamp.LOGICAL_NAME ->
                ScalarType.TIMESTAMP;
            case Date.LOGICAL_NAME, DEBEZIUM_DATE -> ScalarType.DATE;
            case Decimal.LOGICAL_NAME -> decimalOf(schema);
            default -> null;
        };
    }

    private static DataType decimalOf(Schema schema) {
        int scale = decimalScale(schema);
        if (scale < 0 || scale > DecimalType.MAX_PRECISION) {
            return ScalarType.UNKNOWN;
        }
        return new DecimalType(Math.max(decimalPrecision(schema), Math.max(scale, 1)), scale);
    }

    static int decimalScale(Schema schema) {
        return Integer.parseInt(schema.parameters().get(Decimal.SCALE_FIELD));
    }

    /** Of the parameter where there is one; 38 otherwise and at most. */
    static int decimalPrecision(Schema schema) {
        String stated = schema.parameters().get(PRECISION_PARAMETER);
        if (stated == null) {
            return DecimalType.MAX_PRECISION;
        }
        return Math.max(1, Math.min(DecimalType.MAX_PRECISION, Integer.parseInt(stated)));
    }

    /** A struct's fields as a closed row. */
    private static RowType rowOf(Schema schema) {
        List<Field> fields = new ArrayList<>();
        for (org.apache.kafka.connect.data.Field field : schema.fields()) {
            fields.add(new Field(
                    field.name(), typeOf(field.schema()), !field.schema().isOptional()));
        }
        return new RowType(fields, false);
    }

    /**
     * A Connect value as a runtime value, see {@link DataType}. A value that does not match its schema is a defect of the caller.
     *
     * @throws io.millrace.expression.type.EvaluationException with code {@code expression.type} for a timestamp in text that is not one
     */
    public static @Nullable Object read(@Nullable Object connectValue, Schema schema) {
        return connectValue == null ? null : ConnectReader.of(schema).read(connectValue);
    }

    /**
     * A runtime value as Connect wants it under a schema. Never rounds, narrows or overflows: an int may widen, and become a decimal; a
     * double becomes a float32 only if that is exact.
     *
     * @throws io.millrace.expression.type.EvaluationException with code {@code expression.type} when the value has no exact place in the schema
     */
    public static @Nullable Object write(@Nullable Object runtimeValue, Schema schema) {
        return ConnectWriter.write(runtimeValue, schema);
    }

    /**
     * An optional schema for a value whose type is not known before: a BigDecimal has a Decimal of its scale, a list the schema of its first
     * element that is not null (string where there is none), a Struct its own.
     *
     * @throws io.millrace.expression.type.EvaluationException with code {@code expression.type} for an object that is no runtime value
     */
    public static Schema schemaOfValue(Object runtimeValue) {
        if (runtimeValue instanceof org.apache.kafka.connect.data.Struct struct) {
            return struct.schema();
        }
        return schema(RuntimeTypes.typeOf(runtimeValue), false);
    }

    /** The keys of a map with string keys, or nothing. Shared by the two directions. */
    static Map<?, ?> stringKeyed(Map<?, ?> map) {
        for (Object key : map.keySet()) {
            if (!(key instanceof String)) {
                throw RuntimeTypes.mismatch(map, "map");
            }
        }
        return map;
    }
}
