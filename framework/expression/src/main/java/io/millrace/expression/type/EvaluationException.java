package io.millrace.expression.type;

/** A record on which an expression has no value: a fault of the record, to be dead-lettered. */
public final class EvaluationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String code;

    /**
     * @param code stable, {@code expression.<what>}, for example {@code expression.overflow}
     * @param message what is wrong and in which part of the expression; never a record's contents
     */
    public EvaluationException(String code, String message) {
        super(message);
        this.code = code;
    }

    public String code() {
        return code;
    }
}
