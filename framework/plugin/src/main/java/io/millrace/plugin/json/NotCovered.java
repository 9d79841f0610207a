package io.millrace.plugin.json;

/** This record is for Apache's class. Carries no trace: it may be thrown for each record, and never leaves the package. */
final class NotCovered extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final NotCovered ONE = new NotCovered();

    private NotCovered() {
        super("this record is for Apache's class", null, false, false);
    }

    static NotCovered here() {
        return ONE;
    }
}
