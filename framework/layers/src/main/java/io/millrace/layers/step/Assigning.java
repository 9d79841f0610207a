package io.millrace.layers.step;

import io.millrace.layers.record.SchemaCache;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * Puts values into named fields: one that exists is replaced in its place, others are added at the end. The output's schema is worked out
 * once per input schema and schemas of the values. Owned by one thread.
 */
public final class Assigning {
    private record Shape(Schema[] assigned, Schema output, Field[] kept, Field[] keptTo, Field[] assignedTo) {
        boolean fits(Schema[] schemas) {
            for (int i = 0; i < assigned.length; i++) {
                if (assigned[i] != schemas[i] && !assigned[i].equals(schemas[i])) {
                    return false;
                }
            }
            return true;
        }
    }

    private final List<String> fields;
    private final SchemaCache<List<Shape>> shapes = new SchemaCache<>();

    public Assigning(List<String> fields) {
        this.fields = List.copyOf(fields);
    }

    /**
     * @param schemas of the values, in the order of the fields
     * @param values as Connect wants them
     */
    public Struct apply(Struct row, Schema[] schemas, @Nullable Object[] values) {
        Shape shape = shape(row.schema(), schemas);
        Struct output = new Struct(shape.output());
        for (int i = 0; i < shape.kept().length; i++) {
            output.put(shape.keptTo()[i], Reshape.value(row, shape.kept()[i]));
        }
        for (int i = 0; i < values.length; i++) {
            output.put(shape.assignedTo()[i], values[i]);
        }
        return output;
    }

    private Shape shape(Schema input, Schema[] schemas) {
        List<Shape> known = shapes.get(input, schema -> new ArrayList<>());
        for (Shape shape : known) {
            if (shape.fits(schemas)) {
                return shape;
            }
        }
        Shape shape = make(input, schemas.clone());
        known.add(shape);
        return shape;
    }

    private Shape make(Schema input, Schema[] schemas) {
        SchemaBuilder builder = SchemaBuilder.struct();
        List<Field> kept = new ArrayList<>();
        for (Field field : input.fields()) {
            int assigned = fields.indexOf(field.name());
            builder.field(field.name(), assigned < 0 ? field.schema() : schemas[assigned]);
            if (assigned < 0) {
                kept.add(field);
            }
        }
        for (int i = 0; i < fields.size(); i++) {
            if (input.field(fields.get(i)) == null) {
                builder.field(fields.get(i), schemas[i]);
            }
        }
        Schema output = builder.build();
        return new Shape(
                schemas,
                output,
                kept.toArray(new Field[0]),
                kept.stream().map(field -> output.field(field.name())).toArray(Field[]::new),
                fields.stream().map(output::field).toArray(Field[]::new));
    }
}
