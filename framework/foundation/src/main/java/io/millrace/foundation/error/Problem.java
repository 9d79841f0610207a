package io.millrace.foundation.error;

/**
 * One thing that is wrong, in the words a user reads.
 *
 * @param severity whether it stops the command
 * @param code stable, {@code area.what} in lower case, for example {@code pipeline.unknown-field}
 * @param place {@code file:line:column}, or {@code connector-task topic-partition@offset}, or the name of what was asked for; may be
 *     empty
 * @param message what is wrong, with the offending value in single quotes; one sentence ending in a full stop
 * @param remedy what to do; one or more sentences; may be empty
 */
public record Problem(Severity severity, String code, String place, String message, String remedy) {

    /** Whether a problem stops the command. */
    public enum Severity {
        ERROR,
        WARNING
    }

    public static Problem error(String code, String place, String message, String remedy) {
        return new Problem(Severity.ERROR, code, place, message, remedy);
    }

    public static Problem warning(String code, String place, String message, String remedy) {
        return new Problem(Severity.WARNING, code, place, message, remedy);
    }

    /** The line a user reads: {@code place [code] message remedy}. */
    public String text() {
        StringBuilder line = new StringBuilder();
        if (!place.isEmpty()) {
            line.append(place).append(' ');
        }
        line.append('[').append(code).append("] ").append(message);
        if (!remedy.isEmpty()) {
            line.append(' ').append(remedy);
        }
        return line.toString();
    }

    @Override
    public String toString() {
        return text();
    }
}
