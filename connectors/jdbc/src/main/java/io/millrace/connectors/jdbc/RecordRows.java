package io.millrace.connectors.jdbc;

import io.millrace.connectors.common.FormerPlace;
import io.millrace.connectors.common.Origin;
import io.millrace.connectors.common.StreamRef;
import io.millrace.connectors.jdbc.Row.Operation;
import io.millrace.connectors.jdbc.Row.Shape;
import io.millrace.connectors.jdbc.Row.Wanted;
import io.millrace.connectors.jdbc.table.ColumnType;
import io.millrace.connectors.jdbc.table.FieldTypes;
import io.millrace.connectors.jdbc.table.FieldTypes.FieldType;
import io.millrace.connectors.jdbc.table.Kind;
import io.millrace.connectors.jdbc.table.RowRejected;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * Makes rows of records. The key's fields are the primary key: their values are the key's, their types those of the value's fields of the same
 * name. Owned by the task thread; remembers shapes by schema.
 */
final class RecordRows {
    static final String ORIGIN_COLUMN = "_origin";
    /** The column of a key that is no struct or map. */
    private static final String KEY_COLUMN = "_key";
    /** The column of a value that is no struct. */
    private static final String VALUE_COLUMN = "value";

    private static final FieldType TEXT = new FieldType(ColumnType.of(Kind.TEXT), Object::toString);
    private static final Pattern PLACE = Pattern.compile("[^@]+-[0-9]+@(0|[1-9][0-9]*)");
    private static final int MANY_SHAPES = 1_000;

    private record ShapeKey(
            String table, Operation operation, @Nullable Schema schema, List<String> keys) {}

    private final JdbcSinkConfig config;
    private final Map<ShapeKey, Shape> shapes = new HashMap<>();

    RecordRows(JdbcSinkConfig config) {
        this.config = config;
    }

    /** @throws RowRejected when the record can be no row */
    Row row(SinkRecord record) {
        StreamRef stream = config.stream(record.topic());
        String table = config.table().table(stream, record.topic());
        boolean upserts = config.mode().upserts(stream);
        if (record.value() == null && !upserts) {
            throw new RowRejected(
                    "tombstone",
                    "the value is null, and mode 'insert' deletes nothing. Write the stream with mode 'upsert'.");
        }
        Map<String, Object> key = upserts ? keyFields(record) : Map.of();
        return record.value() == null ? delete(record, stream, table, key) : write(record, stream, table, upserts, key);
    }

    /** With JSON keys the key's text, parsed; it has no schema then. */
    private @Nullable Object key(SinkRecord record) {
        Object key = record.key();
        if (!config.jsonKeys() || key == null) {
            return key;
        }
        return JsonKey.parse(key instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : key.toString());
    }

    private @Nullable Schema keySchema(SinkRecord record) {
        return config.jsonKeys() ? null : record.keySchema();
    }

    private Map<String, Object> keyFields(SinkRecord record) {
        Map<String, Object> parts = new LinkedHashMap<>();
        Object key = key(record);
        if (key instanceof Struct struct) {
            for (Field field : struct.schema().fields()) {
                parts.put(field.name(), struct.get(field));
            }
        } else if (key instanceof Map<?, ?> map) {
            map.forEach((name, value) -> parts.put(String.valueOf(name), value));
        } else if (key != null) {
            parts.put(KEY_COLUMN, key);
        }
        if (parts.isEmpty()) {
            throw new RowRejected(
                    "no-key",
                    "the record has no key, which mode 'upsert' needs. Give the stream a key, or write it with mode 'insert'.");
        }
        parts.forEach((name, value) -> {
            if (value == null) {
                throw new RowRejected("no-key", "field '" + name + "' of the key is null.");
            }
        });
        return parts;
    }

    private Row delete(SinkRecord record, StreamRef stream, String table, Map<String, Object> key) {
        Schema schema = keySchema(record);
        Shape shape = remember(new ShapeKey(table, Operation.DELETE, schema, List.copyOf(key.keySet())), () -> {
            List<Wanted> fields = new ArrayList<>();
            key.forEach((name, value) -> fields.add(new Wanted(name, keyType(schema, name, value, null))));
            return new Shape(table, fields, fields.size(), schema != null);
        });
        return new Row(record, shape, Operation.DELETE, key.values().toArray(), replayOf(record, stream));
    }

