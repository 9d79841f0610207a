package io.millrace.transforms;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.millrace.transforms.record.JsonText;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.transforms.Transformation;

/** Records written as JSON. */
final class Records {
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .setNodeFactory(JsonNodeFactory.withExactBigDecimals(true));

    private Records() {}

    static SinkRecord of(Schema schema, Object value) {
        return new SinkRecord("t", 2, null, null, schema, value, 17, 1_000_000_000_123L, TimestampType.CREATE_TIME);
    }

    /** Without schema. */
    static SinkRecord plain(String json) {
        return of(null, plain(tree(json)));
    }

    /** With the schema that the JSON has: all fields may be null. */
    static SinkRecord struct(String json) {
        Schema schema = schema(tree(json));
        return of(schema, typed(schema, tree(json)));
    }

    static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (Exception e) {
            throw new IllegalArgumentException(json, e);
        }
    }

    /** What is in a record's value, as JSON. */
    static JsonNode json(ConnectRecord<?> record) {
        return record.value() == null ? JSON.nullNode() : tree(JsonText.of(record.value()));
    }

    static <T extends Transformation<SinkRecord>> T configured(T transform, String... settings) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            map.put(settings[i], settings[i + 1]);
        }
        transform.configure(map);
        return transform;
    }

    static Object plain(JsonNode node) {
        if (node.isObject()) {
            Map<String, Object> map = new LinkedHashMap<>();
            node.fields().forEachRemaining(field -> map.put(field.getKey(), plain(field.getValue())));
            return map;
        }
        if (node.isArray()) {
            List<Object> list = new ArrayList<>();
            node.forEach(element -> list.add(plain(element)));
            return list;
        }
        return single(node);
    }

    private static Object single(JsonNode node) {
        if (node.isNull()) {
            return null;
        }
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        if (node.isIntegralNumber()) {
            return node.longValue();
        }
        return node.isNumber() ? node.decimalValue() : node.textValue();
    }

    static Schema schema(JsonNode node) {
        if (node.isObject()) {
            SchemaBuilder builder = SchemaBuilder.struct().optional();
            node.fields().forEachRemaining(field -> builder.field(field.getKey(), schema(field.getValue())));
            return builder.build();
        }
        if (node.isArray()) {
            // the elements of an example may differ: a text then holds any of them
            List<Schema> schemas = new ArrayList<>();
            node.forEach(element -> schemas.add(schema(element)));
            boolean same = schemas.stream().distinct().count() == 1;
            return SchemaBuilder.array(same ? schemas.get(0) : merged(node))
                    .optional()
                    .build();
        }
        if (node.isBoolean()) {
            return Schema.OPTIONAL_BOOLEAN_SCHEMA;
        }
        if (node.isIntegralNumber()) {
            return Schema.OPTIONAL_INT64_SCHEMA;
        }
        return node.isNumber()
                ? Decimal.builder(node.decimalValue().scale()).optional().build()
                : Schema.OPTIONAL_STRING_SCHEMA;
    }

    private static Schema merged(JsonNode array) {
        SchemaBuilder builder = SchemaBuilder.struct().optional();
        array.get(0).fieldNames().forEachRemaining(name -> builder.field(name, Schema.OPTIONAL_STRING_SCHEMA));
        return builder.build();
    }

    static Object typed(Schema schema, JsonNode node) {
        if (node.isNull()) {
            return null;
        }
        return switch (schema.type()) {
            case STRUCT -> {
                Struct struct = new Struct(schema);
                for (Field field : schema.fields()) {
                    JsonNode value = node.get(field.name());
                    struct.put(field, value == null ? null : typed(field.schema(), value));
                }
                yield struct;
            }
            case ARRAY -> {
                List<Object> list = new ArrayList<>();
                node.forEach(element -> list.add(typed(schema.valueSchema(), element)));
                yield list;
            }
            case STRING -> node.asText();
            case BYTES -> new BigDecimal(node.asText());
            default -> single(node);
        };
    }
}
