package io.millrace.pipeline.step;

import io.millrace.expression.Expression;
import io.millrace.expression.type.RowType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code route: {branch: condition}}, the last step of a stream: a record belongs to the first branch whose condition is true, or to none. Its
 * topic holds all of them, the branch in header {@code millrace.route}; another stream reads one branch as {@code <layer>.<name>.<branch>}.
 * A row of a table that leaves a branch is deleted for those that read it.
 *
 * @param branches name to condition, in the order written
 */
public record Route(String name, Map<String, Expression> branches) implements Step {

    public Route {
        branches = Collections.unmodifiableMap(new LinkedHashMap<>(branches));
    }

    @Override
    public Kind kind() {
        return Kind.ROUTE;
    }

    @Override
    public RowType outputType(RowType input) {
        return input;
    }
}
