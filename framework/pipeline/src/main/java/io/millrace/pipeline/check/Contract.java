package io.millrace.pipeline.check;

import io.millrace.expression.type.DataType;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import io.millrace.foundation.config.DidYouMean;
import io.millrace.pipeline.model.ContractModel;
import io.millrace.pipeline.model.Fields;
import io.millrace.pipeline.model.Located;
import io.millrace.pipeline.yaml.Diagnostics;
import io.millrace.pipeline.yaml.YamlScalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A checked contract.
 *
 * @param key in order; each is a field of the row
 * @param keyIsWrong whether a problem told elsewhere keeps the key unknown
 * @param row closed; the fields of the key are required
 */
record Contract(String name, List<String> key, boolean keyIsWrong, RowType row) {
    Contract {
        key = List.copyOf(key);
    }

    static Contract check(ContractModel model, Expressions expressions, Diagnostics diagnostics) {
        List<String> names =
                model.fields().stream().map(ContractModel.FieldModel::name).toList();
        List<String> key = new ArrayList<>();
        for (Located<String> field : model.key()) {
            if (!names.contains(field.value())) {
                diagnostics.error(
                        "pipeline.no-such-field",
                        field.place(),
                        "'" + field.value() + "', of the key, is not a field of contract '" + model.name() + "'.",
                        DidYouMean.hint(field.value(), names) + "Fields: " + Fields.sorted(names) + ".");
            } else if (key.contains(field.value())) {
                diagnostics.error(
                        "pipeline.duplicate-field",
                        field.place(),
                        "'" + field.value() + "' is in the key twice.",
                        "Keep one of them.");
            } else {
                key.add(field.value());
            }
        }
        List<RowType.Field> fields = new ArrayList<>();
        for (ContractModel.FieldModel field : model.fields()) {
            boolean required =
                    field.type().map(text -> text.text().endsWith("!")).orElse(false);
            Optional<DataType> type = field.type().flatMap(text -> type(text, required, expressions, diagnostics));
            fields.add(new RowType.Field(
                    field.name(), type.orElse(ScalarType.UNKNOWN), required || key.contains(field.name())));
        }
        return new Contract(model.name(), key, key.size() < model.key().size(), new RowType(fields, false));
    }

    private static Optional<DataType> type(
            YamlScalar scalar, boolean required, Expressions expressions, Diagnostics diagnostics) {
        String text = scalar.text();
        return expressions.type(required ? text.substring(0, text.length() - 1) : text, scalar.place(), diagnostics);
    }

    /** The types of the key's fields. */
    RowType keyType() {
        return keyType(key, row);
    }

    static RowType keyType(List<String> key, RowType row) {
        if (key.isEmpty()) {
            return RowType.ANY;
        }
        return new RowType(
                key.stream()
                        .map(name -> row.field(name).orElse(new RowType.Field(name, ScalarType.UNKNOWN, true)))
                        .toList(),
                false);
    }
}
