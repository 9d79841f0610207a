package io.millrace.connectors.jdbc.dialect;

import io.millrace.connectors.jdbc.table.Column;
import io.millrace.connectors.jdbc.table.ColumnType;
import io.millrace.connectors.jdbc.table.Table;
import io.millrace.connectors.jdbc.table.TextRules;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;

/** One kind of database. Stateless. Values in rows are of {@link io.millrace.connectors.jdbc.table.ColumnText}: String, byte array, or null. */
public sealed interface Dialect permits PostgresDialect, MySqlDialect, DuckDbDialect {

    /** As people write it, for example {@code PostgreSQL}. */
    String product();

    /** A driver that a user would fetch, for example {@code mariadb-java-client}. */
    String driver();

    String quote(String identifier);

    /** Whether the database takes the name of a table or column whole. */
    boolean takesName(String identifier);

    /** A name as the database compares names of columns. */
    String fold(String identifier);

    TextRules rules();

    /** Properties for the driver: time-outs, and what makes its behaviour the one that is expected here. */
    void configure(Properties properties, String application, Duration timeout);

    /** Sets up a new connection. */
    void prepare(Connection connection, Duration timeout) throws SQLException;

    /** The query for the schema that an unqualified name means. */
    String currentSchema();

    /**
     * The type of a new column.
     *
     * @param key whether it is part of the primary key
     */
    String sqlType(Connection connection, ColumnType type, boolean key) throws SQLException;

    Optional<Table> read(Connection connection, String schema, String table) throws SQLException;

    /** The statement that makes a column wider. */
    String widen(String table, Column column, String sqlType);

    default String addColumn(String table, String column, String sqlType) {
        return "ALTER TABLE " + table + " ADD COLUMN " + column + " " + sqlType;
    }

    /** The statement that puts a row of these many parameters where there is none with its key. */
    String insertIfAbsent(String table, List<String> columns);

    /** Why rows cannot be upserted into the table although it has a unique key of exactly these columns. */
    default Optional<String> upsertTrouble(Table table, java.util.Set<String> key) {
        return Optional.empty();
    }

    void insert(Connection connection, Table table, List<Column> columns, List<Object[]> rows) throws SQLException;

    /** @param rows with distinct keys */
    void upsert(Connection connection, Table table, List<Column> columns, List<Column> key, List<Object[]> rows)
            throws SQLException;

    void delete(Connection connection, Table table, List<Column> key, List<Object[]> keys) throws SQLException;

    /**
     * Upserts a row, unless the one that is there is the newer.
     *
     * @return whether it was written
     */
    boolean upsertUnlessNewer(
            Connection connection, Table table, List<Column> columns, List<Column> key, Object[] row, OriginGuard guard)
            throws SQLException;

    /** Deletes a row, unless it is the newer. @return whether one was deleted */
    boolean deleteUnlessNewer(Connection connection, Table table, List<Column> key, Object[] row, OriginGuard guard)
            throws SQLException;

    /** Whether a transaction can go on after a failed statement, from a savepoint. */
    boolean savepoints();

    /** Makes constraints that wait for the commit be checked with each statement, for the rest of the transaction. */
    default void checkAtOnce(Connection connection) throws SQLException {}

    Failure classify(SQLException e);

    /** What else a check before the start should look at. */
    default Optional<String> versionTrouble(Connection connection) throws SQLException {
        return Optional.empty();
    }

    default String qualified(String schema, String table) {
        return quote(schema) + "." + quote(table);
    }

    default String qualified(Table table) {
        return qualified(table.schema(), table.name());
    }

    default String names(List<Column> columns) {
        return columns.stream().map(column -> quote(column.name())).collect(Collectors.joining(", "));
    }

    /** The first column of the first row; empty where there is none or it is null. */
    static Optional<String> text(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return rows.next() ? Optional.ofNullable(rows.getString(1)) : Optional.empty();
        }
    }
}
