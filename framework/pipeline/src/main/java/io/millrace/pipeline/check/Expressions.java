package io.millrace.pipeline.check;

import io.millrace.expression.AggregateExpression;
import io.millrace.expression.Expression;
import io.millrace.expression.ExpressionCompiler;
import io.millrace.expression.ExpressionException;
import io.millrace.expression.type.DataType;
import io.millrace.expression.type.DataTypes;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import io.millrace.pipeline.yaml.Diagnostics;
import io.millrace.pipeline.yaml.Place;
import io.millrace.pipeline.yaml.YamlScalar;
import java.util.Optional;

/** Compiles what stands in the file and tells the faults at their place in it. */
final class Expressions {
    private final ExpressionCompiler compiler = new ExpressionCompiler();

    Optional<Expression> compile(YamlScalar text, RowType row, RowType key, Diagnostics diagnostics) {
        try {
            return Optional.of(compiler.compile(text.text(), row, key));
        } catch (ExpressionException e) {
            tell(text, e, diagnostics);
            return Optional.empty();
        }
    }

    /** An expression that must be a condition. */
    Optional<Expression> condition(YamlScalar text, RowType row, RowType key, Diagnostics diagnostics) {
        Optional<Expression> compiled = compile(text, row, key, diagnostics);
        if (compiled.isPresent()) {
            DataType type = compiled.get().type();
            if (type != ScalarType.BOOL && type != ScalarType.UNKNOWN) {
                diagnostics.error(
                        "pipeline.not-a-condition",
                        text.place(),
                        "'" + text.text() + "' is " + type.text() + ", not a condition.",
                        "Compare it with something: the result must be true or false.");
                return Optional.empty();
            }
        }
        return compiled;
    }

    Optional<AggregateExpression> compileAggregate(YamlScalar text, RowType row, Diagnostics diagnostics) {
        try {
            return Optional.of(compiler.compileAggregate(text.text(), row));
        } catch (ExpressionException e) {
            tell(text, e, diagnostics);
            return Optional.empty();
        }
    }

    Optional<DataType> type(String text, Place place, Diagnostics diagnostics) {
        try {
            return Optional.of(DataTypes.parse(text));
        } catch (IllegalArgumentException e) {
            diagnostics.error(
                    "pipeline.type", place, Optional.ofNullable(e.getMessage()).orElse(text), "");
            return Optional.empty();
        }
    }

    private static void tell(YamlScalar text, ExpressionException e, Diagnostics diagnostics) {
        for (ExpressionException.Fault fault : e.faults()) {
            diagnostics.error(
                    fault.code(), text.placeAt(fault.line(), fault.column()), fault.message(), fault.remedy());
        }
    }
}
