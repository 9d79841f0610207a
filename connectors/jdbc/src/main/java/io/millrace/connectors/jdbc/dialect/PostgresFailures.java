package io.millrace.connectors.jdbc.dialect;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What PostgreSQL's errors mean (its documentation, appendix A). Details and hints of the server are left out: they repeat values. */
final class PostgresFailures {
    private PostgresFailures() {}

    static Failure of(SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        @Nullable ServerErrorMessage server = e instanceof PSQLException known ? known.getServerErrorMessage() : null;
        return switch (state) {
            case "23502" -> Failure.row("null", column(server) + " does not take null.");
            case "23503" ->
                Failure.row(
                        "foreign-key", constraint(server) + " finds no row that is referred to, or one that refers.");
            case "23505" -> Failure.row("unique", constraint(server) + " has another row with the same values.");
            case "23514" -> Failure.row("check", constraint(server) + " does not hold.");
            case "23P01" -> Failure.row("exclusion", constraint(server) + " has another row in conflict.");
            case "22001" -> Failure.row("too-long", "a text is too long for a column" + at(server) + ".");
            case "22003" -> Failure.row("out-of-range", "a number is out of the range of a column" + at(server) + ".");
            case "22P02" -> Failure.row("value", "a text is not a value of the type of its column" + at(server) + ".");
            case "21000" -> Failure.row("twice", "a row would be changed twice by one statement.");
            case "P0001" ->
                Failure.row("trigger", "a trigger or rule of the database refuses the row" + at(server) + ".");
            case "28P01", "28000" ->
                Failure.fatal("credentials", "the database does not let the user in.", "Check 'user' and 'password'.");
            case "42501" ->
                Failure.fatal(
                        "privilege",
                        said(server, "a privilege is missing") + ".",
                        "Let an administrator grant it; the sink needs SELECT, INSERT, UPDATE and DELETE on its tables and CREATE"
                                + " on the schema for new ones.");
            case "3D000" ->
                Failure.fatal("database", "the database of the url does not exist.", "Create it, or correct 'url'.");
            case "3F000" -> Failure.fatal("schema", "the schema does not exist.", "Create it, or correct 'schema'.");
            case "25006" -> Failure.passing("the server takes no writes now: it is a replica, or is set to read only.");
            case "25P03" -> Failure.passing("the server ended a transaction that waited too long.");
            case "42P01", "42703", "42P10", "42804", "0A000", "42846", "428C9" ->
                Failure.stale(said(server, "a table is not as expected") + ".");
            default -> byClass(state, server, e);
        };
    }

    private static Failure byClass(String state, @Nullable ServerErrorMessage server, SQLException e) {
        if (state.startsWith("22") || state.startsWith("23")) {
            return Failure.row("value", "the database refuses a value" + at(server) + " (SQL state '" + state + "').");
        }
        if (state.isEmpty()
                || state.startsWith("08")
                || state.startsWith("40")
                || state.startsWith("53")
                || state.startsWith("55")
                || state.startsWith("57")
                || state.startsWith("58")) {
            return Failure.passing(
                    server == null
                            ? "no answer from the database (SQL state '" + state + "')."
                            : said(server, "the database is not available") + " (SQL state '" + state + "').");
        }
        return Failure.fatal(
                "failed",
                said(server, e.getClass().getSimpleName()) + " (SQL state '" + state + "').",
                "See the log of the database.");
    }

    private static String column(@Nullable ServerErrorMessage server) {
        return server == null || server.getColumn() == null
                ? "a column"
                : "column '" + server.getColumn() + "' of table '" + server.getTable() + "'";
    }

    private static String constraint(@Nullable ServerErrorMessage server) {
        return server == null || server.getConstraint() == null
                ? "a constraint"
                : "constraint '" + server.getConstraint() + "' of table '" + server.getTable() + "'";
    }

    private static String at(@Nullable ServerErrorMessage server) {
        return server == null || server.getTable() == null ? "" : " of table '" + server.getTable() + "'";
    }

    /** For errors about names and rights only: their messages name tables and columns, not values. */
    private static String said(@Nullable ServerErrorMessage server, String otherwise) {
        String message = server == null ? null : server.getMessage();
        return message == null ? otherwise : message;
    }
}
