package io.millrace.layers.parse;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import io.millrace.expression.type.ConnectTypes;
import io.millrace.expression.type.RowType;
import io.millrace.pipeline.step.Parse;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/**
 * One JSON object (RFC 8259). Declared fields have their types, and are there in every row; others, unless they are dropped, are of the type
 * that their value has, see {@link JsonShapes}. Depth, names and fields are bounded, and a name that is there twice is a fault.
 */
final class JsonRows implements RowParser {
    private static final int DEEPEST = 64;
    private static final int REMEMBERED = 1_000;

    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private final List<RowType.Field> declared;
    private final Set<String> declaredNames;
    private final boolean others;
    private final JsonShapes shapes;
    private final Map<RowType, Schema> schemas = new HashMap<>();

    JsonRows(Parse declaration) {
        this.declared = declaration.row().fields();
        this.declaredNames = new HashSet<>(declaration.row().names());
        this.others = declaration.row().open();
        this.shapes = new JsonShapes(declaration.settings().exact());
    }

    @Override
    public Struct parse(String text, long arrival) {
        JsonNode root = read(text);
        if (!root.isObject()) {
            throw new ParseFault("the text is not a JSON object but " + kind(root));
        }
        RowType type = new RowType(declared, false);
        if (others) {
            type = shapes.with(type, root, declaredNames);
        }
        Schema schema = schema(type);
        Struct row = new Struct(schema);
        for (int i = 0; i < type.fields().size(); i++) {
            RowType.Field field = type.fields().get(i);
            Field to = schema.fields().get(i);
            JsonNode node = root.get(field.name());
            row.put(
                    to,
                    declaredNames.contains(field.name())
                            ? RowBuilder.value(field, to.schema(), JsonShapes.runtime(field.name(), node))
                            : shapes.connect(field.name(), node, to.schema()));
        }
        return row;
    }

    private Schema schema(RowType type) {
        Schema schema = schemas.get(type);
        if (schema == null) {
            if (schemas.size() >= REMEMBERED) {
                schemas.clear();
            }
            schema = ConnectTypes.schema(type, true);
            schemas.put(type, schema);
        }
        return schema;
    }

    private static JsonNode read(String text) {
        JsonNode root;
        try {
            root = JSON.readTree(text);
        } catch (JsonEOFException e) {
            throw new ParseFault("the text ends before the JSON does: it is cut off");
        } catch (StreamConstraintsException e) {
            throw new ParseFault("the JSON is beyond a limit: " + DEEPEST
                    + " levels, a number of 1000 digits, a name of 50000 characters or a text of 20000000");
        } catch (JsonProcessingException e) {
            throw new ParseFault(place(e) + fault(e));
        }
        if (root.isMissingNode()) {
            throw new ParseFault("the text is empty");
        }
        return root;
    }

    private static String place(JsonProcessingException e) {
        return Optional.ofNullable(e.getLocation()).map(JsonRows::place).orElse("");
    }

    private static String place(JsonLocation at) {
        return (at.getLineNr() > 1 ? "line " + at.getLineNr() + ", " : "") + "column " + at.getColumnNr() + ": ";
    }

    /** Jackson's own words quote the text. */
    private static String fault(JsonProcessingException e) {
        String original = String.valueOf(e.getOriginalMessage());
        if (original.startsWith("Duplicate field")) {
            return "a field is there twice";
        }
        return original.startsWith("Trailing token") ? "something follows the JSON object" : "this is not JSON";
    }

    static String kind(JsonNode node) {
        return node.getNodeType() == JsonNodeType.ARRAY
                ? "a list"
                : node.getNodeType() == JsonNodeType.OBJECT ? "an object" : node.isNull() ? "null" : "a single value";
    }
}
