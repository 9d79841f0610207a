package io.millrace.pipeline.check;

import io.millrace.expression.type.DataType;
import io.millrace.expression.type.ListType;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import io.millrace.foundation.config.DidYouMean;
import io.millrace.pipeline.model.Fields;
import io.millrace.pipeline.yaml.Place;
import java.util.List;
import java.util.Optional;

/** Fields inside of rows, written with dots. */
final class Paths {
    private Paths() {}

    static List<String> read(String text) {
        return List.of(text.split("\\.", -1));
    }

    /** The type of what a path leads to, through rows and the elements of lists; empty, with a problem told, where it leads nowhere. */
    static Optional<DataType> check(List<String> path, Place place, StepScope scope) {
        if (!scope.checkField(path.get(0), place)) {
            return Optional.empty();
        }
        DataType type = scope.row().field(path.get(0)).map(RowType.Field::type).orElse(ScalarType.UNKNOWN);
        for (int i = 1; i < path.size(); i++) {
            type = element(type);
            if (type == ScalarType.UNKNOWN) {
                return Optional.of(type);
            }
            String owner = String.join(".", path.subList(0, i));
            if (!(type instanceof RowType row)) {
                scope.diagnostics()
                        .error("pipeline.type", place, "'" + owner + "' is " + type.text() + ": it has no fields.", "");
                return Optional.empty();
            }
            String name = path.get(i);
            Optional<RowType.Field> field = row.field(name);
            if (field.isEmpty() && !row.open()) {
                scope.diagnostics()
                        .error(
                                "pipeline.no-such-field",
                                place,
                                "'" + name + "' is not a field of '" + owner + "'.",
                                DidYouMean.hint(name, row.names()) + "Fields: " + Fields.sorted(row.names()) + ".");
                return Optional.empty();
            }
            type = field.map(RowType.Field::type).orElse(ScalarType.UNKNOWN);
        }
        return Optional.of(element(type));
    }

    private static DataType element(DataType type) {
        return type instanceof ListType list ? element(list.element()) : type;
    }
}
