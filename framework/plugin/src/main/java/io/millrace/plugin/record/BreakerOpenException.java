package io.millrace.plugin.record;

import org.apache.kafka.connect.errors.ConnectException;

/** Too large a share of a stage's records are dead letters: the stage stops, and is not started again by itself. */
public final class BreakerOpenException extends ConnectException {
    private static final long serialVersionUID = 1L;

    /** The stable code of the problem. */
    public static final String CODE = "stage.stop-if";

    BreakerOpenException(String message) {
        super(message);
    }
}
