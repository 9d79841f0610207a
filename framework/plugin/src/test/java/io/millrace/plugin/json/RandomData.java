package io.millrace.plugin.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.errors.DataException;

/** Schemas and values of all kinds, with the corners more often than in life. The same seed gives the same data. */
public final class RandomData {
    private static final long DAY = 86_400_000L;
    private static final List<Schema.Type> SCALARS = List.of(
            Schema.Type.INT8,
            Schema.Type.INT16,
            Schema.Type.INT32,
            Schema.Type.INT64,
            Schema.Type.FLOAT32,
            Schema.Type.FLOAT64,
            Schema.Type.BOOLEAN,
            Schema.Type.STRING,
            Schema.Type.BYTES);
    private static final String[] TEXTS = {
        "",
        "a",
        "Chai",
        "null",
        "schema",
        "payload",
        "\"quoted\\\"",
        "tab\tnew\nline\r\f\b",
        "\u0000\u001f\u007f",
        "/slash/",
        "Grüße",
        "żółw",
        "中文字",
        "🍵 tea",
        "\u2028\u2029",
        "\ufeffbom",
        "0",
        "-1",
        "1e3",
        "=",
        "AAEC",
        "x".repeat(300),
        "é".repeat(300)
    };
    private static final String[] BROKEN_TEXTS = {"\ud800", "\udc00x", "a\ud83d"};
    private static final double[] DOUBLES = {
        0.0,
        -0.0,
        1.0,
        -1.5,
        0.1,
        1e10,
        1e-10,
        123456789.125,
        1e22,
        1e23,
        9007199254740993.0,
        Double.MAX_VALUE,
        Double.MIN_VALUE,
        4.9e-324,
        Double.MIN_NORMAL,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY
    };
    private static final long[] LONGS = {
        0,
        1,
        -1,
        9,
        10,
        99,
        100,
        127,
        -128,
        32767,
        -32768,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        4294967296L,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        999_999_999_999_999_999L,
        1_000_000_000_000_000_000L
    };

    private final Random random;
    private int names;

    public RandomData(long seed) {
        this.random = new Random(seed);
    }

    public boolean chance(double share) {
        return random.nextDouble() < share;
    }

    public int below(int bound) {
        return random.nextInt(bound);
    }

