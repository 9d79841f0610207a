package io.millrace.expression;

import java.util.List;
import java.util.stream.Collectors;

/** An expression that does not check: everything found in it at once. */
public final class ExpressionException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * @param code {@code expression.syntax}, {@code expression.unknown-field}, {@code expression.type} ...
     * @param line of the expression's text, from 1
     * @param column of that line, from 1
     * @param message what is wrong, one sentence
     * @param remedy what to do; may be empty
     */
    public record Fault(String code, int line, int column, String message, String remedy) {}

    private final transient List<Fault> faults;

    public ExpressionException(List<Fault> faults) {
        super(faults.stream().map(Fault::message).collect(Collectors.joining(" ")));
        this.faults = List.copyOf(faults);
    }

    public List<Fault> faults() {
        return faults;
    }
}
