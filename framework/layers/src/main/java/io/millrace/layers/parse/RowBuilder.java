package io.millrace.layers.parse;

import io.millrace.expression.Casts;
import io.millrace.expression.type.ConnectTypes;
import io.millrace.expression.type.DataType;
import io.millrace.expression.type.EvaluationException;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import java.util.List;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** Makes rows of one closed type from runtime values, cast where they are not of their field's type. Immutable. */
final class RowBuilder {
    private final List<RowType.Field> types;
    private final Schema schema;
    private final Field[] fields;

    RowBuilder(RowType row) {
        this.types = row.fields();
        this.schema = ConnectTypes.schema(row, true);
        this.fields = schema.fields().toArray(new Field[0]);
    }

    int size() {
        return fields.length;
    }

    List<String> names() {
        return types.stream().map(RowType.Field::name).toList();
    }

    /**
     * @param values runtime values in the order of the fields
     * @throws ParseFault when one has no place in its field
     */
    Struct row(@Nullable Object[] values) {
        Struct row = new Struct(schema);
        for (int i = 0; i < fields.length; i++) {
            row.put(fields[i], value(types.get(i), fields[i].schema(), values[i]));
        }
        return row;
    }

    static @Nullable Object value(RowType.Field type, Schema schema, @Nullable Object value) {
        if (value == null) {
            if (type.required()) {
                throw new ParseFault("required field '" + type.name() + "' is missing or null");
            }
            return null;
        }
        if (value instanceof String && type.type() == ScalarType.STRING) {
            return value;
        }
        return cast(type.name(), type.type(), schema, value);
    }

    private static @Nullable Object cast(String name, DataType type, Schema schema, Object value) {
        try {
            return ConnectTypes.write(Casts.cast(value, type), schema);
        } catch (EvaluationException e) {
            throw new ParseFault("field '" + name + "': " + e.getMessage());
        }
    }
}
