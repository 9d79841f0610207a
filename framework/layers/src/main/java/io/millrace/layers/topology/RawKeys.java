package io.millrace.layers.topology;

import io.millrace.expression.type.DataType;
import io.millrace.expression.type.DecimalType;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import io.millrace.layers.record.Keys;
import io.millrace.layers.record.RowKeys;
import io.millrace.pipeline.plan.StreamPlan;
import io.millrace.pipeline.step.Rename;
import io.millrace.pipeline.step.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether the keys that Debezium writes are those of the stream. They are not where a column of the key is a timestamp (written in
 * milliseconds or as text, by its precision) or a decimal (a struct, where it has no scale), or where a column is renamed: then each change
 * gets the key that its row makes, a delete that of the row it had, and moves to where rows of that key are.
 */
final class RawKeys {
    private RawKeys() {}

    /** How the row of a change event makes the stream's key; empty where the key that it has is right. */
    static Optional<RowKeys> of(StreamPlan stream) {
        boolean unwraps = !stream.steps().isEmpty() && stream.steps().get(0).kind() == Step.Kind.UNWRAP;
        // The key of an aggregate is that of its groups; what it counts are rows, under the keys that they have.
        boolean aggregates = stream.steps().stream().anyMatch(step -> step.kind() == Step.Kind.AGGREGATE);
        if (!unwraps
                || aggregates
                || stream.contract().isEmpty()
                || stream.key().isEmpty()) {
            return Optional.empty();
        }
        List<String> columns = new ArrayList<>();
        boolean other = false;
        for (String field : stream.key()) {
            String column = column(field, stream.steps());
            columns.add(column);
            other |= !column.equals(field) || isWrittenOtherwise(field, stream.type());
        }
        return other ? Optional.of(RowKeys.of(columns, Keys.of(stream.key(), stream.type()))) : Optional.empty();
    }

    private static String column(String field, List<Step> steps) {
        String name = field;
        for (int i = steps.size() - 1; i >= 0; i--) {
            if (steps.get(i) instanceof Rename rename) {
                for (Map.Entry<String, String> renamed : rename.names().entrySet()) {
                    if (renamed.getValue().equals(name)) {
                        name = renamed.getKey();
                        break;
                    }
                }
            }
        }
        return name;
    }

    private static boolean isWrittenOtherwise(String field, RowType row) {
        DataType type = row.field(field).map(RowType.Field::type).orElse(ScalarType.UNKNOWN);
        return type == ScalarType.TIMESTAMP || type instanceof DecimalType;
    }
}
