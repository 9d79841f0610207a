package io.millrace.app.look;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.expression.Scope;
import io.millrace.expression.type.ConnectTypes;
import io.millrace.expression.type.RowType;
import io.millrace.layers.record.Keys;
import io.millrace.layers.record.RowCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.jspecify.annotations.Nullable;

/** Reads records for people: rows and JSON by their fields, personal ones hidden. */
public final class Decoded {
    private static final String HIDDEN = "***";
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final RowCodec codec = new RowCodec();
    private final Keys keys = Keys.of(List.of(), RowType.ANY);
    private final Set<String> personal;

    /**
     * @param personal names of fields, at any depth, whose values are hidden
     */
    public Decoded(Set<String> personal) {
        this.personal = Set.copyOf(personal);
    }

    /** What an expression sees; its value is null where the record is no row. */
    public Scope scope(ConsumerRecord<byte[], byte[]> record) {
        ConnectHeaders headers = new ConnectHeaders();
        record.headers()
                .forEach(header -> headers.addString(
                        header.key(),
                        header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8)));
        return new Scope(row(record.value()), keyFields(record.key()), headers, record.timestamp());
    }

    /** The fields of a key; null where it is no JSON object. */
    public @Nullable Map<String, Object> keyFields(byte @Nullable [] key) {
        return keys.read(key == null ? null : Bytes.wrap(key));
    }

    /** The key: a map of fields, a text, or null. */
    public @Nullable Object key(byte @Nullable [] key) {
        Map<String, Object> fields = keyFields(key);
        return fields == null ? text(key) : hidden(fields);
    }

    /** The value: a map of fields, a list, a text, or null. */
    public @Nullable Object value(byte @Nullable [] value) {
        Struct row = row(value);
        return row == null ? text(value) : hidden(row);
    }

    private @Nullable Struct row(byte @Nullable [] value) {
        if (value == null) {
            return null;
        }
        try {
            return codec.read(value).value() instanceof Struct row ? row : null;
        } catch (DataException e) {
            return null;
        }
    }

    private @Nullable Object text(byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        if (personal.isEmpty()) {
            return new String(bytes, StandardCharsets.UTF_8);
        }
        try {
            Object json = JSON.readValue(new String(bytes, StandardCharsets.UTF_8), Object.class);
            if (json instanceof Map || json instanceof List) {
                return hidden(json);
            }
        } catch (JsonProcessingException e) {
            // no JSON: nothing tells where in it a personal field is
            return "[" + bytes.length + " bytes, not shown: the pipeline has personal fields]";
        }
        return "[" + bytes.length + " bytes, not shown: the pipeline has personal fields]";
    }

    private @Nullable Object hidden(@Nullable Object value) {
        if (value instanceof Struct struct) {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            for (Field field : struct.schema().fields()) {
                Object read = ConnectTypes.read(struct.getWithoutDefault(field.name()), field.schema());
                fields.put(field.name(), read != null && personal.contains(field.name()) ? HIDDEN : hidden(read));
            }
            return fields;
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            map.forEach((name, one) -> fields.put(
                    String.valueOf(name),
                    one != null && personal.contains(String.valueOf(name)) ? HIDDEN : hidden(one)));
            return fields;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> items = new ArrayList<>();
            list.forEach(item -> items.add(hidden(item)));
            return items;
        }
        return value instanceof ByteBuffer bytes
                ? StandardCharsets.UTF_8.decode(bytes.duplicate()).toString()
                : value;
    }
}
