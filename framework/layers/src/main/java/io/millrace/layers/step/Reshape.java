package io.millrace.layers.step;

import io.millrace.layers.record.SchemaCache;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * Moves a row's fields, values untouched, into a schema worked out once per input schema. Owned by one thread.
 */
final class Reshape {
    /** A field of the output: where it is read, and its name. */
    record Move(Field from, String to) {}

    private record Shape(Schema schema, Field[] from, Field[] to) {}

    private final Function<Schema, List<Move>> moves;
    private final SchemaCache<Shape> shapes = new SchemaCache<>();

    /**
     * @param moves the output's fields in order
     */
    Reshape(Function<Schema, List<Move>> moves) {
        this.moves = moves;
    }

    Struct apply(Struct row) {
        Shape shape = shapes.get(row.schema(), this::shape);
        Struct output = new Struct(shape.schema());
        for (int i = 0; i < shape.from().length; i++) {
            output.put(shape.to()[i], value(row, shape.from()[i]));
        }
        return output;
    }

    private Shape shape(Schema input) {
        List<Field> from = new ArrayList<>();
        SchemaBuilder schema = SchemaBuilder.struct();
        for (Move move : moves.apply(input)) {
            from.add(move.from());
            schema.field(move.to(), move.from().schema());
        }
        Schema built = schema.build();
        return new Shape(
                built, from.toArray(new Field[0]), built.fields().toArray(new Field[0]));
    }

    /** The field as it stands: a null in an optional field is null whatever the default. */
    static @Nullable Object value(Struct row, Field field) {
        return field.schema().isOptional() ? row.getWithoutDefault(field.name()) : row.get(field);
    }
}
