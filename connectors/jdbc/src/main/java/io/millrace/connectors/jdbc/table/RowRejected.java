package io.millrace.connectors.jdbc.table;

import org.apache.kafka.connect.errors.DataException;

/** A record that the target can never hold. The message starts with a stable code and names columns and constraints, never values. */
public final class RowRejected extends DataException {
    private static final long serialVersionUID = 1L;

    private final String code;

    /** @param code stable, without {@code jdbc.} */
    public RowRejected(String code, String message) {
        this("jdbc." + code + ": " + message);
    }

    /** @param text code, colon and message, as {@link #getMessage} gave them */
    public RowRejected(String text) {
        super(text);
        this.code = text.substring(0, Math.max(0, text.indexOf(':')));
    }

    public String code() {
        return code;
    }
}
