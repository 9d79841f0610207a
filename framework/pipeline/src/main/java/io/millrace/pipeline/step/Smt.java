package io.millrace.pipeline.step;

import io.millrace.expression.type.RowType;
import java.util.Map;

/**
 * {@code smt: {class: ..., ...}}: any Kafka Connect transform, run on the record with topic, partition and headers. Null from it drops the
 * record under rule {@code smt}. The type of what leaves it is unknown.
 *
 * @param transformClass class or alias
 * @param config its configuration, without prefix
 */
public record Smt(String name, String transformClass, Map<String, String> config) implements Step {

    public Smt {
        config = Map.copyOf(config);
    }

    @Override
    public Kind kind() {
        return Kind.SMT;
    }

    @Override
    public RowType outputType(RowType input) {
        return RowType.ANY;
    }
}
