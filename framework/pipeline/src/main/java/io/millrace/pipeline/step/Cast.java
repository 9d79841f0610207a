package io.millrace.pipeline.step;

import io.millrace.expression.type.DataType;
import io.millrace.expression.type.RowType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code cast: {field: type}}: a value that has no exact place in the type is a dead letter, except that a decimal is rounded HALF_UP at
 * the type's scale; null stays null.
 *
 * @param types field to type, in the order written
 */
public record Cast(String name, Map<String, DataType> types) implements Step {

    public Cast {
        types = Collections.unmodifiableMap(new LinkedHashMap<>(types));
    }

    @Override
    public Kind kind() {
        return Kind.CAST;
    }

    @Override
    public RowType outputType(RowType input) {
        RowType output = input;
        for (Map.Entry<String, DataType> cast : types.entrySet()) {
            boolean required =
                    input.field(cast.getKey()).map(RowType.Field::required).orElse(false);
            output = output.with(new RowType.Field(cast.getKey(), cast.getValue(), required));
        }
        return output;
    }
}
