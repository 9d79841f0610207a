package io.millrace.plugin.fusion;

/** This is for the transforms themselves. Carries no trace: it may be thrown for each record, and never leaves the package. */
final class NotFused extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final NotFused ONE = new NotFused();

    private NotFused() {
        super("this record is for the transforms themselves", null, false, false);
    }

    static NotFused here() {
        return ONE;
    }
}
