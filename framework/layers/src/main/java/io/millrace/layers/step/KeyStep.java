package io.millrace.layers.step;

import io.millrace.layers.record.RowKeys;
import io.millrace.pipeline.step.KeyBy;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;

/** Finds out, before a record gets a new key, that its row has what the key is made of. The key itself is made when the record leaves. */
public final class KeyStep implements RecordStep {
    private static final String CODE = "layers.key";

    private final KeyBy declaration;
    private final RowKeys keys;

    public KeyStep(KeyBy declaration) {
        this.declaration = declaration;
        this.keys = RowKeys.of(declaration.fields(), declaration.keyType());
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
        }
        // What has no place in a key is found here, where a dead letter can be made of it.
        keys.of(row);
        return input;
    }

    private Outcome failed(String message) {
        return new Outcome.Failed(name(), name(), CODE, message, null);
    }
}
