package io.millrace.transforms;

import io.millrace.transforms.path.FieldPath;
import io.millrace.transforms.path.Shape;
import io.millrace.transforms.path.ShapeCache;
import io.millrace.transforms.path.Typed;
import io.millrace.transforms.record.Options;
import io.millrace.transforms.record.Part;
import io.millrace.transforms.record.PartTransform;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** Copies, moves, drops, keeps and renames fields, nested ones too. */
public abstract class Fields<R extends ConnectRecord<R>> extends PartTransform<R> {
    static final String COPY = "copy";
    static final String MOVE = "move";
    static final String DROP = "drop";
    static final String KEEP = "keep";
    static final String CASE = "case";
    static final String PATTERN = "pattern";
    static final String REPLACEMENT = "replacement";

    private static final ConfigDef CONFIG = new ConfigDef()
            .define(
                    COPY,
                    ConfigDef.Type.LIST,
                    List.of(),
                    ConfigDef.Importance.MEDIUM,
                    "Fields to copy, each as from:to; done first.")
            .define(
                    MOVE,
                    ConfigDef.Type.LIST,
                    List.of(),
                    ConfigDef.Importance.HIGH,
                    "Fields to move or rename, each as from:to, nested or not; done second. A structure left empty goes.")
            .define(DROP, ConfigDef.Type.LIST, List.of(), ConfigDef.Importance.HIGH, "Fields to leave out; done third.")
            .define(
                    KEEP,
                    ConfigDef.Type.LIST,
                    List.of(),
                    ConfigDef.Importance.HIGH,
                    "The only fields to leave in, where any is named; done fourth.")
            .define(
                    CASE,
                    ConfigDef.Type.STRING,
                    "none",
                    ConfigDef.ValidString.in("none", "lower", "upper", "snake", "camel"),
                    ConfigDef.Importance.LOW,
                    "How the names of the outermost fields are written: none leaves them, snake makes orderId order_id,"
                            + " camel makes order_id orderId; done fifth.")
            .define(
                    PATTERN,
                    ConfigDef.Type.STRING,
                    "",
                    ConfigDef.Importance.LOW,
                    "A regular expression; what it finds in the names of the outermost fields is replaced; done last.")
            .define(
                    REPLACEMENT,
                    ConfigDef.Type.STRING,
                    "",
                    ConfigDef.Importance.LOW,
                    "What takes the place of what the pattern finds; $1 is its first group.");

    private List<FieldPath> drop = List.of();
    private List<FieldPath> keep = List.of();
    private Map<FieldPath, FieldPath> copy = Map.of();
    private Map<FieldPath, FieldPath> move = Map.of();
    private String nameCase = "none";
    private @Nullable Pattern pattern;
    private String replacement = "";
    private final ShapeCache shapes = new ShapeCache(this::change);

    private Fields(Part part) {
        super(part);
    }

    /** Of the key. */
    public static final class Key<R extends ConnectRecord<R>> extends Fields<R> {
        public Key() {
            super(Part.KEY);
        }
    }

    /** Of the value. */
    public static final class Value<R extends ConnectRecord<R>> extends Fields<R> {
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
        copy = options.pairs(COPY);
        move = options.pairs(MOVE);
        drop = options.paths(DROP, false);
        keep = options.paths(KEEP, false);
        nameCase = options.text(CASE);
        replacement = options.text(REPLACEMENT);
        String regex = options.text(PATTERN);
        try {
            pattern = regex.isEmpty() ? null : Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw new ConfigException(PATTERN, regex, e.getDescription());
        }
    }

    @Override
    protected Typed struct(Schema schema, Struct value, R record) {
        return shapes.struct(schema, value);
    }

    @Override
    protected Map<?, ?> map(Map<?, ?> value, R record) {
        Shape shape = Shape.of(value);
        change(shape);
        return shape.map(value, List.of());
    }

    private void change(Shape shape) {
        copy.forEach(shape::copy);
        move.forEach(shape::move);
        drop.forEach(shape::remove);
        if (!keep.isEmpty()) {
            shape.keep(keep);
        }
        if (!nameCase.equals("none") || pattern != null) {
            shape.eachName(name -> shape.move(new FieldPath(List.of(name)), new FieldPath(List.of(renamed(name)))));
        }
    }

    private String renamed(String name) {
        String cased =
                switch (nameCase) {
                    case "lower" -> name.toLowerCase(Locale.ROOT);
                    case "upper" -> name.toUpperCase(Locale.ROOT);
                    case "snake" -> snake(name);
                    case "camel" -> camel(name);
                    default -> name;
                };
        return pattern == null
                ? cased
                : Objects.requireNonNull(pattern).matcher(cased).replaceAll(replacement);
    }

    private static String snake(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
                .replaceAll("([A-Z])([A-Z][a-z])", "$1_$2")
                .toLowerCase(Locale.ROOT);
    }

    private static String camel(String name) {
        StringBuilder made = new StringBuilder();
        boolean up = false;
        for (char c : name.toCharArray()) {
            if (c == '_' || c == '-') {
                up = !made.isEmpty();
            } else {
                made.append(up ? Character.toUpperCase(c) : c);
                up = false;
            }
        }
        return made.toString();
    }
}
