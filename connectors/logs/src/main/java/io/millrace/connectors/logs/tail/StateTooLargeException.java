package io.millrace.connectors.logs.tail;

/** A log has more files than fit into its state. */
public final class StateTooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StateTooLargeException(String log, int files) {
        super("Log '" + log + "' has " + files
                + " files, and the places in all of them do not fit into one record of offsets."
                + " Remove old files, or name fewer by 'path' and 'exclude'.");
    }
}
