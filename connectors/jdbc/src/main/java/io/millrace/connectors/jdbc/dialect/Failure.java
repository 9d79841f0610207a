package io.millrace.connectors.jdbc.dialect;

import io.millrace.connectors.jdbc.table.RowRejected;

/**
 * What a database's error means.
 *
 * @param code stable, without {@code jdbc.}
 * @param message one sentence, without values
 * @param remedy what to do; empty for a row
 */
public record Failure(Kind kind, String code, String message, String remedy) {

    /** Whose failure it is. */
    public enum Kind {
        /** It may pass by itself: connections, locks, room. */
        TRANSIENT,
        /** A row can never be written. */
        ROW,
        /** The table is not as it was last seen. */
        STALE,
        /** Somebody has to do something first. */
        FATAL
    }

    static Failure row(String code, String message) {
        return new Failure(Kind.ROW, code, message, "");
    }

    static Failure passing(String message) {
        return new Failure(Kind.TRANSIENT, "unavailable", message, "");
    }

    static Failure stale(String message) {
        return new Failure(
                Kind.STALE,
                "schema",
                message,
                "Look at the table in the database; the sink reads it anew when it starts again.");
    }

    static Failure fatal(String code, String message, String remedy) {
        return new Failure(Kind.FATAL, code, message, remedy);
    }

    public RowRejected asRejection() {
        return new RowRejected(code, message);
    }

    /** Code, message and remedy. */
    public String text() {
        return "jdbc." + code + ": " + message + (remedy.isEmpty() ? "" : " " + remedy);
    }
}
