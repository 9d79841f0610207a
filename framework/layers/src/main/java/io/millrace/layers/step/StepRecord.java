package io.millrace.layers.step;

import io.millrace.expression.Scope;
import io.millrace.layers.record.Keys;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
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
    private final @Nullable String branch;

    /** What does not change on the way; what expressions see of it is worked out once, and only when one looks. */
    public static final class Source {
        private final @Nullable Bytes key;
        private final Keys keys;
        private final Headers headers;
        private final Place place;
        private final long timestamp;
        private final String origin;
        private @Nullable Map<String, Object> scopeKey;
        private @Nullable ConnectHeaders scopeHeaders;

        /**
         * @param key canonical JSON of a structured stream; null for a record without key
         * @param keys reads it
         * @param timestamp milliseconds since the epoch
         * @param origin see {@link io.millrace.layers.record.Row#origin()}
         */
        public Source(@Nullable Bytes key, Keys keys, Headers headers, Place place, long timestamp, String origin) {
            this.key = key;
            this.keys = keys;
            this.headers = headers;
            this.place = place;
            this.timestamp = timestamp;
            this.origin = origin;
        }

        public @Nullable Bytes key() {
            return key;
        }

        public Headers headers() {
            return headers;
        }

        public Place place() {
            return place;
        }

        public long timestamp() {
            return timestamp;
        }

        public String origin() {
            return origin;
        }

        private @Nullable Map<String, Object> scopeKey() {
            if (key == null) {
                return null;
            }
            Map<String, Object> read = scopeKey;
            if (read == null) {
                read = keys.lazily(key);
                scopeKey = read;
            }
            return read;
        }

        private ConnectHeaders scopeHeaders() {
            ConnectHeaders texts = scopeHeaders;
            if (texts == null) {
                texts = new ConnectHeaders();
                for (Header header : headers) {
                    texts.addString(header.key(), text(header.value()));
                }
                scopeHeaders = texts;
            }
            return texts;
        }

        @SuppressWarnings("NullAway") // a header may be null, and ConnectHeaders takes it
        private static String text(byte @Nullable [] value) {
            return value == null ? null : new String(value, StandardCharsets.UTF_8);
        }
    }

    /**
     * Where a record was read.
     *
     * @param topic of a row inside a topology, the topic of its stream
     * @param partition -1 where it was not read from a topic
     * @param offset -1 where it was not read from a topic
     */
    public record Place(String topic, int partition, long offset) {}

    private StepRecord(Source source, @Nullable Schema schema, @Nullable Object value, @Nullable String branch) {
        this.source = source;
        this.schema = schema;
        this.value = value;
        this.branch = branch;
    }

    public static StepRecord of(Source source, @Nullable Schema schema, @Nullable Object value) {
        return new StepRecord(source, schema, value, null);
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
        return new StepRecord(source, row.schema(), row, branch);
    }

    public StepRecord with(@Nullable Schema newSchema, @Nullable Object newValue) {
        return new StepRecord(source, newSchema, newValue, branch);
    }

    /** The record, assigned to a branch of its stream. */
    public StepRecord routed(String to) {
        return new StepRecord(source, schema, value, to);
    }

    /** The branch that {@code route} assigned it to; empty for none. */
    public Optional<String> branch() {
        return Optional.ofNullable(branch);
    }

    /** What expressions see of it. */
    public Scope scope() {
        return new Scope(row(), source.scopeKey(), source.scopeHeaders(), source.timestamp());
    }

    /** A step needs a row and the value is something else. */
    public static final class NotARowException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotARowException(@Nullable Schema schema) {
            super("the value is " + (schema == null ? "without schema" : "of type " + schema.type()) + ", not a row");
        }
    }
}
