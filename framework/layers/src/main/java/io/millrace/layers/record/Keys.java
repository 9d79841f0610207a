package io.millrace.layers.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.expression.type.DataType;
import io.millrace.expression.type.DecimalType;
import io.millrace.expression.type.EvaluationException;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * The canonical JSON of a stream's keys: {@code {"order_id":10248,"product_id":11}}, fields in the key's order, no white space, decimals
 * as numbers, a date as days and a timestamp as microseconds since the epoch. So equal keys are equal bytes, and a row lies where any
 * client's partitioner would put it. Immutable and thread-safe.
 */
public final class Keys {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();
    private static final JsonNodeFactory NODES = JSON.getNodeFactory();

    private final List<String> fields;
    private final List<DataType> types;

    private Keys(List<String> fields, List<DataType> types) {
        this.fields = fields;
        this.types = types;
    }

    /**
     * @param fields of the key, in order
     * @param row where their types are found; a field it does not know is read and written as it is
     */
    public static Keys of(List<String> fields, RowType row) {
        List<DataType> types = new ArrayList<>();
        for (String field : fields) {
            types.add(row.field(field).map(RowType.Field::type).orElse(ScalarType.UNKNOWN));
        }
        return new Keys(List.copyOf(fields), List.copyOf(types));
    }

    public List<String> fields() {
        return fields;
    }

    /**
     * The canonical key of these values.
     *
     * @param values runtime values, one per field, in order; null is legal
     * @throws EvaluationException code {@code layers.key} for a value that has no place in a key
     */
    public Bytes write(List<@Nullable Object> values) {
        ObjectNode node = NODES.objectNode();
        for (int i = 0; i < fields.size(); i++) {
            node.set(fields.get(i), node(fields.get(i), types.get(i), values.get(i)));
        }
        return Bytes.wrap(bytes(node));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Keys keys && fields.equals(keys.fields) && types.equals(keys.types);
    }

    @Override
    public int hashCode() {
        return 31 * fields.hashCode() + types.hashCode();
    }

    /** What is wrong with a record's key, as the end of a sentence; empty for a canonical key of exactly these fields. */
    public Optional<String> fault(@Nullable Bytes key) {
        if (key == null) {
            return Optional.of("the record has no key, its stream has the key " + fields);
        }
        JsonNode node;
        try {
            node = JSON.readTree(key.get());
        } catch (IOException e) {
            return Optional.of("the record's key is not JSON");
        }
        if (node == null || !node.isObject()) {
            return Optional.of("the record's key is not a JSON object");
        }
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        if (!names.equals(fields)) {
            return Optional.of("the record's key has the fields " + names + ", its stream has the key " + fields
                    + (names.size() == fields.size() && names.containsAll(fields) ? " (the order counts)" : ""));
        }
        if (!hasFraction(node) && !Arrays.equals(bytes(node), key.get())) {
            return Optional.of("the record's key is not canonical JSON: it has white space or needless escapes");
        }
        return Optional.empty();
    }

    /**
     * The key's fields as runtime values; of the types this knows, else as the JSON tells them. A key that is not a JSON object gives
     * no fields.
     */
    public @Nullable Map<String, Object> read(@Nullable Bytes key) {
        if (key == null) {
            return null;
        }
        JsonNode node;
        try {
            node = JSON.readTree(key.get());
        } catch (IOException e) {
            return null;
        }
        if (node == null || !node.isObject()) {
            return null;
        }
        Map<String, Object> values = new LinkedHashMap<>();
        for (Iterator<Map.Entry<String, JsonNode>> all = node.fields(); all.hasNext(); ) {
            Map.Entry<String, JsonNode> field = all.next();
            Object value = value(field.getValue(), typeOf(field.getKey()));
            if (value != null) {
                values.put(field.getKey(), value);
            }
        }
        return Collections.unmodifiableMap(values);
    }

    /** Doubles have several spellings (1.0E10, 1.0E+10), so their bytes are taken as they come. */
    private static boolean hasFraction(JsonNode node) {
        for (JsonNode value : node) {
            if (value.isNumber() && !value.isIntegralNumber()) {
                return true;
            }
        }
        return false;
    }

