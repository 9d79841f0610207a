package io.millrace.plugin.fusion;

import java.util.List;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/** A new struct; it checks every value that is put in. */
final class StructExpression implements Expression {
    private final Schema schema;
    private final Field[] fields;
    private final Expression[] values;

    StructExpression(Schema schema, List<Expression> values) {
        this.schema = schema;
        this.fields = schema.fields().toArray(Field[]::new);
        this.values = new Expression[fields.length];
        for (int i = 0; i < fields.length; i++) {
            // What the field requires, the struct itself checks.
            Expression value = values.get(i);
            this.values[i] = fields[i].schema().isOptional() ? value : value.unchecked();
        }
    }

    @Override
    public Struct of(Input input) {
        Struct struct = new Struct(schema);
        for (int i = 0; i < fields.length; i++) {
            struct.put(fields[i], values[i].of(input));
        }
        return struct;
    }

    @Override
    public boolean mayRefuse() {
        return true;
    }
}
