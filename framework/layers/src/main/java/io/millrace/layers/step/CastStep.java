package io.millrace.layers.step;

import io.millrace.expression.Casts;
import io.millrace.expression.type.ConnectTypes;
import io.millrace.expression.type.DataType;
import io.millrace.expression.type.EvaluationException;
import io.millrace.layers.record.SchemaCache;
import io.millrace.pipeline.step.Cast;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** Casts fields, in their places. A row that lacks one is a dead letter. */
final class CastStep implements RecordStep {
    private record Column(Field from, Field to, @Nullable DataType target) {}

    private record Shape(Schema schema, List<Column> columns) {}

    private final Cast declaration;
    private final SchemaCache<Shape> shapes = new SchemaCache<>();

    CastStep(Cast declaration) {
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
        for (Column column : shape.columns()) {
            Object value = Reshape.value(row, column.from());
            output.put(column.to(), column.target() == null ? value : cast(value, column, column.target()));
        }
        return input.with(output);
    }

    private static @Nullable Object cast(@Nullable Object value, Column column, DataType target) {
        try {
            Object runtime = ConnectTypes.read(value, column.from().schema());
            return ConnectTypes.write(Casts.cast(runtime, target), column.to().schema());
        } catch (EvaluationException e) {
            EvaluationException named =
                    new EvaluationException(e.code(), "'" + column.from().name() + "': " + e.getMessage());
            named.initCause(e);
            throw named;
        }
    }

    private Shape shape(Schema input) {
        for (String field : declaration.types().keySet()) {
            if (input.field(field) == null) {
                throw new RecordFault(name(), "layers.missing-field", "the row has no field '" + field + "'");
            }
        }
        Map<String, DataType> types = declaration.types();
        SchemaBuilder builder = SchemaBuilder.struct();
        for (Field field : input.fields()) {
            DataType target = types.get(field.name());
            boolean required = !field.schema().isOptional();
            builder.field(field.name(), target == null ? field.schema() : ConnectTypes.schema(target, required));
        }
        Schema output = builder.build();
        List<Column> columns = new ArrayList<>();
        for (Field field : input.fields()) {
            columns.add(new Column(field, output.field(field.name()), types.get(field.name())));
        }
        return new Shape(output, columns);
    }
}
