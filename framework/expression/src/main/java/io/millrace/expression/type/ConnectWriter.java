package io.millrace.expression.type;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.jspecify.annotations.Nullable;

/** Runtime value to Connect value, exactly or not at all. */
final class ConnectWriter {
    private ConnectWriter() {}

    static @Nullable Object write(@Nullable Object value, Schema schema) {
        if (value == null) {
            if (schema.isOptional()) {
                return null;
            }
            throw fault("null is not a " + describe(schema) + ": it is required.");
        }
        String name = schema.name();
        Object logical = name == null ? null : logical(value, name, schema);
        return logical == null ? plain(value, schema) : logical;
    }

    private static @Nullable Object logical(Object value, String name, Schema schema) {
        return switch (name) {
            case ConnectTypes.MICRO_TIMESTAMP -> epoch(instant(value, schema), 1_000_000L, schema);
            case ConnectTypes.DEBEZIUM_TIMESTAMP -> epoch(instant(value, schema), 1_000L, schema);
            case ConnectTypes.NANO_TIMESTAMP -> epoch(instant(value, schema), 1_000_000_000L, schema);
            case ConnectTypes.ZONED_TIMESTAMP -> DateTimeFormatter.ISO_INSTANT.format(instant(value, schema));
            case Timestamp.LOGICAL_NAME -> new java.util.Date(epoch(instant(value, schema), 1_000L, schema));
            case Date.LOGICAL_NAME ->
                java.util.Date.from(
                        date(value, schema).atStartOfDay(ZoneOffset.UTC).toInstant());
            case ConnectTypes.DEBEZIUM_DATE ->
                Math.toIntExact(date(value, schema).toEpochDay());
            case Time.LOGICAL_NAME -> new java.util.Date(whole(value, 0, 86_399_999L, schema));
            case Decimal.LOGICAL_NAME -> decimal(value, schema);
            default -> null;
        };
    }

    private static Object plain(Object value, Schema schema) {
        return switch (schema.type()) {
            case STRING -> typed(value, String.class, schema);
            case BOOLEAN -> typed(value, Boolean.class, schema);
            case INT8 -> (byte) whole(value, Byte.MIN_VALUE, Byte.MAX_VALUE, schema);
            case INT16 -> (short) whole(value, Short.MIN_VALUE, Short.MAX_VALUE, schema);
            case INT32 -> (int) whole(value, Integer.MIN_VALUE, Integer.MAX_VALUE, schema);
            case INT64 -> whole(value, Long.MIN_VALUE, Long.MAX_VALUE, schema);
            case FLOAT32 -> float32(value, schema);
            case FLOAT64 -> float64(value, schema);
            case BYTES -> typed(value, ByteBuffer.class, schema).asReadOnlyBuffer();
            case ARRAY -> list(typed(value, List.class, schema), schema);
            case MAP -> map(typed(value, Map.class, schema), schema);
            case STRUCT -> struct(value, schema);
        };
    }

    private static <T> T typed(Object value, Class<T> wanted, Schema schema) {
        if (!wanted.isInstance(value)) {
            throw mismatch(value, schema);
        }
        return wanted.cast(value);
    }

    private static long whole(Object value, long least, long greatest, Schema schema) {
        if (!(value instanceof Long || value instanceof Integer)) {
            throw mismatch(value, schema);
        }
        long number = ((Number) value).longValue();
        if (number < least || number > greatest) {
            throw fault("an int is out of the range of " + describe(schema) + ".");
        }
        return number;
    }

    private static Object float32(Object value, Schema schema) {
        if (value instanceof Float) {
            return value;
        }
        double number = (Double) float64(value, schema);
        if (Double.compare((float) number, number) != 0) {
            throw fault("a double has no exact value as " + describe(schema) + ".");
        }
        return (float) number;
    }

    private static Object float64(Object value, Schema schema) {
        if (value instanceof Double) {
            return value;
        }
        if (value instanceof Float number) {
            return (double) number;
        }
        if (value instanceof Long number) {
            double widened = number;
            if (widened != 0x1p63 && (long) widened == number) {
                return widened;
            }
            throw fault("an int has no exact value as " + describe(schema) + ".");
        }
        throw mismatch(value, schema);
    }

