package io.millrace.layers.step;

import io.millrace.layers.record.SchemaCache;
import io.millrace.pipeline.step.Explode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** A record for each element of a list. */
final class ExplodeStep implements RecordStep {
    /** The name of the rule under which a record without elements is dropped. */
    private static final String EMPTY = "explode.empty";

    private record Shape(Schema schema, Field list) {}

    private final Explode declaration;
    private final SchemaCache<Shape> shapes = new SchemaCache<>();

    ExplodeStep(Explode declaration) {
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
        List<?> elements = (List<?>) Reshape.value(row, shape.list());
        if (elements == null || elements.isEmpty()) {
            return declaration.keepEmpty() ? input.with(copy(row, shape, null)) : new Outcome.Dropped(EMPTY, true);
        }
        if (elements.size() > Explode.MOST_ELEMENTS) {
            String message = "'" + declaration.field() + "' has " + elements.size() + " elements, and explode makes at"
                    + " most " + Explode.MOST_ELEMENTS + " records of one";
            return new Outcome.Failed(name(), name(), "explode.too-many", message, null);
        }
        List<Outcome> parts = new ArrayList<>(elements.size());
        for (Object element : elements) {
            parts.add(input.with(copy(row, shape, element)));
        }
        return new Outcome.Exploded(parts);
    }

    private static Struct copy(Struct row, Shape shape, @Nullable Object element) {
        Struct output = new Struct(shape.schema());
        List<Field> from = row.schema().fields();
        List<Field> to = shape.schema().fields();
        for (int i = 0; i < from.size(); i++) {
            boolean list = from.get(i).index() == shape.list().index();
            output.put(to.get(i), list ? element : Reshape.value(row, from.get(i)));
        }
        return output;
    }

    private Shape shape(Schema input) {
        Field list = input.field(declaration.field());
        if (list == null) {
            throw new RecordFault(name(), "layers.missing-field", "the row has no field '" + declaration.field() + "'");
        }
        if (list.schema().type() != Schema.Type.ARRAY) {
            throw new RecordFault(
                    name(),
                    "layers.not-a-list",
                    "'" + declaration.field() + "' is of type "
                            + list.schema().type().getName() + ", not a list");
        }
        Set<String> taken = new HashSet<>();
        SchemaBuilder builder = SchemaBuilder.struct();
        for (Field field : input.fields()) {
            boolean exploded = field.index() == list.index();
            String to = exploded ? declaration.as() : field.name();
            if (!taken.add(to)) {
                throw new RecordFault(name(), "layers.duplicate-field", "the row would have two fields '" + to + "'");
            }
            builder.field(to, exploded ? OptionalSchemas.of(list.schema().valueSchema()) : field.schema());
        }
        return new Shape(builder.build(), list);
    }
}
