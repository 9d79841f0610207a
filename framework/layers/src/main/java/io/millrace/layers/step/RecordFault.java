package io.millrace.layers.step;

/** A record that a step refuses, from where no {@link Outcome} can be returned. */
final class RecordFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String rule;
    private final String code;

    RecordFault(String rule, String code, String message) {
        super(message);
        this.rule = rule;
        this.code = code;
    }

    String rule() {
        return rule;
    }

    String code() {
        return code;
    }
}
