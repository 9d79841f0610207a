package io.millrace.worker.fault;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * A source's record, as its connector gave it, as the bytes of a dead letter, and back. Bytes stay bytes; all else is Connect JSON with
 * its schema where that reads back as the same record, which is tried, else {@link ExactJson} with its schema. What bytes and JSON do not
 * say (schemas of bytes and of nulls, headers with their types, topic, partition, timestamp, place in the source, arrival) is one JSON
 * object for the header {@link io.millrace.plugin.record.DeadLetterHeaders#SOURCE_RECORD}. Owned by one thread.
 */
public final class SourceLetter {
    private static final int DEEPEST = 1_000;
    private static final String SCHEMA = "schema";
    private static final String PAYLOAD = "payload";

    /**
     * A record as bytes.
     *
     * @param facts what the bytes do not say; null where the record holds what is no Connect data, so that it cannot be made again
     */
    public record Written(
            byte @Nullable [] key,
            byte @Nullable [] value,
            @Nullable String facts) {}

    /** A record as it was. */
    public record Read(SourceRecord original, Arrival arrival) {}

    private enum Form {
        NONE,
        BYTES,
        JSON,
        EXACT,
        /** For people to read only. */
        TEXT
    }

    private record Part(Form form, byte @Nullable [] bytes) {}

    private final JsonConverter json = new JsonConverter();
    private final ExactJson exact = new ExactJson(json);
    private final JsonMapper mapper = JsonMapper.builder(JsonFactory.builder()
                    // A text may be as long as a record, and may hold half of a surrogate pair.
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(Integer.MAX_VALUE)
                            .maxNestingDepth(DEEPEST)
                            .build())
                    .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                    .build())
            .build();

    public SourceLetter() {
        json.configure(
                Map.of("schemas.enable", "true", "decimal.format", "NUMERIC", "replace.null.with.default", "false"),
                false);
    }

    public Written write(SourceRecord original, Arrival arrival) {
        Part key = part(original.topic(), original.keySchema(), original.key());
        Part value = part(original.topic(), original.valueSchema(), original.value());
        String facts = null;
        if (key.form() != Form.TEXT && value.form() != Form.TEXT) {
            try {
                facts = mapper.writeValueAsString(facts(original, arrival, key, value));
            } catch (RuntimeException | IOException notConnectData) {
                facts = null;
            }
        }
        return new Written(key.bytes(), value.bytes(), facts);
    }

    private ObjectNode facts(SourceRecord original, Arrival arrival, Part key, Part value) throws IOException {
        ObjectNode facts = mapper.createObjectNode()
                .put("topic", original.topic())
                .put("partition", original.kafkaPartition())
                .put("timestamp", original.timestamp())
                .put("arrival", arrival.millis())
                .put("ordinal", arrival.ordinal());
        facts.set("key", facts(key, original.keySchema()));
        facts.set("value", facts(value, original.valueSchema()));
        ArrayNode headers = facts.putArray("headers");
        for (Header header : original.headers()) {
            ObjectNode node = headers.addObject().put("key", header.key());
            node.set(SCHEMA, kept(header.schema()));
            node.set("value", exact.write(header.schema(), header.value()));
        }
        facts.set("source_partition", exact.write(null, original.sourcePartition()));
        facts.set("source_offset", exact.write(null, original.sourceOffset()));
        return facts;
    }

    private ObjectNode facts(Part part, @Nullable Schema schema) throws IOException {
        ObjectNode node = mapper.createObjectNode().put("form", part.form().name());
        if (part.form() == Form.NONE || part.form() == Form.BYTES) {
            node.set(SCHEMA, kept(schema));
        }
        return node;
    }

    private @Nullable JsonNode schema(@Nullable Schema schema) {
        return schema == null ? null : json.asJsonSchema(schema);
    }

    /** @throws DataException where it would be read as another, for example for a default that JSON cannot tell */
    private @Nullable JsonNode kept(@Nullable Schema schema) throws IOException {
        JsonNode node = schema(schema);
        // As bytes: NaN is a number in the tree, and text in them.
        if (node != null
                && !node.equals(schema(json.asConnectSchema(mapper.readTree(mapper.writeValueAsBytes(node)))))) {
            throw new DataException("A schema cannot be kept.");
        }
        return node;
    }

    private Part part(@Nullable String topic, @Nullable Schema schema, @Nullable Object data) {
        if (data == null) {
            return new Part(Form.NONE, null);
        }
        if (data instanceof byte[] bytes) {
            // a source of bytes, such as logs: nothing that JSON could add is worth the Base64
            return new Part(Form.BYTES, bytes);
        }
        byte[] asJson = asJson(topic, schema, data);
        try {
            JsonNode whole = exact.write(schema, data);
            if (asJson != null && isSame(schema, whole, asJson)) {
                return new Part(Form.JSON, asJson);
            }
            ObjectNode typed = mapper.createObjectNode();
            typed.set(SCHEMA, kept(schema));
            typed.set(PAYLOAD, whole);
            byte[] asExact = mapper.writeValueAsBytes(typed);
            SchemaAndValue again = exact(asExact);
            if (whole.equals(exact.write(again.schema(), again.value()))) {
                return new Part(Form.EXACT, asExact);
            }
        } catch (RuntimeException | IOException notConnectData) {
            // kept as well as it can be, below
        }
        // What cannot be rendered by its schema is kept as text: better than nothing of it.
        return new Part(
                Form.TEXT,
                asJson != null ? asJson : json.fromConnectData(name(topic), Schema.STRING_SCHEMA, readable(data)));
    }

    /** Without halves of surrogate pairs, which JSON does not take. */
    private static String readable(Object data) {
        return new String(String.valueOf(data).getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    private byte @Nullable [] asJson(@Nullable String topic, @Nullable Schema schema, Object data) {
        try {
            return json.fromConnectData(name(topic), schema, data);
        } catch (RuntimeException notJson) {
            return null;
        }
    }

    private boolean isSame(@Nullable Schema schema, JsonNode whole, byte[] asJson) {
        try {
            SchemaAndValue again = json.toConnectData("", asJson);
            return Objects.equals(schema(schema), schema(again.schema()))
                    && whole.equals(exact.write(again.schema(), again.value()));
        } catch (RuntimeException differs) {
            return false;
        }
    }

    /** The name of a topic is in no byte of Connect JSON. */
    private static String name(@Nullable String topic) {
        return topic == null ? "" : topic;
    }

    private SchemaAndValue exact(byte @Nullable [] bytes) throws IOException {
        JsonNode node = mapper.readTree(bytes == null ? new byte[0] : bytes);
        Schema schema = connectSchema(node.path(SCHEMA));
        return new SchemaAndValue(schema, exact.read(schema, node.path(PAYLOAD)));
    }

    private @Nullable Schema connectSchema(JsonNode node) {
        return node.isObject() ? json.asConnectSchema(node) : null;
    }

    /**
     * The record that was written.
     *
     * @throws DataException where the three are not what {@link #write} makes
     */
    public Read read(byte @Nullable [] key, byte @Nullable [] value, String facts) {
        try {
            JsonNode node = mapper.readTree(facts);
            SchemaAndValue keyRead = read(node.path("key"), key);
            SchemaAndValue valueRead = read(node.path("value"), value);
            return new Read(
                    new SourceRecord(
                            map(node.path("source_partition")),
                            map(node.path("source_offset")),
                            node.path("topic").textValue(),
                            node.path("partition").isInt()
                                    ? node.path("partition").intValue()
                                    : null,
                            keyRead.schema(),
                            keyRead.value(),
                            valueRead.schema(),
                            valueRead.value(),
                            node.path("timestamp").isNumber()
                                    ? (Long) node.path("timestamp").longValue()
                                    : null,
                            headers(node.path("headers"))),
                    new Arrival(
                            node.path("arrival").longValue(),
                            node.path("ordinal").asInt(Arrival.UNKNOWN)));
        } catch (IOException | IllegalArgumentException | ClassCastException e) {
            throw new DataException("The dead letter does not hold the record as its connector gave it.", e);
        }
    }

    private SchemaAndValue read(JsonNode part, byte @Nullable [] bytes) throws IOException {
        return switch (Form.valueOf(part.path("form").asText())) {
            case NONE -> new SchemaAndValue(connectSchema(part.path(SCHEMA)), null);
            case BYTES -> new SchemaAndValue(connectSchema(part.path(SCHEMA)), bytes);
            case JSON -> json.toConnectData("", bytes);
            case EXACT -> exact(bytes);
            case TEXT -> throw new DataException("The dead letter holds text in place of its record.");
        };
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // what was written was such a map, or null, which SourceRecord takes
    private Map<String, ?> map(JsonNode node) {
        return (Map<String, ?>) exact.read(null, node);
    }

    private ConnectHeaders headers(JsonNode written) {
        ConnectHeaders headers = new ConnectHeaders();
        for (JsonNode node : written) {
            Schema schema = connectSchema(node.path(SCHEMA));
            headers.add(node.path("key").asText(), new SchemaAndValue(schema, exact.read(schema, node.path("value"))));
        }
        return headers;
    }
}
