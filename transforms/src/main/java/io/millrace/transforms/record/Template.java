package io.millrace.transforms.record;

import io.millrace.transforms.path.FieldPath;
import io.millrace.transforms.path.Typed;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * A text with facts of the record in braces: {@code {topic}}, {@code {partition}}, {@code {offset}} (of a record that was read from a
 * topic), {@code {timestamp}}, {@code {time:yyyy-MM-dd}} (the record's timestamp in UTC, by a pattern of java.time), {@code {key.a.b}},
 * {@code {value.a.b}}, {@code {header.name}}, {@code {uuid}}. A brace itself is written twice. A text that is nothing but one fact keeps
 * its type.
 */
public final class Template {
    private final String text;
    private final List<Fact> facts;

    /** One piece: fixed text or a fact. */
    private interface Fact {
        Schema schema(ConnectRecord<?> record);

        @Nullable
        Object value(ConnectRecord<?> record);
    }

    private record Fixed(String value) implements Fact {
        @Override
        public Schema schema(ConnectRecord<?> record) {
            return Schema.STRING_SCHEMA;
        }

        @Override
        public String value(ConnectRecord<?> record) {
            return value;
        }
    }

    private record Made(Schema schema, java.util.function.Function<ConnectRecord<?>, @Nullable Object> maker)
            implements Fact {
        @Override
        public Schema schema(ConnectRecord<?> record) {
            return schema;
        }

        @Override
        public @Nullable Object value(ConnectRecord<?> record) {
            return maker.apply(record);
        }
    }

    private Template(String text, List<Fact> facts) {
        this.text = text;
        this.facts = facts;
    }

    /**
     * @throws IllegalArgumentException that says what is wrong
     */
    public static Template parse(String text) {
        List<Fact> facts = new ArrayList<>();
        StringBuilder fixed = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean twice = i + 1 < text.length() && text.charAt(i + 1) == c;
            if ((c == '{' || c == '}') && twice) {
                fixed.append(c);
                i++;
            } else if (c == '{') {
                int end = text.indexOf('}', i);
                if (end < 0) {
                    throw new IllegalArgumentException("'" + text + "' has a '{' without its '}'");
                }
                if (!fixed.isEmpty()) {
                    facts.add(new Fixed(fixed.toString()));
                    fixed.setLength(0);
                }
                facts.add(fact(text.substring(i + 1, end)));
                i = end;
            } else if (c == '}') {
                throw new IllegalArgumentException("'" + text + "' has a '}' without its '{'");
            } else {
                fixed.append(c);
            }
        }
        if (!fixed.isEmpty() || facts.isEmpty()) {
            facts.add(new Fixed(fixed.toString()));
        }
        return new Template(text, List.copyOf(facts));
    }

    private static Fact fact(String name) {
        if (name.startsWith("time:")) {
            DateTimeFormatter formatter = formatter(name.substring("time:".length()));
            return new Made(Schema.OPTIONAL_STRING_SCHEMA, record -> formatter.format(arrival(record)));
        }
        for (Part part : Part.values()) {
            String prefix = part.text() + ".";
            if (name.startsWith(prefix)) {
                return new InPart(part, FieldPath.parse(name.substring(prefix.length())));
            }
        }
        if (name.startsWith("header.")) {
            return new InHeader(name.substring("header.".length()));
        }
        return switch (name) {
            case "topic" -> new Made(Schema.OPTIONAL_STRING_SCHEMA, ConnectRecord::topic);
            case "partition" -> new Made(Schema.OPTIONAL_INT32_SCHEMA, ConnectRecord::kafkaPartition);
            case "offset" -> new Made(Schema.OPTIONAL_INT64_SCHEMA, Template::offset);
            case "timestamp" ->
                new Made(
                        Timestamp.builder().optional().build(),
                        record -> record.timestamp() == null ? null : new java.util.Date(record.timestamp()));
            case "uuid" ->
                new Made(Schema.OPTIONAL_STRING_SCHEMA, record -> UUID.randomUUID()
                        .toString());
            default ->
                throw new IllegalArgumentException("'{" + name + "}' is no fact of a record; there are {topic},"
                        + " {partition}, {offset}, {timestamp}, {time:<pattern>}, {key.<field>}, {value.<field>},"
                        + " {header.<name>} and {uuid}");
        };
    }

    private static DateTimeFormatter formatter(String pattern) {
        try {
            return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + pattern + "' is no pattern of a time: " + e.getMessage(), e);
        }
    }

    private static Instant arrival(ConnectRecord<?> record) {
        if (record.timestamp() == null) {
            throw new DataException("the record has no timestamp");
        }
        return Instant.ofEpochMilli(record.timestamp());
    }

    private static @Nullable Object offset(ConnectRecord<?> record) {
        return record instanceof SinkRecord sink ? sink.originalKafkaOffset() : null;
    }

    /** A field of the key or the value. */
    private record InPart(Part part, FieldPath path) implements Fact {
        @Override
        public Schema schema(ConnectRecord<?> record) {
            Schema schema = part.of(record).schema();
            for (String step : path.steps()) {
                if (schema == null || schema.type() != Schema.Type.STRUCT || schema.field(step) == null) {
                    return Schema.OPTIONAL_STRING_SCHEMA;
                }
                schema = schema.field(step).schema();
            }
            return schema == null ? Schema.OPTIONAL_STRING_SCHEMA : schema;
        }

        @Override
        public @Nullable Object value(ConnectRecord<?> record) {
            return path.in(part.of(record).value());
        }
    }

    /** The last header of a name. */
    private record InHeader(String name) implements Fact {
        @Override
        public Schema schema(ConnectRecord<?> record) {
            Header header = record.headers().lastWithName(name);
            return header == null || header.schema() == null ? Schema.OPTIONAL_STRING_SCHEMA : header.schema();
        }

        @Override
        public @Nullable Object value(ConnectRecord<?> record) {
            Header header = record.headers().lastWithName(name);
            return header == null ? null : header.value();
        }
    }

    /** The value, typed where it is one fact alone. */
    public Typed typed(ConnectRecord<?> record) {
        if (facts.size() == 1) {
            Fact fact = facts.get(0);
            return new Typed(fact.schema(record), fact.value(record));
        }
        return new Typed(Schema.STRING_SCHEMA, text(record));
    }

    /**
     * The text.
     *
     * @throws DataException where a fact is missing or null
     */
    public String text(ConnectRecord<?> record) {
        StringBuilder made = new StringBuilder();
        for (Fact fact : facts) {
            Object value;
            try {
                value = fact.value(record);
            } catch (DateTimeException e) {
                throw new DataException("'" + text + "': " + e.getMessage(), e);
            }
            if (value == null) {
                throw new DataException("'" + text + "' cannot be filled in: the record lacks one of its facts");
            }
            made.append(plain(value));
        }
        return made.toString();
    }

    /** A value as text: decimals without exponent, bytes in hex. */
    public static String plain(Object value) {
        if (value instanceof BigDecimal decimal) {
            return decimal.toPlainString();
        }
        if (value instanceof byte[] bytes) {
            return text(bytes);
        }
        if (value instanceof ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            return text(bytes);
        }
        if (value instanceof java.util.Date date) {
            return date.toInstant().toString();
        }
        return value.toString();
    }

    private static String text(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        return text.indexOf('\uFFFD') < 0 ? text : HexFormat.of().formatHex(bytes);
    }

    @Override
    public String toString() {
        return text;
    }
}
