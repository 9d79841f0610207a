package io.millrace.transforms;

import io.millrace.transforms.path.FieldPath;
import io.millrace.transforms.path.Shape;
import io.millrace.transforms.path.ShapeCache;
import io.millrace.transforms.path.Typed;
import io.millrace.transforms.record.Options;
import io.millrace.transforms.record.Part;
import io.millrace.transforms.record.PartTransform;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/** Makes structures of fields whose names are joined by a delimiter: the way back from Kafka's {@code Flatten}. */
public abstract class Unflatten<R extends ConnectRecord<R>> extends PartTransform<R> {
    static final String DELIMITER = "delimiter";

    private static final ConfigDef CONFIG = new ConfigDef()
            .define(
                    DELIMITER,
                    ConfigDef.Type.STRING,
                    ".",
                    new ConfigDef.NonEmptyString(),
                    ConfigDef.Importance.MEDIUM,
                    "What stands between the names.");

    private Pattern delimiter = Pattern.compile(Pattern.quote("."));
    private final ShapeCache shapes = new ShapeCache(this::change);

    private Unflatten(Part part) {
        super(part);
    }

    /** Of the key. */
    public static final class Key<R extends ConnectRecord<R>> extends Unflatten<R> {
        public Key() {
            super(Part.KEY);
        }
    }

    /** Of the value. */
    public static final class Value<R extends ConnectRecord<R>> extends Unflatten<R> {
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
        delimiter = Pattern.compile(Pattern.quote(new Options(CONFIG, settings).text(DELIMITER)));
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
        shape.eachName(name -> {
            List<String> steps = List.of(delimiter.split(name, -1));
            // a name that begins or ends with the delimiter, or has it twice, is a name
            if (steps.size() > 1 && steps.stream().noneMatch(String::isEmpty)) {
                shape.move(new FieldPath(List.of(name)), new FieldPath(steps));
            }
        });
    }
}
