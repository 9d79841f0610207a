package io.millrace.transforms.path;

import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/** What a change makes of structs, worked out once per schema. Used by one thread. */
public final class ShapeCache {
    private final PerSchema<Shape.Built> built;

    /**
     * @param change made to the shape of each schema; must depend on the schema alone
     */
    public ShapeCache(Consumer<Shape> change) {
        this.built = new PerSchema<>(schema -> {
            Shape shape = Shape.of(schema);
            change.accept(shape);
            return shape.build();
        });
    }

    /** The changed struct. */
    public Typed struct(Schema schema, Struct value) {
        Shape.Built made = built.of(schema);
        return new Typed(made.schema(), made.struct(value, List.of()));
    }
}