    private static BigDecimal decimal(Object value, Schema schema) {
        BigDecimal number;
        if (value instanceof BigDecimal decimal) {
            number = decimal;
        } else if (value instanceof Long whole) {
            number = BigDecimal.valueOf(whole);
        } else {
            throw mismatch(value, schema);
        }
        int scale = ConnectTypes.decimalScale(schema);
        BigDecimal placed;
        try {
            placed = number.setScale(scale);
        } catch (ArithmeticException e) {
            throw fault("a decimal of scale " + number.scale() + " has no exact value as " + describe(schema)
                    + ": round it first.");
        }
        if (placed.precision() > ConnectTypes.decimalPrecision(schema)) {
            throw fault("a decimal has more digits than " + describe(schema) + " holds.");
        }
        return placed;
    }

    private static Instant instant(Object value, Schema schema) {
        return typed(value, Instant.class, schema);
    }

    private static LocalDate date(Object value, Schema schema) {
        return typed(value, LocalDate.class, schema);
    }

    private static long epoch(Instant instant, long unitsPerSecond, Schema schema) {
        long nanosPerUnit = 1_000_000_000L / unitsPerSecond;
        if (instant.getNano() % nanosPerUnit != 0) {
            throw fault("a timestamp is finer than " + schema.name() + " keeps.");
        }
        try {
            return Math.addExact(
                    Math.multiplyExact(instant.getEpochSecond(), unitsPerSecond), instant.getNano() / nanosPerUnit);
        } catch (ArithmeticException e) {
            throw fault("a timestamp is out of the range of " + schema.name() + ".");
        }
    }

    private static List<@Nullable Object> list(List<?> source, Schema schema) {
        List<@Nullable Object> result = new ArrayList<>(source.size());
        for (Object item : source) {
            result.add(write(item, schema.valueSchema()));
        }
        return result;
    }

    private static Map<@Nullable Object, @Nullable Object> map(Map<?, ?> source, Schema schema) {
        Map<@Nullable Object, @Nullable Object> result = new LinkedHashMap<>();
        source.forEach((key, item) -> result.put(write(key, schema.keySchema()), write(item, schema.valueSchema())));
        return result;
    }

    private static Struct struct(Object value, Schema schema) {
        if (value instanceof Struct struct && struct.schema().equals(schema)) {
            return struct;
        }
        if (!(value instanceof Struct || value instanceof Map)) {
            throw mismatch(value, schema);
        }
        refuseExtraFields(value, schema);
        Struct result = new Struct(schema);
        for (Field field : schema.fields()) {
            try {
                result.put(field, write(fieldOf(value, field.name()), field.schema()));
            } catch (EvaluationException e) {
                throw new EvaluationException(e.code(), "field '" + field.name() + "': " + e.getMessage());
            }
        }
        return result;
    }

    private static void refuseExtraFields(Object value, Schema schema) {
        List<String> names = new ArrayList<>();
        if (value instanceof Struct struct) {
            struct.schema().fields().forEach(field -> names.add(field.name()));
        } else {
            ((Map<?, ?>) value).keySet().forEach(key -> names.add(String.valueOf(key)));
        }
        for (String name : names) {
            if (schema.field(name) == null) {
                throw fault("a row has fields that its schema has not: it would lose them.");
            }
        }
    }

    private static @Nullable Object fieldOf(Object row, String name) {
        if (row instanceof Map<?, ?> map) {
            return map.get(name);
        }
        return Rows.field((Struct) row, name);
    }

    private static String describe(Schema schema) {
        DataType type = ConnectTypes.typeOf(schema);
        String text =
                switch (schema.type()) {
                    case INT8 -> "int8";
                    case INT16 -> "int16";
                    case STRUCT -> "row";
                    default -> type.text();
                };
        return text;
    }

    private static EvaluationException mismatch(Object value, Schema schema) {
        return RuntimeTypes.mismatch(value, describe(schema));
    }

    private static EvaluationException fault(String message) {
        return new EvaluationException("expression.type", message);
    }
}
