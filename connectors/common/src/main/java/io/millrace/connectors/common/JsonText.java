package io.millrace.connectors.common;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/**
 * Connect data as one line of JSON, fields in the order given, decimals as plain numbers: what {@code JsonConverter} writes with
 * {@code schemas.enable=false} and {@code decimal.format=NUMERIC}.
 */
public final class JsonText {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .disable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build();

    private JsonText() {}

    /**
     * The text of a key or value as a whole: a string as it stands, without quotes; bytes as UTF-8, or in Base64 where they are not; all
     * else as JSON.
     */
    public static String of(@Nullable Schema schema, Object value) {
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof byte[] bytes) {
            return text(ByteBuffer.wrap(bytes));
        }
        if (value instanceof ByteBuffer bytes) {
            return text(bytes);
        }
        return ofNested(schema, value);
    }

    /** One line of JSON, whatever the value is: a string in quotes, bytes in Base64. */
    public static String ofNested(@Nullable Schema schema, Object value) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(text)) {
            write(out, schema, value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
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

    private static void write(JsonGenerator out, @Nullable Schema schema, @Nullable Object value) throws IOException {
        if (value == null) {
            out.writeNull();
        } else if (value instanceof Struct struct) {
            writeStruct(out, struct);
        } else if (value instanceof Map<?, ?> map) {
            writeMap(out, schema == null ? null : schema.valueSchema(), map);
        } else if (value instanceof Iterable<?> items) {
            out.writeStartArray();
            for (Object item : items) {
                write(out, schema == null ? null : schema.valueSchema(), item);
            }
            out.writeEndArray();
        } else if (value instanceof java.util.Date date) {
            boolean days = schema != null && Date.LOGICAL_NAME.equals(schema.name());
            out.writeNumber(days ? Math.floorDiv(date.getTime(), TimeUnit.DAYS.toMillis(1)) : date.getTime());
        } else {
            writeScalar(out, value);
        }
    }

    private static void writeStruct(JsonGenerator out, Struct struct) throws IOException {
        out.writeStartObject();
        for (Field field : struct.schema().fields()) {
            out.writeFieldName(field.name());
            write(out, field.schema(), struct.getWithoutDefault(field.name()));
        }
        out.writeEndObject();
    }

    private static void writeMap(JsonGenerator out, @Nullable Schema valueSchema, Map<?, ?> map) throws IOException {
        out.writeStartObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.writeFieldName(String.valueOf(entry.getKey()));
            write(out, valueSchema, entry.getValue());
        }
        out.writeEndObject();
    }

    private static void writeScalar(JsonGenerator out, Object value) throws IOException {
        if (value instanceof String text) {
            out.writeString(text);
        } else if (value instanceof Boolean flag) {
            out.writeBoolean(flag);
        } else if (value instanceof BigDecimal decimal) {
            out.writeNumber(decimal);
        } else if (value instanceof BigInteger integer) {
            out.writeNumber(integer);
        } else if (value instanceof Double number) {
            out.writeNumber(number);
        } else if (value instanceof Float number) {
            out.writeNumber(number);
        } else if (value instanceof Number number) {
            out.writeNumber(number.longValue());
        } else if (value instanceof byte[] bytes) {
            out.writeBinary(bytes);
        } else if (value instanceof ByteBuffer bytes) {
            out.writeBinary(array(bytes));
        } else {
            throw new DataException("A value of class '" + value.getClass().getName() + "' has no JSON text.");
        }
    }
}
