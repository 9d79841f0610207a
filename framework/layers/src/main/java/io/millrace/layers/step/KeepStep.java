package io.millrace.layers.step;

import io.millrace.pipeline.step.Keep;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;

/** These fields, in this order. A row that lacks one is a dead letter. */
final class KeepStep implements RecordStep {
    private final Keep declaration;
    private final Reshape reshape;

    KeepStep(Keep declaration) {
        this.declaration = declaration;
        this.reshape = new Reshape(schema -> moves(schema, declaration.fields()));
    }

    @Override
    public String name() {
        return declaration.name();
    }

    @Override
    public Outcome apply(StepRecord input) {
        return input.with(reshape.apply(input.row()));
    }

    private List<Reshape.Move> moves(Schema schema, List<String> fields) {
        List<Reshape.Move> moves = new ArrayList<>();
        for (String name : fields) {
            Field field = schema.field(name);
            if (field == null) {
                throw new RecordFault(name(), "layers.missing-field", "the row has no field '" + name + "'");
            }
            moves.add(new Reshape.Move(field, name));
        }
        return moves;
    }
}
