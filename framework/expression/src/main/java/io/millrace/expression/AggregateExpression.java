package io.millrace.expression;

import io.millrace.expression.type.DataType;
import java.util.Optional;

/**
 * An aggregate call such as {@code sum(value.revenue)}.
 *
 * @param text as the user wrote it
 * @param function which aggregate
 * @param argument what is aggregated; empty for {@code count()}
 * @param type of the result: int64 for count; for sum int64 of ints, double of floats and doubles, decimal(38, scale) of decimals
 */
public record AggregateExpression(String text, Function function, Optional<Expression> argument, DataType type) {

    /** The aggregates over a table: each can add a row and take it away again. */
    public enum Function {
        COUNT,
        SUM
    }
}
