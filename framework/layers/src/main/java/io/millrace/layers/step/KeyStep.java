package io.millrace.layers.step;

import io.millrace.pipeline.step.KeyBy;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/** Finds out, before a record gets a new key, that its row has what the key is made of. The key itself is made when the record leaves. */
public final class KeyStep implements RecordStep {
    private static final String CODE = "layers.key";

    private final KeyBy declaration;

    public KeyStep(KeyBy declaration) {
        this.declaration = declaration;
    }

    @Override
    public String name() {
        return declaration.name();
    }

    @Override
    public Outcome apply(StepRecord input) {
        Struct row = input.row();
        for (String name : declaration.fields()) {
            Field field = row.schema().field(name);
            if (field == null) {
                return failed("the row has no field '" + name + "', which is in the key");
            }
            if (row.getWithoutDefault(name) == null) {
                return failed("'" + name + "', which is in the key, is null");
            }
            Schema.Type type = field.schema().type();
            if (type == Schema.Type.STRUCT || type == Schema.Type.ARRAY || type == Schema.Type.MAP) {
                return failed("'" + name + "' of a key cannot hold a list, a map or a row");
            }
        }
        return input;
    }

    private Outcome failed(String message) {
        return new Outcome.Failed(name(), name(), CODE, message, null);
    }
}
