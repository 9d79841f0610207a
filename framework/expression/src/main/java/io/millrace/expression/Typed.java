package io.millrace.expression;

import io.millrace.expression.type.DataType;
import io.millrace.expression.type.DecimalType;
import io.millrace.expression.type.ScalarType;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A node and what is known of its values.
 *
 * @param constant the value, where the text has it
 * @param isNull whether it is the word null, which goes with every type
 */
record Typed(Node node, DataType type, @Nullable Object constant, boolean isNull) {
    static final Typed NULL = new Typed((scope, locals) -> null, ScalarType.UNKNOWN, null, true);

    static Typed of(Node node, DataType type) {
        return new Typed(node, type, null, false);
    }

    static Typed constant(Object value, DataType type) {
        return new Typed((scope, locals) -> value, type, value, false);
    }

    /** A number in the text that meets a decimal is that decimal from the start, so that its scale is known. */
    Typed asDecimalConstant() {
        if (constant == null || type instanceof DecimalType) {
            return this;
        }
        return Decimals.of(constant).map(Typed::decimal).orElse(this);
    }

    private static Typed decimal(BigDecimal number) {
        int scale = number.scale();
        if (scale > DecimalType.MAX_PRECISION || number.precision() > DecimalType.MAX_PRECISION) {
            return constant(number, ScalarType.UNKNOWN);
        }
        return constant(number, new DecimalType(Math.max(number.precision(), Math.max(1, scale)), scale));
    }
}
