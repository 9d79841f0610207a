package io.millrace.layers.step;

import io.millrace.layers.record.SchemaCache;
import io.millrace.pipeline.step.Flatten;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** Rows inside the row to fields of it. Two fields of one name are a dead letter, as is a row that lacks a field that is named. */
final class FlattenStep implements RecordStep {
    /** A field of the output and the way to it. */
    private record Leaf(List<Field> path, String name, boolean optional) {}

    private record Shape(Schema schema, List<Leaf> leaves) {}

    private final Flatten declaration;
    private final SchemaCache<Shape> shapes = new SchemaCache<>();

    FlattenStep(Flatten declaration) {
        this.declaration = declaration;
    }

    @Override
    public String name() {
        return declaration.name();
    }

    @Override
    public Outcome apply(StepRecord input) {
        Struct row = input.row();
        Shape shape = shapes.get(row.schema(), this::shape);
        Struct output = new Struct(shape.schema());
        for (int i = 0; i < shape.leaves().size(); i++) {
            output.put(
                    shape.schema().fields().get(i),
                    value(row, shape.leaves().get(i).path()));
        }
        return input.with(output);
    }

    private static @Nullable Object value(Struct row, List<Field> path) {
        Object value = row;
        for (Field field : path) {
            if (value == null) {
                return null;
            }
            value = Reshape.value((Struct) value, field);
        }
        return value;
    }

    private Shape shape(Schema input) {
        for (String field : declaration.fields()) {
            if (input.field(field) == null) {
                throw new RecordFault(name(), "layers.missing-field", "the row has no field '" + field + "'");
            }
        }
        List<Leaf> leaves = new ArrayList<>();
        for (Field field : input.fields()) {
            collect(List.of(), field, "", declaration.concerns(field.name()), false, leaves);
        }
        Set<String> taken = new HashSet<>();
        SchemaBuilder builder = SchemaBuilder.struct();
        for (Leaf leaf : leaves) {
            if (!taken.add(leaf.name())) {
                throw new RecordFault(
                        name(), "layers.duplicate-field", "the row would have two fields '" + leaf.name() + "'");
            }
            Schema schema = leaf.path().get(leaf.path().size() - 1).schema();
            builder.field(leaf.name(), leaf.optional() ? OptionalSchemas.of(schema) : schema);
        }
        return new Shape(builder.build(), leaves);
    }

    private void collect(
            List<Field> above, Field field, String prefix, boolean concerned, boolean optional, List<Leaf> into) {
        List<Field> path = new ArrayList<>(above);
        path.add(field);
        boolean nullable = optional || field.schema().isOptional();
        if (!concerned || field.schema().type() != Schema.Type.STRUCT) {
            into.add(new Leaf(path, prefix + field.name(), nullable));
            return;
        }
        for (Field inner : field.schema().fields()) {
            collect(path, inner, prefix + field.name() + declaration.delimiter(), true, nullable, into);
        }
    }
}
