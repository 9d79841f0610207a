package io.millrace.layers.step;

import io.millrace.expression.Expression;
import io.millrace.expression.Scope;
import io.millrace.expression.type.EvaluationException;
import io.millrace.pipeline.step.Filter;
import java.util.Map;

/** The first condition that is not true drops the record under its rule. */
final class FilterStep implements RecordStep {
    private final Filter declaration;

    FilterStep(Filter declaration) {
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
            try {
                if (!condition.getValue().holds(scope)) {
                    return new Outcome.Dropped(condition.getKey(), true);
                }
            } catch (EvaluationException e) {
                return new Outcome.Failed(name(), condition.getKey(), e.code(), String.valueOf(e.getMessage()), e);
            }
        }
        return input;
    }
}
