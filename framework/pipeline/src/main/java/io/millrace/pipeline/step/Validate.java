package io.millrace.pipeline.step;

import io.millrace.expression.Expression;
import io.millrace.expression.type.RowType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code validate: {rule: condition}}: a record on which a condition is not true (false, or null) is a dead letter under the rule's name;
 * the first rule that fails decides.
 *
 * @param conditions rule name to condition, in the order written
 */
public record Validate(String name, Map<String, Expression> conditions) implements Step {

    public Validate {
        conditions = Collections.unmodifiableMap(new LinkedHashMap<>(conditions));
    }

    @Override
    public Kind kind() {
        return Kind.VALIDATE;
    }

    @Override
    public RowType outputType(RowType input) {
        return input;
    }
}
