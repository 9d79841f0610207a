package io.millrace.connectors.jdbc.table;

import io.millrace.connectors.common.JsonText;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/**
 * The types of Connect schemas, Connect's and Debezium's logical types among them. Values are normalised: whole numbers to Long, days since 1970
 * to Long, microseconds since 1970 or since midnight to Long, structs, arrays and maps to JSON text.
 */
public final class FieldTypes {
    private static final String PRECISION = "connect.decimal.precision";

    /** @param normal from a value of Connect, or of a JSON key without schema, to the normalised one; never null */
    public record FieldType(ColumnType type, Function<Object, Object> normal) {}

    private FieldTypes() {}

    public static FieldType of(Schema schema) {
        FieldType logical = schema.name() == null ? null : logical(schema);
        return logical == null ? plain(schema) : logical;
    }

    private static @Nullable FieldType logical(Schema schema) {
        return switch (schema.name()) {
            case Decimal.LOGICAL_NAME -> decimal(schema);
            case Date.LOGICAL_NAME ->
                field(
                        Kind.DATE,
                        value -> value instanceof java.util.Date date
                                ? (Object) Math.floorDiv(date.getTime(), 86_400_000L)
                                : whole(value));
            case Time.LOGICAL_NAME -> field(Kind.TIME, value -> scaled(millis(value), 1000));
            case Timestamp.LOGICAL_NAME -> field(Kind.TIMESTAMP, value -> scaled(millis(value), 1000));
            case "io.debezium.time.Date" -> field(Kind.DATE, FieldTypes::whole);
            case "io.debezium.time.Time" -> field(Kind.TIME, value -> scaled(whole(value), 1000));
            case "io.debezium.time.MicroTime" -> field(Kind.TIME, FieldTypes::whole);
            case "io.debezium.time.Timestamp" -> field(Kind.TIMESTAMP, value -> scaled(whole(value), 1000));
            case "io.debezium.time.MicroTimestamp" -> field(Kind.TIMESTAMP, FieldTypes::whole);
            case "io.debezium.time.NanoTimestamp" -> field(Kind.TIMESTAMP, value -> Math.floorDiv(whole(value), 1000L));
            case "io.debezium.time.ZonedTimestamp" -> field(Kind.TIMESTAMP, FieldTypes::zoned);
            case "io.debezium.data.Json" -> field(Kind.JSON, Object::toString);
            default -> null;
        };
    }

    private static FieldType plain(Schema schema) {
        return switch (schema.type()) {
            case BOOLEAN -> field(Kind.BOOLEAN, value -> value);
            case INT8, INT16 -> field(Kind.INT16, FieldTypes::whole);
            case INT32 -> field(Kind.INT32, FieldTypes::whole);
            case INT64 -> field(Kind.INT64, FieldTypes::whole);
            case FLOAT32 -> field(Kind.FLOAT32, value -> ((Number) value).floatValue());
            case FLOAT64 -> field(Kind.FLOAT64, value -> ((Number) value).doubleValue());
            case STRING -> field(Kind.TEXT, Object::toString);
            case BYTES -> field(Kind.BYTES, FieldTypes::bytes);
            case STRUCT, ARRAY, MAP -> field(Kind.JSON, value -> JsonText.ofNested(schema, value));
        };
    }

    /** The type of a value of a JSON key whose field the value does not have. */
    public static FieldType ofKeyValue(Object value) {
        if (value instanceof Boolean) {
            return field(Kind.BOOLEAN, same -> same);
        }
        if (value instanceof Double || value instanceof Float) {
            return field(Kind.FLOAT64, number -> ((Number) number).doubleValue());
        }
        if (value instanceof BigDecimal) {
            return new FieldType(new ColumnType(Kind.DECIMAL, 0, -1), same -> same);
        }
        if (value instanceof Number) {
            return field(Kind.INT64, FieldTypes::whole);
        }
        if (value instanceof byte[] || value instanceof ByteBuffer) {
            return field(Kind.BYTES, FieldTypes::bytes);
        }
        return value instanceof Map || value instanceof Iterable
                ? field(Kind.JSON, nested -> JsonText.ofNested(null, nested))
                : field(Kind.TEXT, Object::toString);
    }

    /** A value of a JSON key for a column that is there: days, microseconds and Base64 are what JSON writes for dates, timestamps and bytes. */
    public static FieldType ofKeyValue(Object value, ColumnType column) {
        boolean number = value instanceof Number;
        return switch (column.kind()) {
            case DATE, TIME, TIMESTAMP ->
                number ? new FieldType(ColumnType.of(column.kind()), FieldTypes::whole) : ofKeyValue(value);
            case DECIMAL -> number ? new FieldType(column, FieldTypes::decimal) : ofKeyValue(value);
            case FLOAT32 -> number ? field(Kind.FLOAT32, any -> ((Number) any).floatValue()) : ofKeyValue(value);
            case FLOAT64 -> number ? field(Kind.FLOAT64, any -> ((Number) any).doubleValue()) : ofKeyValue(value);
            case BYTES -> field(Kind.BYTES, FieldTypes::bytes);
            default -> ofKeyValue(value);
        };
    }

    private static FieldType decimal(Schema schema) {
        Map<String, String> parameters = schema.parameters() == null ? Map.of() : schema.parameters();
        int scale = Integer.parseInt(parameters.getOrDefault(Decimal.SCALE_FIELD, "0"));
        int precision = Integer.parseInt(parameters.getOrDefault(PRECISION, "0"));
        return new FieldType(new ColumnType(Kind.DECIMAL, precision, scale), FieldTypes::decimal);
    }

    private static BigDecimal decimal(Object value) {
        if (value instanceof BigDecimal decimal) {
            return decimal;
        }
        // The shortest decimal that reads back the same.
        return value instanceof BigInteger || value instanceof Long || value instanceof Double
                ? new BigDecimal(value.toString())
                : new BigDecimal(((Number) value).toString());
    }

    private static FieldType field(Kind kind, Function<Object, Object> normal) {
        return new FieldType(ColumnType.of(kind), normal);
    }

    private static long whole(Object value) {
        // longValue() would cut those off
        boolean mayBeLonger = value instanceof Double || value instanceof Float || value instanceof BigDecimal;
        if (mayBeLonger || !(value instanceof Number number)) {
            throw new DataException("A whole number is needed.");
        }
        return number.longValue();
    }

    private static long millis(Object value) {
        return value instanceof java.util.Date date ? date.getTime() : whole(value);
    }

    private static long scaled(long value, long factor) {
        try {
            return Math.multiplyExact(value, factor);
        } catch (ArithmeticException e) {
            throw new DataException("The time is too far from 1970 for microseconds.", e);
        }
    }

    private static long zoned(Object value) {
        try {
            Instant instant = OffsetDateTime.parse(value.toString()).toInstant();
            return Math.addExact(scaled(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1000L);
        } catch (DateTimeException | ArithmeticException e) {
            throw new DataException("The text is not a timestamp with a zone.", e);
        }
    }

    private static byte[] bytes(Object value) {
        if (value instanceof byte[] array) {
            return array;
        }
        if (value instanceof ByteBuffer buffer) {
            byte[] copy = new byte[buffer.remaining()];
            buffer.duplicate().get(copy);
            return copy;
        }
        try {
            return Base64.getDecoder().decode(value.toString());
        } catch (IllegalArgumentException e) {
            throw new DataException("The text is not Base64.", e);
        }
    }
}
