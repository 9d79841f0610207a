package io.millrace.connectors.search;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** Gives documents their ids. */
final class DocumentIds {
    /** The longest id, in bytes of UTF-8, that servers take. */
    static final int LONGEST = 512;

    /**
     * Where the id is taken from.
     *
     * @param field of the value; empty unless {@code kind} is FIELD
     */
    record Source(Kind kind, String field) {
        enum Kind {
            KEY,
            ORIGIN,
            FIELD
        }

        static Source of(String text) {
            return switch (text) {
                case "key" -> new Source(Kind.KEY, "");
                case "origin" -> new Source(Kind.ORIGIN, "");
                default -> new Source(Kind.FIELD, text);
            };
        }
    }

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            // 1.50 and 1.5 are two keys, as text
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private final Source source;
    private final Documents documents;

    DocumentIds(Source source, Documents documents) {
        this.source = source;
        this.documents = documents;
    }

    /**
     * The id of a record's document.
     *
     * @throws DataException when the record has none
     */
    String of(SinkRecord record, Coordinates coordinates) {
        String id =
                switch (source.kind()) {
                    case KEY -> ofKey(record);
                    case ORIGIN -> coordinates.text();
                    case FIELD -> ofField(record);
                };
        if (id.isEmpty()) {
            throw new DataException("The document's id is empty text. Fill '" + what() + "', or choose another 'id'.");
        }
        byte[] bytes = id.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= LONGEST ? id : "sha256:" + HexFormat.of().formatHex(sha256(bytes));
    }

    /** Whether a record without a value says which document it deletes. */
    boolean namesDeleted() {
        return source.kind() == Source.Kind.KEY;
    }

    private String what() {
        return source.kind() == Source.Kind.FIELD ? source.field() : "key";
    }

    private String ofKey(SinkRecord record) {
        Object key = record.key();
        if (key == null) {
            throw new DataException(
                    "The record has no key for the document's id. Give its stream a key, or set 'id' to 'origin' or a field.");
        }
        if (key instanceof String text) {
            return ofText(text);
        }
        if (key instanceof Struct struct && struct.schema().fields().size() == 1) {
            Field only = struct.schema().fields().get(0);
            return text(only.schema(), struct.get(only), "key");
        }
        if (key instanceof Map<?, ?> map && map.size() == 1) {
            return text(null, map.values().iterator().next(), "key");
        }
        return text(record.keySchema(), key, "key");
    }

    /** Canonical JSON of one field is the field's value; any other text is the id as it stands. */
    private static String ofText(String key) {
        if (!key.startsWith("{")) {
            return key;
        }
        try {
            JsonNode node = JSON.readTree(key);
            if (node instanceof ObjectNode object && object.size() == 1) {
                JsonNode only = object.elements().next();
                if (only.isNull()) {
                    throw new DataException("The only field of the key is null, so the document has no id.");
                }
                return only.isBigDecimal()
                        ? only.decimalValue().toPlainString()
                        : only.isValueNode() ? only.asText() : key;
            }
            return key;
        } catch (JsonProcessingException e) {
            // text that only begins like JSON
            return key;
        }
    }

    private String ofField(SinkRecord record) {
        Object value = record.value();
        if (value instanceof Struct struct) {
            Field field = struct.schema().field(source.field());
            if (field != null) {
                return text(field.schema(), struct.get(field), source.field());
            }
        } else if (value instanceof Map<?, ?> map && map.containsKey(source.field())) {
            return text(null, map.get(source.field()), source.field());
        }
        throw new DataException("The value has no field '" + source.field() + "' for the document's id. Correct 'id'.");
    }

    private String text(org.apache.kafka.connect.data.@Nullable Schema schema, @Nullable Object value, String what) {
        return Optional.ofNullable(value)
                .map(present -> documents.text(schema, present))
                .orElseThrow(() -> new DataException("The document's id, '" + what + "', is null."));
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