    public <T> T pick(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    /** A schema, at most three levels deep. */
    public Schema schema() {
        return schema(3);
    }

    public Schema schema(int depth) {
        SchemaBuilder builder = builder(depth);
        if (chance(0.4)) {
            builder.optional();
        }
        boolean logical = builder.name() != null;
        if (!logical && chance(0.15)) {
            builder.name("acme.Row" + below(50));
        }
        if (!logical && chance(0.1)) {
            builder.version(below(9));
        }
        if (chance(0.1)) {
            builder.doc(text());
        }
        if (!logical && chance(0.1)) {
            builder.parameter("p" + below(3), text()).parameter("q", text());
        }
        if (chance(0.2)) {
            addDefault(builder);
        }
        return builder.build();
    }

    /** Of the value a schema with a default holds, the schema itself is not finished yet: structs cannot be defaults here. */
    private void addDefault(SchemaBuilder builder) {
        if (builder.type() == Schema.Type.STRUCT) {
            return;
        }
        try {
            builder.defaultValue(present(builder));
        } catch (DataException e) {
            // a value that breaks the schema, on purpose: the schema goes without default
        }
    }

    private SchemaBuilder builder(int depth) {
        int kind = below(depth > 0 ? 20 : 13);
        if (kind < 9) {
            return new SchemaBuilder(SCALARS.get(kind));
        }
        return switch (kind) {
            case 9 -> Decimal.builder(below(6));
            case 10 -> org.apache.kafka.connect.data.Date.builder();
            case 11 -> Time.builder();
            case 12 -> Timestamp.builder();
            case 13, 14 -> SchemaBuilder.array(schema(depth - 1));
            case 15 -> SchemaBuilder.map(Schema.STRING_SCHEMA, schema(depth - 1));
            case 16 -> SchemaBuilder.map(schema(depth - 1), schema(depth - 1));
            default -> struct(depth);
        };
    }

    private SchemaBuilder struct(int depth) {
        SchemaBuilder builder = SchemaBuilder.struct();
        int fields = below(7);
        for (int i = 0; i < fields; i++) {
            String name = chance(0.2) ? pick(Arrays.asList(TEXTS)) + names++ : "field" + i;
            builder.field(name, schema(depth - 1));
        }
        return builder;
    }

    /** A struct schema of the given number of fields, all plain columns as of a table. */
    public Schema row(int fields) {
        SchemaBuilder builder = SchemaBuilder.struct();
        if (chance(0.5)) {
            builder.name("acme.Row" + below(50));
        }
        if (chance(0.2)) {
            builder.version(below(9));
        }
        for (int i = 0; i < fields; i++) {
            builder.field("f" + i, schema(chance(0.2) ? 1 : 0));
        }
        return builder.build();
    }

    /** A value of the schema; now and then one that breaks it. */
    public Object value(Schema schema) {
        if (schema.isOptional() ? chance(0.25) : chance(0.01)) {
            return null;
        }
        if (schema.defaultValue() != null && chance(0.3)) {
            return null;
        }
        return present(schema);
    }

    private Object present(Schema schema) {
        if (chance(0.002)) {
            return schemaless(1);
        }
        if (schema.name() != null) {
            switch (schema.name()) {
                case Decimal.LOGICAL_NAME:
                    int scale = Integer.parseInt(schema.parameters().get(Decimal.SCALE_FIELD));
                    return decimal(chance(0.98) ? scale : scale + 1);
                case org.apache.kafka.connect.data.Date.LOGICAL_NAME:
                    return new Date((below(60_000) - 20_000) * DAY + (chance(0.98) ? 0 : 1));
                case Time.LOGICAL_NAME:
                    return new Date(chance(0.98) ? below((int) DAY + 1) : -1);
                case Timestamp.LOGICAL_NAME:
                    return new Date(longValue());
                default:
                    break;
            }
        }
        return switch (schema.type()) {
            case INT8 -> (byte) longValue();
            case INT16 -> (short) longValue();
            case INT32 -> (int) longValue();
            case INT64 -> longValue();
            case FLOAT32 -> (float) doubleValue();
            case FLOAT64 -> doubleValue();
            case BOOLEAN -> chance(0.5);
            case STRING -> text();
            case BYTES -> bytes();
            case ARRAY -> list(schema.valueSchema());
            case MAP -> map(schema.keySchema(), schema.valueSchema());
            case STRUCT -> struct(schema);
        };
    }

    public Struct struct(Schema schema) {
        Struct struct = new Struct(schema);
        for (Field field : schema.fields()) {
            Object value = value(field.schema());
            try {
                struct.put(field, value);
            } catch (DataException e) {
                // the field stays null, also where it is required: that is what a careless connector leaves behind
            }
        }
        return struct;
    }

    private List<Object> list(Schema elements) {
        List<Object> list = chance(0.8) ? new ArrayList<>() : new LinkedList<>();
        for (int i = below(5); i > 0; i--) {
            list.add(value(elements));
        }
        return list;
    }

    private Map<Object, Object> map(Schema keys, Schema values) {
        boolean texts = keys.equals(Schema.STRING_SCHEMA);
        Map<Object, Object> map = newMap(texts);
        for (int i = below(5); i > 0; i--) {
            map.put(texts ? text() : value(keys), value(values));
        }
        return map;
    }

    private Map<Object, Object> newMap(boolean comparable) {
        if (comparable && chance(0.2)) {
            return new TreeMap<>();
        }
        return chance(0.5) ? new HashMap<>() : new LinkedHashMap<>();
    }

    /** What connectors without schemas give. */
    public Object schemaless(int depth) {
        int kind = below(depth > 0 ? 14 : 10);
        return switch (kind) {
            case 0 -> null;
            case 1 -> (byte) longValue();
            case 2 -> (short) longValue();
            case 3 -> (int) longValue();
            case 4 -> longValue();
            case 5 -> (float) doubleValue();
            case 6 -> doubleValue();
            case 7 -> chance(0.5);
            case 8 -> chance(0.95) ? text() : new BigDecimal("1.5");
            case 9 -> bytes();
            case 10, 11 -> schemalessList(depth);
            default -> schemalessMap(depth);
        };
    }

    private List<Object> schemalessList(int depth) {
        List<Object> list = new ArrayList<>();
        for (int i = below(5); i > 0; i--) {
            list.add(schemaless(depth - 1));
        }
        return list;
    }

    public Map<Object, Object> schemalessMap(int depth) {
        boolean strings = chance(0.9);
        Map<Object, Object> map = newMap(strings);
        for (int i = below(5); i > 0; i--) {
            map.put(strings ? text() : schemaless(0), schemaless(depth - 1));
        }
        return map;
    }

    public String text() {
        if (chance(0.003)) {
            return pick(Arrays.asList(BROKEN_TEXTS));
        }
        return pick(Arrays.asList(TEXTS)) + (chance(0.5) ? "" : below(100));
    }

    private long longValue() {
        return chance(0.5) ? LONGS[below(LONGS.length)] : random.nextLong() >> below(64);
    }

    private double doubleValue() {
        return chance(0.5) ? DOUBLES[below(DOUBLES.length)] : random.nextGaussian() * Math.pow(10, below(40) - 20);
    }

    private BigDecimal decimal(int scale) {
        return new BigDecimal(new BigInteger(1 + below(130), random).subtract(BigInteger.valueOf(below(1000))), scale);
    }

    private Object bytes() {
        byte[] bytes = new byte[below(20)];
        random.nextBytes(bytes);
        if (chance(0.7)) {
            return bytes;
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes, bytes.length / 3, bytes.length / 3);
        return chance(0.05) ? buffer.asReadOnlyBuffer() : buffer;
    }
}
