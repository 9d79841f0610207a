package io.millrace.connectors.s3.parquet;

import static org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit.MICROS;
import static org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit.MILLIS;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.errors.DataException;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/**
 * The column type of a Connect schema. Logical types are told by the schema's name: Connect's own, and Debezium's for dates and times
 * ({@code io.debezium.time}). Other names (UUID, JSON text, enums) leave the physical type as it is.
 */
final class ColumnTypes {
    static final ColumnType STRING = PrimitiveColumn.of(
            PrimitiveTypeName.BINARY, LogicalTypeAnnotation.stringType(), value -> Binary.fromString((String) value));
    static final ColumnType BYTES = PrimitiveColumn.of(PrimitiveTypeName.BINARY, null, ColumnTypes::binary);
    static final ColumnType INT32 = PrimitiveColumn.of(PrimitiveTypeName.INT32, null, value -> (Integer) value);
    static final ColumnType INT64 = PrimitiveColumn.of(PrimitiveTypeName.INT64, null, value -> (Long) value);
    /** Microseconds since 1970-01-01T00:00:00Z. */
    static final ColumnType TIMESTAMP = timestamp(value -> (Long) value);

    private ColumnTypes() {}

    /** @throws DataException when Parquet has no such type */
    static ColumnType of(Schema schema) {
        ColumnType logical = schema.name() == null ? null : logical(schema);
        if (logical != null) {
            return logical;
        }
        return switch (schema.type()) {
            case BOOLEAN -> PrimitiveColumn.of(PrimitiveTypeName.BOOLEAN, null, value -> (Boolean) value);
            case INT8 -> small(8, value -> ((Byte) value).intValue());
            case INT16 -> small(16, value -> ((Short) value).intValue());
            case INT32 -> INT32;
            case INT64 -> INT64;
            case FLOAT32 -> PrimitiveColumn.of(PrimitiveTypeName.FLOAT, null, value -> (Float) value);
            case FLOAT64 -> PrimitiveColumn.of(PrimitiveTypeName.DOUBLE, null, value -> (Double) value);
            case STRING -> STRING;
            case BYTES -> BYTES;
            case ARRAY -> new ListColumn(of(schema.valueSchema()));
            case MAP -> new MapColumn(of(schema.keySchema()), of(schema.valueSchema()));
            case STRUCT -> group(schema);
        };
    }

    /** The fields of a struct's schema. */
    static List<GroupColumn.Column> fields(Schema schema) {
        List<GroupColumn.Column> fields = new ArrayList<>();
        for (Field field : schema.fields()) {
            try {
                fields.add(new GroupColumn.Column(field.name(), of(field.schema())));
            } catch (DataException e) {
                throw new DataException("Field '" + field.name() + "': " + e.getMessage(), e);
            }
        }
        return fields;
    }

    private static @Nullable ColumnType logical(Schema schema) {
        return switch (schema.name()) {
            case Decimal.LOGICAL_NAME -> DecimalColumn.of(schema);
            case Date.LOGICAL_NAME ->
                date(value ->
                        Math.toIntExact(Math.floorDiv(((java.util.Date) value).getTime(), TimeUnit.DAYS.toMillis(1))));
            case "io.debezium.time.Date" -> date(value -> (Integer) value);
            case Time.LOGICAL_NAME ->
                PrimitiveColumn.of(
                        PrimitiveTypeName.INT32,
                        LogicalTypeAnnotation.timeType(true, MILLIS),
                        value -> Math.toIntExact(((java.util.Date) value).getTime()));
            case "io.debezium.time.MicroTime" ->
                PrimitiveColumn.of(
                        PrimitiveTypeName.INT64, LogicalTypeAnnotation.timeType(true, MICROS), value -> (Long) value);
            case Timestamp.LOGICAL_NAME ->
                timestamp(value -> Math.multiplyExact(((java.util.Date) value).getTime(), 1000L));
            case "io.debezium.time.Timestamp" -> timestamp(value -> Math.multiplyExact((Long) value, 1000L));
            case "io.debezium.time.MicroTimestamp" -> TIMESTAMP;
            default -> null;
        };
    }

    private static ColumnType date(Function<Object, Object> days) {
        return PrimitiveColumn.of(PrimitiveTypeName.INT32, LogicalTypeAnnotation.dateType(), days);
    }

    private static ColumnType timestamp(Function<Object, Object> micros) {
        return PrimitiveColumn.of(PrimitiveTypeName.INT64, LogicalTypeAnnotation.timestampType(true, MICROS), micros);
    }

    private static ColumnType small(int bits, Function<Object, Object> prepared) {
        return PrimitiveColumn.of(PrimitiveTypeName.INT32, LogicalTypeAnnotation.intType(bits, true), prepared);
    }

    private static ColumnType group(Schema schema) {
        if (schema.fields().isEmpty()) {
            throw new DataException("A struct without fields cannot stand in a Parquet file.");
        }
        return new GroupColumn(fields(schema));
    }

    private static Binary binary(Object value) {
        if (value instanceof ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            return Binary.fromConstantByteArray(bytes);
        }
        return Binary.fromConstantByteArray((byte[]) value);
    }
}
