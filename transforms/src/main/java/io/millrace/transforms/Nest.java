package io.millrace.transforms;

import io.millrace.transforms.path.FieldPath;
import io.millrace.transforms.path.Shape;
import io.millrace.transforms.path.ShapeCache;
import io.millrace.transforms.path.Typed;
import io.millrace.transforms.record.Options;
import io.millrace.transforms.record.Part;
import io.millrace.transforms.record.PartTransform;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/** Puts fields into a structure. */
public abstract class Nest<R extends ConnectRecord<R>> extends PartTransform<R> {
    static final String FIELDS = "fields";
    static final String INTO = "into";

    private static final ConfigDef CONFIG = new ConfigDef()
            .define(
                    FIELDS,
                    ConfigDef.Type.LIST,
                    List.of(),
                    ConfigDef.Importance.HIGH,
                    "The fields to move; all outermost ones where none is named. Each keeps its last name.")
            .define(
                    INTO,
                    ConfigDef.Type.STRING,
                    ConfigDef.NO_DEFAULT_VALUE,
                    new ConfigDef.NonEmptyString(),
                    ConfigDef.Importance.HIGH,
                    "The structure that they move into; made where it is missing.");

    private List<FieldPath> fields = List.of();
    private FieldPath into = new FieldPath(List.of("unset"));
    private final ShapeCache shapes = new ShapeCache(this::change);

    private Nest(Part part) {
        super(part);
    }

    /** Of the key. */
    public static final class Key<R extends ConnectRecord<R>> extends Nest<R> {
        public Key() {
            super(Part.KEY);
        }
    }

    /** Of the value. */
    public static final class Value<R extends ConnectRecord<R>> extends Nest<R> {
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
        fields = options.paths(FIELDS, false);
        into = options.path(INTO);
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
        List<FieldPath> moved = new ArrayList<>(fields);
        if (moved.isEmpty()) {
            shape.eachName(name -> moved.add(new FieldPath(List.of(name))));
            moved.remove(into);
        }
        moved.forEach(field -> shape.move(field, into.then(field.last())));
    }
}
