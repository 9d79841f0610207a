package io.millrace.expression;

import io.millrace.expression.AggregateExpression.Function;
import io.millrace.expression.type.DataType;
import io.millrace.expression.type.DecimalType;
import io.millrace.expression.type.ScalarType;

/** The types of aggregates, by the type of what they are given. */
final class AggregateTypes {
    private AggregateTypes() {}

    /**
     * The type of the result.
     *
     * @throws ExpressionException where the function is not defined for the argument
     */
    static DataType of(Function function, DataType argument, long node, Faults faults) throws ExpressionException {
        return switch (function) {
            case COUNT -> ScalarType.INT64;
            case SUM, AVG -> number(function, argument, node, faults);
            case MIN, MAX, FIRST, LAST -> scalar(function, argument, node, faults);
            case COUNT_DISTINCT -> {
                scalar(function, argument, node, faults);
                yield ScalarType.INT64;
            }
        };
    }

    private static DataType number(Function function, DataType argument, long node, Faults faults)
            throws ExpressionException {
        if (Types.isFloating(argument)) {
            return ScalarType.DOUBLE;
        }
        if (Types.isInt(argument)) {
            return function == Function.SUM ? ScalarType.INT64 : Types.decimal(Decimals.divisionScale(0, 0));
        }
        if (argument instanceof DecimalType decimal) {
            return Types.decimal(
                    function == Function.SUM ? decimal.scale() : Decimals.divisionScale(decimal.scale(), 0));
        }
        String word = function.word();
        faults.add(
                "expression.aggregate",
                node,
                "'" + word + "' needs a number whose type is known and found a value of type " + argument.text() + ".",
                "Write " + word + "(decimal(x, scale)), " + word + "(int(x)) or " + word + "(double(x)).");
        throw new ExpressionException(faults.list());
    }

    private static DataType scalar(Function function, DataType argument, long node, Faults faults)
            throws ExpressionException {
        boolean ordered = argument instanceof DecimalType
                || argument instanceof ScalarType && argument != ScalarType.UNKNOWN && argument != ScalarType.BYTES;
        if (ordered) {
            return argument;
        }
        faults.add(
                "expression.aggregate",
                node,
                "'" + function.word()
                        + "' needs a number, string, bool, date or timestamp whose type is known and found a value of type "
                        + argument.text() + ".",
                "Convert it: " + function.word() + "(string(x)), or give the field a type with 'cast' or a contract.");
        throw new ExpressionException(faults.list());
    }
}
