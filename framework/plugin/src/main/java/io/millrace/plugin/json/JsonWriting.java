package io.millrace.plugin.json;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.cache.Cache;
import org.apache.kafka.common.cache.LRUCache;
import org.apache.kafka.common.cache.SynchronizedCache;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connect data to bytes. Learns a schema from the first record that Apache's class wrote of it: the bytes before the payload are kept, and the
 * payload is compared with that of the compiled writer. Thread-safe.
 */
final class JsonWriting {
    private static final Logger LOG = LoggerFactory.getLogger(JsonWriting.class);
    private static final byte[] NOTHING = new byte[0];
    private static final byte[] END = {'}'};
    private static final byte[] BEFORE_PAYLOAD = asciiBytes(",\"payload\":");

    private final WriterCompiler compiler;
    private final boolean enveloped;
    private final Shape schemaless;
    private final Recent<Shape> recent = new Recent<>();
    private final Cache<Schema, Shape> shapes;
    private final AtomicReference<@Nullable JsonBytes> spare = new AtomicReference<>();

    /**
     * How records of a schema are written.
     *
     * @param head all that is before the payload
     * @param tail all that is behind it
     * @param payload null where Apache's class is to write them
     */
    private record Shape(
            @Nullable Schema schema,
            byte[] head,
            byte[] tail,
            @Nullable ValueWriter payload) {}

    JsonWriting(WriterCompiler compiler, boolean enveloped, int cacheSize) {
        this.compiler = compiler;
        this.enveloped = enveloped;
        this.schemaless = enveloped
                ? new Shape(null, asciiBytes("{\"schema\":null,\"payload\":"), END, Schemaless::write)
                : new Shape(null, NOTHING, NOTHING, Schemaless::write);
        this.shapes = new SynchronizedCache<>(new LRUCache<>(cacheSize));
    }

    private static byte[] asciiBytes(String text) {
        JsonBytes bytes = new JsonBytes();
        bytes.raw(text);
        return bytes.toByteArray();
    }

    /** @return null where the record is for Apache's class */
    byte @Nullable [] write(@Nullable Schema schema, @Nullable Object value) {
        Shape shape = schema == null ? schemaless : find(schema);
        if (shape == null || shape.payload == null) {
            return null;
        }
        return write(shape.head, shape.payload, shape.tail, value);
    }

    private @Nullable Shape find(Schema schema) {
        Shape shape = recent.find(candidate -> candidate.schema == schema);
        if (shape != null) {
            return shape;
        }
        Shape equal = shapes.get(schema);
        if (equal == null) {
            return null;
        }
        Shape same = new Shape(schema, equal.head, equal.tail, equal.payload);
        recent.add(same);
        return same;
    }

    private byte @Nullable [] write(byte[] head, ValueWriter payload, byte[] tail, @Nullable Object value) {
        JsonBytes taken = spare.getAndSet(null);
        JsonBytes out = taken == null ? new JsonBytes() : taken;
        try {
            out.clear();
            out.raw(head);
            payload.write(out, value);
            out.raw(tail);
            return out.toByteArray();
        } catch (RuntimeException e) {
            // Apache's class is given the same record, and says in its own words what is wrong with it, if anything.
            return null;
        } finally {
            if (out.worthKeeping()) {
                spare.set(out);
            }
        }
    }

    /** @param written by Apache's class, of this very schema and value */
    void learn(@Nullable Schema schema, @Nullable Object value, byte @Nullable [] written) {
        if (schema == null || written == null || recent.find(candidate -> candidate.schema == schema) != null) {
            return;
        }
        ValueWriter writer = compiler.compileIfCovered(schema);
        byte[] payload = writer == null ? null : write(NOTHING, writer, NOTHING, value);
        if (writer != null && payload == null) {
            // The schema is covered, this value is not: the next one may be.
            return;
        }
        Shape shape = payload == null ? notCovered(schema) : compared(schema, writer, payload, written);
        shapes.put(schema, shape);
        recent.add(shape);
    }

    private static boolean isBefore(int start, byte[] written) {
        int from = start - BEFORE_PAYLOAD.length;
        return Arrays.equals(written, from, start, BEFORE_PAYLOAD, 0, BEFORE_PAYLOAD.length);
    }

    private static Shape notCovered(Schema schema) {
        return new Shape(schema, NOTHING, NOTHING, null);
    }

    private Shape compared(Schema schema, @Nullable ValueWriter writer, byte[] payload, byte[] written) {
        byte[] tail = enveloped ? END : NOTHING;
        int start = written.length - payload.length - tail.length;
        boolean same = (enveloped ? start > BEFORE_PAYLOAD.length : start == 0)
                && Arrays.equals(written, start, start + payload.length, payload, 0, payload.length)
                && (!enveloped || isBefore(start, written));
        if (!same) {
            LOG.atWarn()
                    .addKeyValue("schema", schema.name())
                    .log("a schema's compiled JSON is not what Apache's JsonConverter writes, which is used for it");
            return notCovered(schema);
        }
        return new Shape(schema, Arrays.copyOf(written, start), tail, writer);
    }
}
