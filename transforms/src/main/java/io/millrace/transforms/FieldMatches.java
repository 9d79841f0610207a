package io.millrace.transforms;

import io.millrace.transforms.path.FieldPath;
import io.millrace.transforms.record.Options;
import io.millrace.transforms.record.Part;
import io.millrace.transforms.record.Template;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.transforms.predicates.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A predicate: whether a field, nested or not, has a value. With Kafka's {@code Filter} it drops records; with {@code MakeTombstone} it
 * deletes. A record without the field, or with a null there, matches nothing but {@code missing}.
 */
public abstract class FieldMatches<R extends ConnectRecord<R>> implements Predicate<R> {
    static final String FIELD = "field";
    static final String EQUALS = "equals";
    static final String PATTERN = "pattern";
    static final String MISSING = "missing";

    private static final ConfigDef CONFIG = new ConfigDef()
            .define(
                    FIELD,
                    ConfigDef.Type.STRING,
                    ConfigDef.NO_DEFAULT_VALUE,
                    new ConfigDef.NonEmptyString(),
                    ConfigDef.Importance.HIGH,
                    "The field to look at.")
            .define(
                    EQUALS,
                    ConfigDef.Type.LIST,
                    null,
                    ConfigDef.Importance.HIGH,
                    "Matches where the field is one of these; numbers and truths are compared as they are written.")
            .define(
                    PATTERN,
                    ConfigDef.Type.STRING,
                    null,
                    ConfigDef.Importance.MEDIUM,
                    "Matches where the regular expression finds something in the field.")
            .define(
                    MISSING,
                    ConfigDef.Type.BOOLEAN,
                    false,
                    ConfigDef.Importance.MEDIUM,
                    "Matches where the field is not there or null.");

    private final Part part;
    private FieldPath field = new FieldPath(List.of("unset"));
    private @Nullable List<String> values;
    private @Nullable Pattern pattern;
    private boolean missing;

    private FieldMatches(Part part) {
        this.part = part;
    }

    /** Of the key. */
    public static final class Key<R extends ConnectRecord<R>> extends FieldMatches<R> {
        public Key() {
            super(Part.KEY);
        }
    }

    /** Of the value. */
    public static final class Value<R extends ConnectRecord<R>> extends FieldMatches<R> {
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
        field = options.path(FIELD);
        values = settings.get(EQUALS) == null ? null : options.texts(EQUALS);
        missing = options.flag(MISSING);
        String regex = settings.get(PATTERN) == null ? null : options.text(PATTERN);
        try {
            pattern = regex == null ? null : Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw new ConfigException(PATTERN, regex, e.getDescription());
        }
        int ways = (values == null ? 0 : 1) + (pattern == null ? 0 : 1) + (missing ? 1 : 0);
        if (ways != 1) {
            throw new ConfigException(
                    FIELD, field, "write one of '" + EQUALS + "', '" + PATTERN + "' and '" + MISSING + "'");
        }
    }

    @Override
    public boolean test(R record) {
        Object value = part.of(record).value();
        Object found = field.isIn(value) ? field.in(value) : null;
        if (found == null) {
            return missing;
        }
        if (missing) {
            return false;
        }
        String text = Template.plain(found);
        return values != null
                ? values.contains(text)
                : pattern != null && pattern.matcher(text).find();
    }

    @Override
    public void close() {
        // nothing is open
    }
}