    /** As {@link #read}, but the JSON is parsed when a field is first asked for; no fields where it is no key of ours. */
    public Map<String, Object> lazily(Bytes key) {
        return new AbstractMap<>() {
            private @Nullable Map<String, Object> parsed;

            @Override
            public Set<Entry<String, Object>> entrySet() {
                return parsed().entrySet();
            }

            @Override
            public @Nullable Object get(Object field) {
                return parsed().get(field);
            }

            @Override
            public boolean containsKey(Object field) {
                return parsed().containsKey(field);
            }

            private Map<String, Object> parsed() {
                Map<String, Object> map = parsed;
                if (map == null) {
                    map = read(key);
                    map = map == null ? Map.of() : map;
                    parsed = map;
                }
                return map;
            }
        };
    }

    private DataType typeOf(String field) {
        int index = fields.indexOf(field);
        return index < 0 ? ScalarType.UNKNOWN : types.get(index);
    }

    private static @Nullable Object value(JsonNode node, DataType type) {
        if (node.isNull()) {
            return null;
        }
        if (node.isTextual()) {
            return node.textValue();
        }
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        if (node.isNumber()) {
            return number(node, type);
        }
        return node.toString();
    }

    private static Object number(JsonNode node, DataType type) {
        if (type == ScalarType.DATE) {
            return LocalDate.ofEpochDay(node.longValue());
        }
        if (type == ScalarType.TIMESTAMP) {
            return Instant.EPOCH.plus(node.longValue(), ChronoUnit.MICROS);
        }
        if (type == ScalarType.DOUBLE || type == ScalarType.FLOAT) {
            return node.doubleValue();
        }
        if (node.isIntegralNumber() && node.canConvertToLong() && !(type instanceof DecimalType)) {
            return node.longValue();
        }
        return node.decimalValue();
    }

    private static JsonNode node(String field, DataType type, @Nullable Object value) {
        if (value == null) {
            return NODES.nullNode();
        }
        if (value instanceof String text) {
            return NODES.textNode(text);
        }
        if (value instanceof Boolean truth) {
            return NODES.booleanNode(truth);
        }
        if (value instanceof LocalDate date) {
            return NODES.numberNode(date.toEpochDay());
        }
        if (value instanceof Instant instant) {
            return NODES.numberNode(ChronoUnit.MICROS.between(Instant.EPOCH, instant));
        }
        if (value instanceof ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            return NODES.binaryNode(bytes);
        }
        if (value instanceof Number number) {
            return numberNode(type, number);
        }
        throw new EvaluationException("layers.key", "'" + field + "' of a key cannot hold a list, a map or a row");
    }

    /** The number as the key's type writes it, so that 11, 11.0 and 11.00 meet; one that has no exact place there stays as it is. */
    private static JsonNode numberNode(DataType type, Number number) {
        if (type == ScalarType.DOUBLE) {
            return NODES.numberNode(number.doubleValue());
        }
        if (type == ScalarType.FLOAT) {
            return NODES.numberNode(number.floatValue());
        }
        if (number instanceof Long whole && !(type instanceof DecimalType)) {
            return NODES.numberNode(whole);
        }
        if (type == ScalarType.UNKNOWN && (number instanceof Double || number instanceof Float)) {
            return number instanceof Float single ? NODES.numberNode(single) : NODES.numberNode(number.doubleValue());
        }
        if (number instanceof Double inexact && !Double.isFinite(inexact)) {
            return NODES.numberNode(inexact);
        }
        BigDecimal decimal = number instanceof BigDecimal exact ? exact : new BigDecimal(number.toString());
        if (type instanceof DecimalType target && fits(decimal, target.scale())) {
            return NODES.numberNode(decimal.setScale(target.scale()));
        }
        if ((type == ScalarType.INT32 || type == ScalarType.INT64) && fits(decimal, 0)) {
            return NODES.numberNode(decimal.setScale(0).toBigInteger());
        }
        return NODES.numberNode(decimal);
    }

    private static boolean fits(BigDecimal decimal, int scale) {
        return decimal.stripTrailingZeros().scale() <= scale;
    }

    private static byte[] bytes(JsonNode node) {
        try {
            return JSON.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree cannot be written", e);
        }
    }
}
