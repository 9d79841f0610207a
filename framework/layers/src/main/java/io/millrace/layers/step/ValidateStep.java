package io.millrace.layers.step;

import io.millrace.expression.Expression;
import io.millrace.expression.Scope;
import io.millrace.expression.type.EvaluationException;
import io.millrace.pipeline.step.Validate;
import java.util.Map;

/** The first condition that is not true makes a dead letter under its rule. */
final class ValidateStep implements RecordStep {
    private final Validate declaration;

    ValidateStep(Validate declaration) {
        this.declaration = declaration;
    }

    @Override
    public String name() {
        return declaration.name();
    }

    @Override
    public Outcome apply(StepRecord input) {
        Scope scope = input.scope();
        for (Map.Entry<String, Expression> condition : declaration.conditions().entrySet()) {
            Expression expression = condition.getValue();
            try {
                if (!expression.holds(scope)) {
                    String message = "the record does not satisfy '" + expression.text() + "'";
                    return new Outcome.Failed(name(), condition.getKey(), "validate.failed", message, null);
                }
            } catch (EvaluationException e) {
                return new Outcome.Failed(name(), condition.getKey(), e.code(), String.valueOf(e.getMessage()), e);
            }
        }
        return input;
    }
}
