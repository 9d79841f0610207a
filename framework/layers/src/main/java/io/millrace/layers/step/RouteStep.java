package io.millrace.layers.step;

import io.millrace.expression.Expression;
import io.millrace.expression.Scope;
import io.millrace.expression.type.EvaluationException;
import io.millrace.pipeline.step.Route;
import java.util.Map;

/** Assigns a record to the first branch whose condition is true, or to none. */
final class RouteStep implements RecordStep {
    private final Route declaration;

    RouteStep(Route declaration) {
        this.declaration = declaration;
    }

    @Override
    public String name() {
        return declaration.name();
    }

    @Override
    public Outcome apply(StepRecord input) {
        Scope scope = input.scope();
        for (Map.Entry<String, Expression> branch : declaration.branches().entrySet()) {
            try {
                if (branch.getValue().holds(scope)) {
                    return input.routed(branch.getKey());
                }
            } catch (EvaluationException e) {
                return new Outcome.Failed(name(), branch.getKey(), e.code(), String.valueOf(e.getMessage()), e);
            }
        }
        return input;
    }
}
