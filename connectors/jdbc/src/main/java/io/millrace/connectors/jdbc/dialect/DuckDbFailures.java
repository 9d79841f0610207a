package io.millrace.connectors.jdbc.dialect;

import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What DuckDB's errors mean: it has no SQL states, its messages start with the kind of the error. */
final class DuckDbFailures {
    private static final Pattern NOT_NULL =
            Pattern.compile("NOT NULL constraint failed: (.+)\\.([^.]+)$", Pattern.MULTILINE);
    private static final Pattern CHECK = Pattern.compile("CHECK constraint failed on table \"?([^\" ]+)");

    private DuckDbFailures() {}

    static Failure of(SQLException e) {
        String message = e.getMessage() == null ? "" : e.getMessage();
        int colon = message.indexOf(" Error:");
        String kind = colon < 0 ? "" : message.substring(0, colon);
        return switch (kind) {
            case "Constraint" -> constraint(message);
            case "Conversion", "Out of Range", "Invalid Input" ->
                Failure.row("value", "a value is not one of the type of its column.");
            case "Catalog", "Binder" -> Failure.stale("a table is not as expected (" + kind + " Error).");
            case "Permission" ->
                Failure.fatal("privilege", "the database refuses writes.", "Open it for writing, or correct 'url'.");
            case "TransactionContext", "IO", "Connection", "INTERRUPT", "Out of Memory", "Transaction" ->
                Failure.passing("the database is not available (" + kind + " Error)" + lock(message) + ".");
            default ->
                e.getSQLState() != null && e.getSQLState().startsWith("08")
                        ? Failure.passing("the connection is closed.")
                        : Failure.fatal(
                                "failed",
                                "the database refuses a statement (" + (kind.isEmpty() ? "no kind" : kind + " Error")
                                        + ").",
                                "Look at the database with DuckDB's own shell.");
        };
    }

    private static String lock(String message) {
        return message.contains("Could not set lock") ? ": another process has the file open" : "";
    }

    private static Failure constraint(String message) {
        Matcher notNull = NOT_NULL.matcher(message);
        if (notNull.find()) {
            return Failure.row(
                    "null",
                    "column '" + notNull.group(2).trim() + "' of table '" + notNull.group(1) + "' does not take null.");
        }
        Matcher check = CHECK.matcher(message);
        if (check.find()) {
            return Failure.row("check", "a check of table '" + check.group(1) + "' does not hold.");
        }
        if (message.contains("foreign key")) {
            return Failure.row("foreign-key", "a foreign key finds no row that is referred to, or one that refers.");
        }
        if (message.contains("primary key") || message.contains("unique") || message.contains("UNIQUE")) {
            return Failure.row("unique", "a primary key or unique constraint has another row with the same values.");
        }
        return Failure.row("constraint", "a constraint does not hold.");
    }
}
