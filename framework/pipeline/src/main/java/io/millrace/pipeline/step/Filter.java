package io.millrace.pipeline.step;

import io.millrace.expression.Expression;
import io.millrace.expression.type.RowType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code filter: {rule: condition}}: a record on which a condition is not true is dropped and counted under the rule's name. On a table
 * a row that no longer passes is deleted from it.
 *
 * @param conditions rule name to condition, in the order written
 */
public record Filter(String name, Map<String, Expression> conditions) implements Step {

    public Filter {
        conditions = Collections.unmodifiableMap(new LinkedHashMap<>(conditions));
    }

    @Override
    public Kind kind() {
        return Kind.FILTER;
    }

    @Override
    public RowType outputType(RowType input) {
        return input;
    }
}
