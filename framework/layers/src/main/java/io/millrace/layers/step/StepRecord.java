package io.millrace.layers.step;

import io.millrace.expression.Scope;
import io.millrace.layers.record.Keys;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A record on its way through the steps. Immutable but for what it works out once.
 */
public final class StepRecord implements Outcome {
    private final Source source;
    private final @Nullable Schema schema;
    private final @Nullable Object value;

    /**
     * What does not change on the way.
     *
     * @param key canonical JSON of a structured stream; null for a record without key
     * @param keys reads it
     * @param topic where the record was read; of a row inside a topology, the topic of its stream
     * @param partition -1 where it was not read from a topic
     * @param offset -1 where it was not read from a topic
     * @param timestamp milliseconds since the epoch
     * @param origin see {@link io.millrace.layers.record.Row#origin()}
     */
    public record Source(
            @Nullable Bytes key,
            Keys keys,
            Headers headers,
            String topic,
            int partition,
            long offset,
            long timestamp,
            String origin) {}

    private StepRecord(Source source, @Nullable Schema schema, @Nullable Object value) {
        this.source = source;
        this.schema = schema;
        this.value = value;
    }

    public static StepRecord of(Source source, @Nullable Schema schema, @Nullable Object value) {
        return new StepRecord(source, schema, value);
    }

    @Override
    public Kind kind() {
        return Kind.PASSED;
    }

    public Source source() {
        return source;
    }

    public @Nullable Schema schema() {
        return schema;
    }

    /** A struct, what a connector or transform made, or null for a delete. */
    public @Nullable Object value() {
        return value;
    }

    public boolean isDelete() {
        return value == null;
    }

    /**
     * The row.
     *
     * @throws NotARowException when the value is something else
     */
    public Struct row() {
        if (value instanceof Struct struct) {
            return struct;
        }
        throw new NotARowException(schema);
    }

    public StepRecord with(Struct row) {
        return new StepRecord(source, row.schema(), row);
    }

    public StepRecord with(@Nullable Schema newSchema, @Nullable Object newValue) {
        return new StepRecord(source, newSchema, newValue);
    }

    /** What expressions see of it. */
    public Scope scope() {
        Map<String, Object> key = source.keys().read(source.key());
        return new Scope(row(), key, connectHeaders(), source.timestamp());
    }

    /** The headers as text, null where there are none. */
    private @Nullable ConnectHeaders connectHeaders() {
        ConnectHeaders headers = null;
        for (Header header : source.headers()) {
            if (headers == null) {
                headers = new ConnectHeaders();
            }
            headers.addString(header.key(), text(header.value()));
        }
        return headers;
    }

    private static @Nullable String text(byte @Nullable [] value) {
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    /** A step needs a row and the value is something else. */
    public static final class NotARowException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotARowException(@Nullable Schema schema) {
            super("the value is " + (schema == null ? "without schema" : "of type " + schema.type()) + ", not a row");
        }
    }
}
