package io.millrace.layers.step;

import io.millrace.pipeline.step.Drop;
import java.util.Set;

/** All fields but these. */
final class DropStep implements RecordStep {
    private final Drop declaration;
    private final Reshape reshape;

    DropStep(Drop declaration) {
        this.declaration = declaration;
        Set<String> dropped = Set.copyOf(declaration.fields());
        this.reshape = new Reshape(schema -> schema.fields().stream()
                .filter(field -> !dropped.contains(field.name()))
                .map(field -> new Reshape.Move(field, field.name()))
                .toList());
    }

    @Override
    public String name() {
        return declaration.name();
    }

    @Override
    public Outcome apply(StepRecord input) {
        return input.with(reshape.apply(input.row()));
    }
}
