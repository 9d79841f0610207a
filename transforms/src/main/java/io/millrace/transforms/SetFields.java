package io.millrace.transforms;

import io.millrace.transforms.path.FieldPath;
import io.millrace.transforms.path.Shape;
import io.millrace.transforms.path.Typed;
import io.millrace.transforms.record.Options;
import io.millrace.transforms.record.Part;
import io.millrace.transforms.record.PartTransform;
import io.millrace.transforms.record.Template;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/**
 * Sets fields to fixed texts and to facts of the record. A random {@code {uuid}} is another one when a record is read again after a
 * failure.
 */
public abstract class SetFields<R extends ConnectRecord<R>> extends PartTransform<R> {
    /** The settings {@code set.<path>}. */
    static final String SET = "set.";

    private static final int MOST_SCHEMAS = 64;

    private static final ConfigDef CONFIG = new ConfigDef()
            .define(
                    SET + "<field>",
                    ConfigDef.Type.STRING,
                    null,
                    ConfigDef.Importance.HIGH,
                    "The field's new value: a text with facts of the record in braces: {topic}, {partition}, {offset} (in a sink),"
                            + " {timestamp}, {time:yyyy-MM-dd}, {key.<field>}, {value.<field>}, {header.<name>}, {uuid}."
                            + " A text that is one fact keeps its type. One such setting for each field.");

    private List<FieldPath> paths = List.of();
    private List<Template> templates = List.of();
    /** By the schemas of the record and of what is set. */
    private final Map<List<Schema>, Shape.Built> built = new HashMap<>();

    private SetFields(Part part) {
        super(part);
    }

    /** Of the key. */
    public static final class Key<R extends ConnectRecord<R>> extends SetFields<R> {
        public Key() {
            super(Part.KEY);
        }
    }

    /** Of the value. */
    public static final class Value<R extends ConnectRecord<R>> extends SetFields<R> {
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
        List<FieldPath> places = new ArrayList<>();
        List<Template> texts = new ArrayList<>();
        settings.keySet().stream().filter(name -> name.startsWith(SET)).sorted().forEach(name -> {
            String text = String.valueOf(settings.get(name));
            places.add(Options.path(name, name.substring(SET.length())));
            try {
                texts.add(Template.parse(text));
            } catch (IllegalArgumentException e) {
                throw new ConfigException(name, text, e.getMessage());
            }
        });
        if (places.isEmpty()) {
            throw new ConfigException("no field is set: write '" + SET + "<field>' with its value");
        }
        paths = List.copyOf(places);
        templates = List.copyOf(texts);
    }

    @Override
    protected Typed struct(Schema schema, Struct value, R record) {
        List<Typed> given = given(record);
        List<Schema> key = new ArrayList<>();
        key.add(schema);
        given.forEach(typed -> key.add(Objects.requireNonNull(typed.schema())));
        if (built.size() >= MOST_SCHEMAS && !built.containsKey(key)) {
            built.clear();
        }
        Shape.Built shape = built.computeIfAbsent(key, unknown -> {
            Shape made = Shape.of(schema);
            for (int i = 0; i < paths.size(); i++) {
                made.give(paths.get(i), unknown.get(i + 1), i);
            }
            return made.build();
        });
        return new Typed(shape.schema(), shape.struct(value, given));
    }

    @Override
    protected Map<?, ?> map(Map<?, ?> value, R record) {
        Shape shape = Shape.of(value);
        for (int i = 0; i < paths.size(); i++) {
            shape.give(paths.get(i), null, i);
        }
        return shape.map(value, given(record));
    }

    private List<Typed> given(R record) {
        return templates.stream().map(template -> template.typed(record)).toList();
    }
}
