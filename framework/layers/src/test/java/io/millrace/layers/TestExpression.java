package io.millrace.layers;

import io.millrace.expression.Expression;
import io.millrace.expression.Scope;
import io.millrace.expression.type.ConnectTypes;
import io.millrace.expression.type.DataType;
import io.millrace.expression.type.ScalarType;
import java.util.function.Function;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;

/** An expression in Java, so that the layers are tested apart from CEL. */
public record TestExpression(String text, DataType type, Function<Scope, Object> body) implements Expression {

    public static TestExpression of(String text, DataType type, Function<Scope, Object> body) {
        return new TestExpression(text, type, body);
    }

    public static TestExpression condition(String text, Function<Scope, Object> body) {
        return new TestExpression(text, ScalarType.BOOL, body);
    }

    /** {@code value.<name>}. */
    public static TestExpression field(String name, DataType type) {
        return new TestExpression("value." + name, type, scope -> read(scope.value(), name));
    }

    /** A field's runtime value; null where the row or the field is missing. */
    public static Object read(Struct row, String name) {
        Field field = row == null ? null : row.schema().field(name);
        return field == null ? null : ConnectTypes.read(row.get(field), field.schema());
    }

    @Override
    public Object evaluate(Scope scope) {
        return body.apply(scope);
    }
}
