package io.millrace.layers.record;

import io.millrace.expression.type.EvaluationException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.json.JsonConverter;
import org.jspecify.annotations.Nullable;

/**
 * Connect JSON with schemas, decimals as numbers: the bytes are those of Kafka Connect's JsonConverter, which does the work. The schema,
 * most of the bytes of a record, is parsed and written once: records that begin with the same bytes up to their payload share one
 * {@link Schema} object, so that caches by identity hit. Thread-safe.
 */
public final class RowCodec {
    private static final String TOPIC = "";
    private static final byte[] SCHEMA = ascii("{\"schema\":");
    private static final byte[] PAYLOAD = ascii(",\"payload\":");
    /** More shapes than this on one pipeline's topics are read the slow way. */
    private static final int REMEMBERED = 256;

    /** How one schema reads and begins. */
    private record Shape(byte[] prefix, JsonConverter payload) {}

    /** How values of one schema are written. */
    private record Form(byte[] prefix, boolean numbers) {}

    private final JsonConverter enveloped = converter(Map.of("schemas.enable", "true", "schemas.cache.size", "10000"));
    private final JsonConverter bare = converter(Map.of("schemas.enable", "false"));
    private final List<Shape> shapes = new CopyOnWriteArrayList<>();
    private final SchemaCache<Form> forms = new SchemaCache<>();

    /**
     * @throws DataException when this is not Connect JSON with a schema
     */
    public SchemaAndValue read(byte[] bytes) {
        try {
            Shape shape = shapeOf(bytes);
            return shape == null
                    ? FiniteNumbers.restored(bytes, "/payload", enveloped.toConnectData(TOPIC, bytes))
                    : read(bytes, shape);
        } catch (DataException e) {
            throw e;
        } catch (RuntimeException e) {
            // The converter meets what it does not expect with exceptions of many kinds.
            throw new DataException("the bytes are not Connect JSON with a schema", e);
        }
    }

    private static SchemaAndValue read(byte[] bytes, Shape shape) {
        byte[] payload = Arrays.copyOfRange(bytes, shape.prefix().length, bytes.length - 1);
        return FiniteNumbers.restored(payload, "", shape.payload().toConnectData(TOPIC, payload));
    }

    /**
     * @throws EvaluationException code {@code layers.not-finite} for a value that holds infinity or not-a-number
     */
    public byte[] write(Schema schema, Object value) {
        Form form;
        synchronized (forms) {
            form = forms.get(schema, this::form);
        }
        if (form.numbers()) {
            FiniteNumbers.require("the value", value);
        }
        byte[] payload = bare.fromConnectData(TOPIC, schema, value);
        byte[] prefix = form.prefix();
        byte[] bytes = Arrays.copyOf(prefix, prefix.length + payload.length + 1);
        System.arraycopy(payload, 0, bytes, prefix.length, payload.length);
        bytes[bytes.length - 1] = '}';
        return bytes;
    }

    private Form form(Schema schema) {
        byte[] json = enveloped.asJsonSchema(schema).toString().getBytes(StandardCharsets.UTF_8);
        return new Form(concat(SCHEMA, json, PAYLOAD), FiniteNumbers.concern(schema));
    }

    private @Nullable Shape shapeOf(byte[] bytes) {
        if (bytes.length == 0 || bytes[bytes.length - 1] != '}') {
            return null;
        }
        for (Shape shape : shapes) {
            if (bytes.length > shape.prefix().length && startsWith(bytes, shape.prefix())) {
                return shape;
            }
        }
        int schemaEnd = startsWith(bytes, SCHEMA) ? endOfObject(bytes, SCHEMA.length) : -1;
        if (schemaEnd < 0
                || !startsWith(bytes, PAYLOAD, schemaEnd)
                || bytes.length <= schemaEnd + PAYLOAD.length
                || shapes.size() >= REMEMBERED) {
            return null;
        }
        String schema = new String(bytes, SCHEMA.length, schemaEnd - SCHEMA.length, StandardCharsets.UTF_8);
        Shape shape = new Shape(
                Arrays.copyOf(bytes, schemaEnd + PAYLOAD.length),
                converter(Map.of("schemas.enable", "true", "schema.content", schema)));
        shapes.add(shape);
        return shape;
    }

    /** The index after the object that starts at {@code start}, or -1. */
    private static int endOfObject(byte[] bytes, int start) {
        int depth = 0;
        boolean text = false;
        for (int i = start; i < bytes.length; i++) {
            byte b = bytes[i];
            if (text) {
                if (b == '\\') {
                    i++;
                } else if (b == '"') {
                    text = false;
                }
            } else if (b == '"') {
                text = true;
            } else if (b == '{') {
                depth++;
            } else if (b == '}' && --depth == 0) {
                return i + 1;
            } else if (depth == 0) {
                return -1;
            }
        }
        return -1;
    }

    private static boolean startsWith(byte[] bytes, byte[] prefix) {
        return startsWith(bytes, prefix, 0);
    }

    private static boolean startsWith(byte[] bytes, byte[] prefix, int at) {
        return bytes.length >= at + prefix.length
                && Arrays.equals(bytes, at, at + prefix.length, prefix, 0, prefix.length);
    }

    private static byte[] concat(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        byte[] all = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static JsonConverter converter(Map<String, String> config) {
        JsonConverter converter = new JsonConverter();
        Map<String, String> all = new HashMap<>(config);
        all.put("decimal.format", "NUMERIC");
        // A null column whose table has a default is null, not the default.
        all.put("replace.null.with.default", "false");
        converter.configure(all, false);
        return converter;
    }
}
