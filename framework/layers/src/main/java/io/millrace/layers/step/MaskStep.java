package io.millrace.layers.step;

import io.millrace.expression.Casts;
import io.millrace.expression.type.ConnectTypes;
import io.millrace.expression.type.ScalarType;
import io.millrace.layers.record.SchemaCache;
import io.millrace.pipeline.step.Mask;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** Masks fields, one after the other. A row that lacks one is a dead letter: what a wrong name left readable would be out. */
final class MaskStep implements RecordStep {
    private static final Schema REQUIRED = Schema.STRING_SCHEMA;
    private static final Schema OPTIONAL = Schema.OPTIONAL_STRING_SCHEMA;

    /** One field's way, and the schemas that it makes. */
    private record Running(List<String> path, Masking masking, SchemaCache<Schema> schemas) {}

    private final Mask declaration;
    private final List<Running> masks;

    MaskStep(Mask declaration) {
        this.declaration = declaration;
        this.masks = declaration.masks().stream()
                .map(mask -> new Running(mask.path(), Masking.of(mask.way()), new SchemaCache<>()))
                .toList();
    }

    @Override
    public String name() {
        return declaration.name();
    }

    @Override
    public Outcome apply(StepRecord input) {
        Struct row = input.row();
        for (Running mask : masks) {
            Schema schema = mask.schemas().get(row.schema(), it -> schema(it, mask.path(), 0));
            row = (Struct) Objects.requireNonNull(masked(row, row.schema(), schema, mask, 0));
        }
        return input.with(row);
    }

    private Schema schema(Schema input, List<String> path, int at) {
        if (input.type() == Schema.Type.ARRAY) {
            SchemaBuilder list = SchemaBuilder.array(schema(input.valueSchema(), path, at));
            return (input.isOptional() ? list.optional() : list).build();
        }
        if (at == path.size()) {
            if (input.type() == Schema.Type.STRUCT || input.type() == Schema.Type.MAP) {
                throw new RecordFault(
                        name(),
                        "layers.not-a-single-value",
                        "'" + String.join(".", path) + "' is of type "
                                + input.type().getName() + ", not a single value");
            }
            return input.isOptional() ? OPTIONAL : REQUIRED;
        }
        if (input.type() != Schema.Type.STRUCT || input.field(path.get(at)) == null) {
            throw new RecordFault(
                    name(), "layers.missing-field", "the row has no field '" + String.join(".", path) + "'");
        }
        SchemaBuilder struct = SchemaBuilder.struct();
        for (Field field : input.fields()) {
            boolean concerned = field.name().equals(path.get(at));
            struct.field(field.name(), concerned ? schema(field.schema(), path, at + 1) : field.schema());
        }
        return (input.isOptional() ? struct.optional() : struct).build();
    }

    private static @Nullable Object masked(@Nullable Object value, Schema from, Schema to, Running mask, int at) {
        if (value == null) {
            return null;
        }
        if (from.type() == Schema.Type.ARRAY) {
            List<@Nullable Object> items = new ArrayList<>();
            for (Object item : (List<?>) value) {
                items.add(masked(item, from.valueSchema(), to.valueSchema(), mask, at));
            }
            return items;
        }
        if (at == mask.path().size()) {
            Object text = Casts.cast(ConnectTypes.read(value, from), ScalarType.STRING);
            return mask.masking().apply(String.valueOf(text));
        }
        Struct row = (Struct) value;
        Struct output = new Struct(to);
        for (Field field : from.fields()) {
            Field target = to.fields().get(field.index());
            Object inner = Reshape.value(row, field);
            boolean concerned = field.name().equals(mask.path().get(at));
            output.put(target, concerned ? masked(inner, field.schema(), target.schema(), mask, at + 1) : inner);
        }
        return output;
    }
}