    private Row write(SinkRecord record, StreamRef stream, String table, boolean upserts, Map<String, Object> key) {
        Schema schema = record.valueSchema();
        if (schema == null) {
            throw new RowRejected(
                    "no-schema",
                    "the value has no schema, so its columns have no types. Have the converter read schemas"
                            + " ('schemas.enable'), or parse the value in the pipeline.");
        }
        Operation operation = upserts ? Operation.UPSERT : Operation.INSERT;
        Shape shape = remember(
                new ShapeKey(table, operation, schema, List.copyOf(key.keySet())),
                () -> shape(record, table, schema, key));
        Optional<String> replayOf = upserts ? replayOf(record, stream) : Optional.empty();
        return new Row(record, shape, operation, values(record, stream, shape, key), replayOf);
    }

    private Shape shape(SinkRecord record, String table, Schema schema, Map<String, Object> key) {
        List<Wanted> fields = new ArrayList<>();
        boolean struct = schema.type() == Schema.Type.STRUCT;
        key.forEach((name, value) -> fields.add(
                new Wanted(name, keyType(keySchema(record), name, value, struct ? schema.field(name) : null))));
        if (struct) {
            for (Field field : schema.fields()) {
                if (!key.containsKey(field.name())) {
                    fields.add(new Wanted(field.name(), FieldTypes.of(field.schema())));
                }
            }
        } else {
            fields.add(new Wanted(VALUE_COLUMN, FieldTypes.of(schema)));
        }
        if (config.origin() && fields.stream().noneMatch(field -> field.name().equals(ORIGIN_COLUMN))) {
            fields.add(new Wanted(ORIGIN_COLUMN, TEXT));
        }
        return new Shape(table, fields, key.size(), true);
    }

    private static FieldType keyType(@Nullable Schema schema, String name, Object value, @Nullable Field inValue) {
        if (inValue != null) {
            return FieldTypes.of(inValue.schema());
        }
        if (schema == null) {
            return FieldTypes.ofKeyValue(value);
        }
        if (schema.type() == Schema.Type.STRUCT) {
            return FieldTypes.of(schema.field(name).schema());
        }
        return schema.type() == Schema.Type.MAP ? FieldTypes.of(schema.valueSchema()) : FieldTypes.of(schema);
    }

    private Object[] values(SinkRecord record, StreamRef stream, Shape shape, Map<String, Object> key) {
        List<Wanted> fields = shape.fields();
        Object[] values = new Object[fields.size()];
        for (int i = 0; i < values.length; i++) {
            String name = fields.get(i).name();
            Object inKey = i < shape.keys() ? key.get(name) : null;
            if (inKey != null) {
                values[i] = exact(inKey, record.value(), name);
            } else if (record.value() instanceof Struct struct
                    && struct.schema().field(name) != null) {
                values[i] = struct.getWithoutDefault(name);
            } else {
                values[i] = name.equals(ORIGIN_COLUMN) ? origin(record, stream).orElse(null) : record.value();
            }
        }
        return values;
    }

    /** {@code JsonConverter} reads decimals without a schema as doubles; the value's own decimal is exact. */
    private static Object exact(Object inKey, Object value, String name) {
        boolean number = inKey instanceof Double || inKey instanceof Long;
        if (number && value instanceof Struct struct && struct.schema().field(name) != null) {
            Object inValue = struct.getWithoutDefault(name);
            if (inValue instanceof java.math.BigDecimal decimal
                    && decimal.doubleValue() == ((Number) inKey).doubleValue()) {
                return decimal;
            }
        }
        return inKey;
    }

    /** Of a replayed dead letter its origin, where it has one that tells its place. */
    private Optional<String> replayOf(SinkRecord record, StreamRef stream) {
        return config.origin() && FormerPlace.isReplay(record)
                ? origin(record, stream).filter(origin -> PLACE.matcher(origin).matches())
                : Optional.empty();
    }

    private static Optional<String> origin(SinkRecord record, StreamRef stream) {
        try {
            return Origin.of(record, stream);
        } catch (DataException e) {
            throw new RowRejected("header", "the header that tells where a replayed record stood is not an offset.");
        }
    }

    private Shape remember(ShapeKey key, java.util.function.Supplier<Shape> make) {
        Shape known = shapes.get(key);
        if (known == null) {
            if (shapes.size() >= MANY_SHAPES) {
                shapes.clear();
            }
            known = make.get();
            shapes.put(key, known);
        }
        return known;
    }
}
