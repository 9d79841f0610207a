package io.millrace.connectors.jdbc.dialect;

import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What errors of MySQL and MariaDB mean, by the server's number. Their messages repeat values, so only names are taken from them. */
final class MySqlFailures {
    private static final Pattern COLUMN =
            Pattern.compile("(?:[Cc]olumn|Field) (?:`[^`]*`\\.`[^`]*`\\.)?[`']([^`']+)[`']");
    private static final Pattern KEY = Pattern.compile("for key '([^']+)'$");
    private static final Pattern CONSTRAINT = Pattern.compile("(?:CONSTRAINT|constraint) [`']([^`']+)[`']");

    private MySqlFailures() {}

    static Failure of(SQLException e) {
        String message = e.getMessage() == null ? "" : e.getMessage();
        return switch (e.getErrorCode()) {
            case 1048 -> Failure.row("null", "column " + named(COLUMN, message) + " does not take null.");
            case 1364 ->
                Failure.row(
                        "required-column", "column " + named(COLUMN, message) + " has no default and gets no value.");
            case 1062, 1586 ->
                Failure.row("unique", "key " + named(KEY, message) + " has another row with the same values.");
            case 1216, 1217, 1451, 1452 ->
                Failure.row(
                        "foreign-key",
                        "constraint " + named(CONSTRAINT, message)
                                + " finds no row that is referred to, or one that refers.");
            case 3819, 4025 -> Failure.row("check", "constraint " + named(CONSTRAINT, message) + " does not hold.");
            case 1406, 1265 ->
                Failure.row("too-long", "the value of column " + named(COLUMN, message) + " is too long.");
            case 1264, 1690 ->
                Failure.row("out-of-range", "the value of column " + named(COLUMN, message) + " is out of its range.");
            case 1366, 1292, 1411, 3140 ->
                Failure.row("value", "the value of column " + named(COLUMN, message) + " is not one of its type.");
            case 1644 -> Failure.row("trigger", "a trigger of the database refuses the row.");
            case 1045, 1698, 1251 ->
                Failure.fatal("credentials", "the database does not let the user in.", "Check 'user' and 'password'.");
            case 1044, 1142, 1143, 1227, 1410 ->
                Failure.fatal(
                        "privilege",
                        "a privilege is missing (error " + e.getErrorCode() + ").",
                        "Let an administrator grant it; the sink needs SELECT, INSERT, UPDATE and DELETE on its tables, CREATE and"
                                + " ALTER for new ones.");
            case 1049 ->
                Failure.fatal("database", "the database of the url does not exist.", "Create it, or correct 'url'.");
            case 1146, 1054, 1072, 1091, 1060, 1050 ->
                Failure.stale("a table is not as expected (error " + e.getErrorCode() + ").");
            case 1071 ->
                Failure.fatal(
                        "key",
                        "the primary key would be longer than InnoDB takes.",
                        "Create the table yourself, with shorter columns.");
            default -> byState(e);
        };
    }

    private static Failure byState(SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        String what = "(error " + e.getErrorCode() + ", SQL state '" + state + "').";
        if (state.startsWith("22") || state.startsWith("23")) {
            return Failure.row("value", "the database refuses a value " + what);
        }
        boolean passing = state.isEmpty()
                || state.startsWith("08")
                || state.startsWith("40")
                || state.equals("70100")
                || isPassing(e.getErrorCode());
        return passing
                ? Failure.passing("the database is not available " + what)
                : Failure.fatal("failed", "the database refuses a statement " + what, "See the log of the database.");
    }

    /** Too many connections, shutdown, disk full, lock waits, read only, statement ended, connection gone. */
    private static boolean isPassing(int error) {
        return switch (error) {
            case 1021,
                    1037,
                    1038,
                    1040,
                    1041,
                    1053,
                    1105,
                    1114,
                    1129,
                    1158,
                    1159,
                    1160,
                    1161,
                    1203,
                    1205,
                    1213,
                    1226,
                    1290,
                    1317,
                    1637,
                    1792,
                    1836,
                    1927,
                    1969,
                    2002,
                    2003,
                    2006,
                    2013,
                    3024,
                    3100 -> true;
            default -> false;
        };
    }

    private static String named(Pattern pattern, String message) {
        Matcher found = pattern.matcher(message);
        return found.find() ? "'" + found.group(1) + "'" : "that the server does not name";
    }
}
