package io.millrace.transforms;

import io.millrace.transforms.path.FieldPath;
import io.millrace.transforms.path.Leaf;
import io.millrace.transforms.path.LeafRewriter;
import io.millrace.transforms.path.Typed;
import io.millrace.transforms.record.Options;
import io.millrace.transforms.record.Part;
import io.millrace.transforms.record.PartTransform;
import io.millrace.transforms.record.TimeFormat;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/**
 * Writes times in another way, of several fields at once, nested ones and those of a list's elements too, to the nanosecond. Kafka's
 * {@code TimestampConverter} takes one outermost field and milliseconds.
 */
public abstract class ConvertTime<R extends ConnectRecord<R>> extends PartTransform<R> {
    static final String FIELDS = "fields";
    static final String FROM = "from";
    static final String TO = "to";
    static final String ZONE = "zone";

    private static final ConfigDef CONFIG = Options.withMissing(
            new ConfigDef()
                    .define(
                            FIELDS,
                            ConfigDef.Type.LIST,
                            ConfigDef.NO_DEFAULT_VALUE,
                            ConfigDef.Importance.HIGH,
                            "The fields that hold times.")
                    .define(
                            FROM,
                            ConfigDef.Type.STRING,
                            "schema",
                            ConfigDef.Importance.HIGH,
                            "How they are written: schema (a type that says so: Connect's Timestamp and Date, Debezium's times),"
                                    + " epoch_s, epoch_ms, epoch_us, epoch_ns (a number or its digits; epoch_s may have a fraction),"
                                    + " iso (2026-01-31T10:00:00Z, 2026-01-31T10:00:00, 2026-01-31), or a pattern of java.time.")
                    .define(
                            TO,
                            ConfigDef.Type.STRING,
                            ConfigDef.NO_DEFAULT_VALUE,
                            ConfigDef.Importance.HIGH,
                            "How to write them: epoch_s, epoch_ms, epoch_us, epoch_ns, iso, timestamp (Connect's, milliseconds),"
                                    + " micro_timestamp (microseconds, as pipelines keep times), date, or a pattern of java.time."
                                    + " What is finer than that is cut off.")
                    .define(
                            ZONE,
                            ConfigDef.Type.STRING,
                            "UTC",
                            ConfigDef.Importance.MEDIUM,
                            "The zone of times that name none, and of those that are written by a pattern."),
            LeafRewriter.Missing.IGNORE);

    private LeafRewriter rewriter = new LeafRewriter(Map.of(), LeafRewriter.Missing.IGNORE);

    private ConvertTime(Part part) {
        super(part);
    }

    /** Of the key. */
    public static final class Key<R extends ConnectRecord<R>> extends ConvertTime<R> {
        public Key() {
            super(Part.KEY);
        }
    }

    /** Of the value. */
    public static final class Value<R extends ConnectRecord<R>> extends ConvertTime<R> {
        public Value() {
            super(Part.VALUE);
        }
    }

    @Override
    public ConfigDef config() {
        return CONFIG;
    }

    @Override
    public void configure(Map<String, ?> settings) {
        Options options = new Options(CONFIG, settings);
        ZoneId zone;
        try {
            zone = ZoneId.of(options.text(ZONE));
        } catch (DateTimeException e) {
            throw new ConfigException(ZONE, options.text(ZONE), "there is no such zone");
        }
        Leaf leaf = new Converted(format(options, FROM, zone), format(options, TO, zone));
        Map<FieldPath, Leaf> leaves = new LinkedHashMap<>();
        options.paths(FIELDS, true).forEach(path -> leaves.put(path, leaf));
        try {
            rewriter = new LeafRewriter(leaves, options.missing());
        } catch (IllegalArgumentException e) {
            throw new ConfigException(FIELDS, options.texts(FIELDS), e.getMessage());
        }
    }

    private static TimeFormat format(Options options, String name, ZoneId zone) {
        try {
            return TimeFormat.parse(options.text(name), zone, name.equals(TO));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(name, options.text(name), e.getMessage());
        }
    }

    private record Converted(TimeFormat from, TimeFormat to) implements Leaf {
        @Override
        public Schema schema(Schema before) {
            return to.schema(before.isOptional());
        }

        @Override
        public @Nullable Object value(@Nullable Object before, @Nullable Schema schema) {
            if (before == null) {
                return null;
            }
            Instant instant;
            try {
                instant = from.read(before, schema);
            } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
                throw new DataException(
                        "has '" + before + "', which is no time written as " + from + ": " + e.getMessage(), e);
            }
            try {
                return to.write(instant);
            } catch (DateTimeException | ArithmeticException e) {
                throw new DataException("has '" + instant + "', which cannot be written as " + to, e);
            }
        }
    }

    @Override
    protected Typed struct(Schema schema, Struct value, R record) {
        return rewriter.struct(schema, value);
    }

    @Override
    protected Map<?, ?> map(Map<?, ?> value, R record) {
        return rewriter.map(value);
    }
}
