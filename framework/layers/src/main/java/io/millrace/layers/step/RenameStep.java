package io.millrace.layers.step;

import io.millrace.pipeline.step.Rename;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;

/** Gives fields other names, in their places. A name that the row has not is passed over; two fields of one name are a dead letter. */
final class RenameStep implements RecordStep {
    private final Rename declaration;
    private final Reshape reshape;

    RenameStep(Rename declaration) {
        this.declaration = declaration;
        this.reshape = new Reshape(schema -> moves(schema, declaration.names()));
    }

    @Override
    public String name() {
        return declaration.name();
    }

    @Override
    public Outcome apply(StepRecord input) {
        return input.with(reshape.apply(input.row()));
    }

    private List<Reshape.Move> moves(Schema schema, Map<String, String> names) {
        List<Reshape.Move> moves = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        for (Field field : schema.fields()) {
            String to = names.getOrDefault(field.name(), field.name());
            if (!taken.add(to)) {
                throw new RecordFault(name(), "layers.duplicate-field", "the row would have two fields '" + to + "'");
            }
            moves.add(new Reshape.Move(field, to));
        }
        return moves;
    }
}
