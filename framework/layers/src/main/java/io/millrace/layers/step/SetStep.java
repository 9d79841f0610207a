package io.millrace.layers.step;

import io.millrace.expression.Scope;
import io.millrace.expression.type.ConnectTypes;
import io.millrace.expression.type.EvaluationException;
import io.millrace.pipeline.step.SetFields;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** Sets fields to what expressions give; all see the record as it came. */
final class SetStep implements RecordStep {
    private final SetFields declaration;
    private final List<Optional<Schema>> known;
    private final Assigning assigning;

    SetStep(SetFields declaration) {
        this.declaration = declaration;
        this.known = declaration.assignments().stream()
                .map(assignment -> TypedValues.schema(assignment.expression().type()))
                .toList();
        this.assigning = new Assigning(declaration.assignments().stream()
                .map(SetFields.Assignment::field)
                .toList());
    }

    @Override
    public String name() {
        return declaration.name();
    }

    @Override
    public Outcome apply(StepRecord input) {
        Struct row = input.row();
        Scope scope = input.scope();
        int count = declaration.assignments().size();
        Schema[] schemas = new Schema[count];
        @Nullable Object[] values = new Object[count];
        for (int i = 0; i < count; i++) {
            SetFields.Assignment assignment = declaration.assignments().get(i);
            try {
                Object value = assignment.expression().evaluate(scope);
                schemas[i] = known.get(i).orElseGet(() -> inferred(row, assignment.field(), value));
                values[i] = ConnectTypes.write(value, schemas[i]);
            } catch (EvaluationException e) {
                throw in("'" + assignment.field() + "'", e);
            }
        }
        return input.with(assigning.apply(row, schemas, values));
    }

    private static Schema inferred(Struct row, String name, @Nullable Object value) {
        Field before = row.schema().field(name);
        return TypedValues.schemaOf(value, before == null ? null : before.schema());
    }

    private static EvaluationException in(String field, EvaluationException e) {
        EvaluationException named = new EvaluationException(e.code(), field + ": " + e.getMessage());
        named.initCause(e);
        return named;
    }
}
