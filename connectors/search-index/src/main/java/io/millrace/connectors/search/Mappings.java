package io.millrace.connectors.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;

/** What an index is told of the fields of a schema. */
final class Mappings {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    /** Characters that surely fit into the 32,766 bytes of Lucene's longest term; longer text is found by its words only. */
    private static final int LONGEST_KEYWORD = 8_191;

    private static final String PROPERTIES = "properties";

    private final boolean decimalsAsText;
    private final boolean origin;

    /** @param origin whether documents have the field {@link Documents#ORIGIN} */
    Mappings(boolean decimalsAsText, boolean origin) {
        this.decimalsAsText = decimalsAsText;
        this.origin = origin;
    }

    /** The {@code properties} of documents that hold values of a schema; of a schema without fields, those of its one field. */
    ObjectNode properties(Schema schema) {
        ObjectNode properties = NODES.objectNode();
        if (schema.type() == Schema.Type.STRUCT) {
            schema.fields().forEach(field -> properties.set(field.name(), field(field.schema())));
        } else if (schema.type() == Schema.Type.BYTES && FieldType.of(schema) == FieldType.PLAIN) {
            // written as text
            properties.set(Documents.VALUE, text());
        } else if (schema.type() != Schema.Type.MAP) {
            properties.set(Documents.VALUE, field(schema));
        }
        common().properties().forEach(common -> properties.putIfAbsent(common.getKey(), common.getValue()));
        return properties;
    }

    /** What every document may have. */
    ObjectNode common() {
        ObjectNode common = NODES.objectNode();
        return origin ? common.set(Documents.ORIGIN, type("keyword")) : common;
    }

    private ObjectNode field(Schema schema) {
        FieldType type = FieldType.of(schema);
        if (type == FieldType.DECIMAL) {
            return type(decimalsAsText ? "keyword" : "double");
        }
        if (type.isDay()) {
            return type("date").put("format", "strict_date");
        }
        if (type.isInstant()) {
            return type("date").put("format", "strict_date_optional_time");
        }
        if (type == FieldType.TIME) {
            return type("keyword");
        }
        return plain(schema);
    }

    private ObjectNode plain(Schema schema) {
        return switch (schema.type()) {
            case INT8, INT16, INT32 -> type("integer");
            case INT64 -> type("long");
            case FLOAT32 -> type("float");
            case FLOAT64 -> type("double");
            case BOOLEAN -> type("boolean");
            case STRING -> text();
            case BYTES -> type("binary");
            // an array is a field that has several values
            case ARRAY -> field(schema.valueSchema());
            // any key would be a field of its own: stored, not searched
            case MAP -> type("object").put("enabled", false);
            case STRUCT -> struct(schema);
        };
    }

    private ObjectNode struct(Schema schema) {
        ObjectNode object = NODES.objectNode();
        ObjectNode properties = object.putObject(PROPERTIES);
        for (Field field : schema.fields()) {
            properties.set(field.name(), field(field.schema()));
        }
        return object;
    }

    private static ObjectNode text() {
        ObjectNode text = type("text");
        text.putObject("fields").set("keyword", type("keyword").put("ignore_above", LONGEST_KEYWORD));
        return text;
    }

    private static ObjectNode type(String name) {
        return NODES.objectNode().put("type", name);
    }

    /** Those wanted properties that are not there; one that is there in another type is left as it is. */
    static ObjectNode missing(JsonNode wanted, JsonNode there) {
        ObjectNode missing = NODES.objectNode();
        for (Map.Entry<String, JsonNode> property : wanted.properties()) {
            JsonNode existing = there.path(property.getKey());
            if (existing.isMissingNode()) {
                missing.set(property.getKey(), property.getValue());
            } else if (property.getValue().has(PROPERTIES) && existing.has(PROPERTIES)) {
                ObjectNode inner = missing(property.getValue().get(PROPERTIES), existing.get(PROPERTIES));
                if (!inner.isEmpty()) {
                    missing.putObject(property.getKey()).set(PROPERTIES, inner);
                }
            }
        }
        return missing;
    }
}
