package io.millrace.connectors.search;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/** Connect data as the JSON of documents. */
final class Documents {
    /** The field of a document that says which raw record it came from. */
    static final String ORIGIN = "_origin";
    /** The only field of a document whose record has a value without fields. */
    static final String VALUE = "value";

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();

    private final boolean decimalsAsText;

    Documents(boolean decimalsAsText) {
        this.decimalsAsText = decimalsAsText;
    }

    /**
     * The document of a value.
     *
     * @throws DataException when JSON cannot hold it
     */
    byte[] json(@Nullable Schema schema, Object value, Optional<String> origin) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            out.writeStartObject();
            if (value instanceof Struct struct) {
                for (Field field : struct.schema().fields()) {
                    out.writeFieldName(field.name());
                    write(out, field.schema(), struct.get(field), field.name());
                }
            } else if (value instanceof Map<?, ?> map && isObject(map)) {
                writeEntries(out, schema == null ? null : schema.valueSchema(), map, "");
            } else {
                out.writeFieldName(VALUE);
                write(out, schema, value instanceof byte[] raw ? text(ByteBuffer.wrap(raw)) : value, VALUE);
            }
            if (origin.isPresent() && !hasOrigin(value)) {
                out.writeStringField(ORIGIN, origin.get());
            }
            out.writeEndObject();
        } catch (IOException e) {
            throw noJson(e);
        }
        return bytes.toByteArray();
    }

    /** A field of the value that has the name stays what it is, as in the jdbc sink. */
    private static boolean hasOrigin(Object value) {
        return value instanceof Struct struct
                ? struct.schema().field(ORIGIN) != null
                : value instanceof Map<?, ?> map && map.containsKey(ORIGIN);
    }

    /** A value as text: of a text the text itself, without quotes; of all else the JSON. */
    String text(@Nullable Schema schema, Object value) {
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof byte[] raw) {
            return text(ByteBuffer.wrap(raw));
        }
        if (value instanceof ByteBuffer raw) {
            return text(raw);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            write(out, schema, value, "key");
        } catch (IOException e) {
            throw noJson(e);
        }
        String json = bytes.toString(StandardCharsets.UTF_8);
        return json.startsWith("\"") ? json.substring(1, json.length() - 1) : json;
    }

    /** Nothing is read or written here but memory: so it is the data. */
    private static DataException noJson(IOException e) {
        return new DataException(
                "The record cannot be written as JSON: " + e.getMessage() + ". Correct it in an earlier layer.", e);
    }

    private void write(JsonGenerator out, @Nullable Schema schema, @Nullable Object value, String path)
            throws IOException {
        FieldType type = FieldType.of(schema);
        if (value == null) {
            out.writeNull();
        } else if (value instanceof BigDecimal decimal) {
            writeDecimal(out, decimal);
        } else if (type.isDay() || type.isInstant() || type == FieldType.TIME) {
            writeTime(out, type, value, path);
        } else if (value instanceof Struct struct) {
            out.writeStartObject();
            for (Field field : struct.schema().fields()) {
                out.writeFieldName(field.name());
                write(out, field.schema(), struct.get(field), path + "." + field.name());
            }
            out.writeEndObject();
        } else if (value instanceof Map<?, ?> map) {
            writeMap(out, schema, map, path);
        } else if (value instanceof List<?> list) {
            out.writeStartArray();
            for (Object element : list) {
                write(out, schema == null ? null : schema.valueSchema(), element, path);
            }
            out.writeEndArray();
        } else {
            writeScalar(out, value, path);
        }
    }

    private void writeDecimal(JsonGenerator out, BigDecimal decimal) throws IOException {
        if (decimalsAsText) {
            out.writeString(decimal.toPlainString());
        } else {
            out.writeNumber(decimal);
        }
    }

    private static void writeTime(JsonGenerator out, FieldType type, Object value, String path) throws IOException {
        try {
            type.write(out, value);
        } catch (ArithmeticException | java.time.DateTimeException | ClassCastException e) {
            throw new DataException(
                    "The field '" + path + "' holds no " + type + " of its schema: " + e.getMessage() + ".", e);
        }
    }

    /** A map whose keys are no text is a list of pairs, as Connect's JSON has it. */
    private void writeMap(JsonGenerator out, @Nullable Schema schema, Map<?, ?> map, String path) throws IOException {
        Schema values = schema == null ? null : schema.valueSchema();
        if (isObject(map)) {
            out.writeStartObject();
            writeEntries(out, values, map, path);
            out.writeEndObject();
            return;
        }
        out.writeStartArray();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.writeStartArray();
            write(out, schema == null ? null : schema.keySchema(), entry.getKey(), path);
            write(out, values, entry.getValue(), path);
            out.writeEndArray();
        }
        out.writeEndArray();
    }

    private void writeEntries(JsonGenerator out, @Nullable Schema values, Map<?, ?> map, String path)
            throws IOException {
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            String name = String.valueOf(entry.getKey());
            out.writeFieldName(name);
            write(out, values, entry.getValue(), path.isEmpty() ? name : path + "." + name);
        }
    }

    private static boolean isObject(Map<?, ?> map) {
        return map.keySet().stream().allMatch(String.class::isInstance);
    }

    private static void writeScalar(JsonGenerator out, Object value, String path) throws IOException {
        if (value instanceof String text) {
            out.writeString(text);
        } else if (value instanceof Boolean bool) {
            out.writeBoolean(bool);
        } else if (value instanceof Double || value instanceof Float) {
            writeFloating(out, (Number) value, path);
        } else if (value instanceof BigInteger big) {
            out.writeNumber(big);
        } else if (value instanceof Number number) {
            out.writeNumber(number.longValue());
        } else if (value instanceof byte[] bytes) {
            out.writeString(Base64.getEncoder().encodeToString(bytes));
        } else if (value instanceof ByteBuffer bytes) {
            out.writeString(Base64.getEncoder().encodeToString(array(bytes)));
        } else if (value instanceof java.util.Date date) {
            out.writeString(date.toInstant().toString());
        } else {
            throw new DataException(
                    "The field '" + path + "' holds a " + value.getClass().getName() + ", which no document can hold.");
        }
    }

    private static void writeFloating(JsonGenerator out, Number number, String path) throws IOException {
        double value = number.doubleValue();
        if (!Double.isFinite(value)) {
            throw new DataException("The field '" + path + "' is " + value
                    + ", which JSON cannot hold. Set it to null, or filter the record, in an earlier layer.");
        }
        if (number instanceof Float single) {
            out.writeNumber(single);
        } else {
            out.writeNumber(value);
        }
    }

    private static String text(ByteBuffer bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.duplicate()).toString();
        } catch (CharacterCodingException e) {
            return Base64.getEncoder().encodeToString(array(bytes));
        }
    }

    private static byte[] array(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return copy;
    }
}
