package io.millrace.connectors.jdbc.dialect;

import io.millrace.connectors.jdbc.table.Column;
import io.millrace.connectors.jdbc.table.ColumnType;
import io.millrace.connectors.jdbc.table.Kind;
import io.millrace.connectors.jdbc.table.Table;
import io.millrace.connectors.jdbc.table.TextRules;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL from 12. Rows go as one array of text per column: {@code INSERT ... SELECT c1::type, ... FROM unnest(?, ?, ...)}, one statement of a fixed text
 * for any number of rows, so that the server keeps its plan.
 */
public final class PostgresDialect implements Dialect {
    private static final TextRules RULES = new TextRules("true", "false", "+00", false, true, 1, 294_275);
    private static final int LONGEST_NAME = 63;
    private static final int OLDEST = 120_000;

    private static final String COLUMNS = """
            SELECT a.attname, t.typname, format_type(a.atttypid, -1), a.atttypmod, a.attnotnull,
                   a.atthasdef OR a.attidentity <> '', a.attgenerated <> '' OR a.attidentity = 'a'
            FROM pg_attribute a
            JOIN pg_class c ON c.oid = a.attrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_type t ON t.oid = a.atttypid
            WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p', 'v', 'f') AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attnum""";
    private static final String KEYS = """
            SELECT i.indexrelid, a.attname
            FROM pg_index i
            JOIN pg_class c ON c.oid = i.indrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])
            WHERE n.nspname = ? AND c.relname = ? AND i.indisunique AND i.indisvalid AND i.indimmediate
              AND i.indpred IS NULL AND i.indexprs IS NULL
            ORDER BY i.indisprimary DESC, i.indexrelid, a.attnum""";

    @Override
    public String product() {
        return "PostgreSQL";
    }

    @Override
    public String driver() {
        return "postgresql";
    }

    @Override
    public String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    @Override
    public boolean takesName(String identifier) {
        return !identifier.isEmpty()
                && identifier.indexOf('\0') < 0
                && identifier.getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME;
    }

    @Override
    public String fold(String identifier) {
        return identifier;
    }

    @Override
    public TextRules rules() {
        return RULES;
    }

    @Override
    public void configure(Properties properties, String application, Duration timeout) {
        properties.putIfAbsent("ApplicationName", application);
        properties.putIfAbsent("connectTimeout", "10");
        properties.putIfAbsent("tcpKeepAlive", "true");
        // The server gives up first, and says why; this is for one that does not answer any more.
        properties.putIfAbsent(
                "socketTimeout", Long.toString(timeout.plusSeconds(15).toSeconds()));
    }

    @Override
    public void prepare(Connection connection, Duration timeout) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET statement_timeout = " + timeout.toMillis());
            statement.execute("SET lock_timeout = " + Math.max(1, timeout.toMillis() / 2));
            // A task that hangs must not keep its successor out for ever.
            statement.execute("SET idle_in_transaction_session_timeout = " + timeout.toMillis());
            statement.execute("SET client_min_messages = warning");
        }
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    }

    @Override
    public String currentSchema() {
        return "SELECT current_schema()";
    }

    @Override
    public String sqlType(Connection connection, ColumnType type, boolean key) {
        return switch (type.kind()) {
            case BOOLEAN -> "boolean";
            case INT16 -> "smallint";
            case INT32 -> "integer";
            case INT64 -> "bigint";
            case FLOAT32 -> "real";
            case FLOAT64 -> "double precision";
            // numeric without a size is exact for every value
            case DECIMAL ->
                type.size() > 0 && type.scale() >= 0 && type.size() >= type.scale()
                        ? "numeric(" + type.size() + "," + type.scale() + ")"
                        : "numeric";
            case TEXT, OTHER -> "text";
            case BYTES -> "bytea";
            case DATE -> "date";
            case TIME -> "time";
            case TIMESTAMP -> "timestamp with time zone";
            case JSON -> "jsonb";
        };
    }

    @Override
    public Optional<Table> read(Connection connection, String schema, String table) throws SQLException {
        List<Column> columns = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
            statement.setString(1, schema);
            statement.setString(2, table);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    columns.add(new Column(
                            rows.getString(1),
                            type(rows.getString(2), rows.getInt(4)),
                            rows.getString(3),
                            !rows.getBoolean(5) || rows.getBoolean(6) || rows.getBoolean(7),
                            !rows.getBoolean(5),
                            !rows.getBoolean(7)));
                }
            }
        }
        return columns.isEmpty()
                ? Optional.empty()
                : Optional.of(Table.of(schema, table, columns, keys(connection, schema, table), this::fold));
    }

    private static List<Set<String>> keys(Connection connection, String schema, String table) throws SQLException {
        Map<Long, Set<String>> keys = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(KEYS)) {
            statement.setString(1, schema);
            statement.setString(2, table);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    keys.computeIfAbsent(rows.getLong(1), any -> new LinkedHashSet<>())
                            .add(rows.getString(2));
                }
            }
        }
        return List.copyOf(keys.values());
    }

    /** @param modifier -1 for none; see the *typmodin functions of PostgreSQL's source */
    private static ColumnType type(String name, int modifier) {
        return switch (name) {
            case "bool" -> ColumnType.of(Kind.BOOLEAN);
            case "int2" -> ColumnType.of(Kind.INT16);
            case "int4" -> ColumnType.of(Kind.INT32);
            case "int8" -> ColumnType.of(Kind.INT64);
            case "float4" -> ColumnType.of(Kind.FLOAT32);
            case "float8" -> ColumnType.of(Kind.FLOAT64);
            case "numeric" -> numeric(modifier);
            case "text" -> ColumnType.of(Kind.TEXT);
            case "varchar", "bpchar" -> new ColumnType(Kind.TEXT, Math.max(0, modifier - 4), 0);
            case "bytea" -> ColumnType.of(Kind.BYTES);
            case "date" -> ColumnType.of(Kind.DATE);
            case "time" -> ColumnType.of(Kind.TIME);
            case "timestamp", "timestamptz" -> ColumnType.of(Kind.TIMESTAMP);
            case "json", "jsonb" -> ColumnType.of(Kind.JSON);
            default -> ColumnType.of(Kind.OTHER);
        };
    }

    private static ColumnType numeric(int modifier) {
        if (modifier < 4) {
            return new ColumnType(Kind.DECIMAL, 0, -1);
        }
        int scale = (modifier - 4) & 0x7ff;
        // a negative scale rounds before the point; the server is left to do that
        return scale > 1000
                ? new ColumnType(Kind.DECIMAL, 0, -1)
                : new ColumnType(Kind.DECIMAL, ((modifier - 4) >> 16) & 0xffff, scale);
    }

    @Override
    public String widen(String table, Column column, String sqlType) {
        return "ALTER TABLE " + table + " ALTER COLUMN " + quote(column.name()) + " TYPE " + sqlType;
    }

    @Override
    public String insertIfAbsent(String table, List<String> columns) {
        return "INSERT INTO " + table + " (" + String.join(", ", columns) + ") VALUES ("
                + columns.stream().map(any -> "?").collect(Collectors.joining(", ")) + ") ON CONFLICT DO NOTHING";
    }

    @Override
    public void insert(Connection connection, Table table, List<Column> columns, List<Object[]> rows)
            throws SQLException {
        run(connection, insertText(table, columns), columns.size(), rows);
    }

    @Override
    public void upsert(Connection connection, Table table, List<Column> columns, List<Column> key, List<Object[]> rows)
            throws SQLException {
        run(connection, upsertText(table, columns, key), columns.size(), rows);
    }

    /** The condition is looked at with the row locked, and of its latest version. */
    @Override
    public boolean upsertUnlessNewer(
            Connection connection, Table table, List<Column> columns, List<Column> key, Object[] row, OriginGuard guard)
            throws SQLException {
        String unlessNewer = " WHERE " + notNewer(guard, quote(table.name()));
        return run(connection, upsertText(table, columns, key) + unlessNewer, columns.size(), single(row), guard) > 0;
    }

    private String notNewer(OriginGuard guard, String table) {
        return guard.newer(
                        UnaryOperator.identity(),
                        table + "." + quote(guard.column().name())) + " IS NOT TRUE";
    }

    private String upsertText(Table table, List<Column> columns, List<Column> key) {
        String set = columns.stream()
                .filter(column -> !key.contains(column))
                .map(column -> quote(column.name()) + " = EXCLUDED." + quote(column.name()))
                .collect(Collectors.joining(", "));
        return insertText(table, columns) + " ON CONFLICT (" + names(key) + ") DO "
                + (set.isEmpty() ? "NOTHING" : "UPDATE SET " + set);
    }

    private String insertText(Table table, List<Column> columns) {
        StringBuilder casts = new StringBuilder();
        for (int i = 0; i < columns.size(); i++) {
            casts.append(i == 0 ? "" : ", ").append(cast(i, columns.get(i)));
        }
        return "INSERT INTO " + qualified(table) + " (" + names(columns) + ") SELECT " + casts + " FROM "
                + unnest(columns.size());
    }

    @Override
    public void delete(Connection connection, Table table, List<Column> key, List<Object[]> keys) throws SQLException {
        run(connection, deleteText(table, key), key.size(), keys);
    }

    @Override
    public boolean deleteUnlessNewer(
            Connection connection, Table table, List<Column> key, Object[] row, OriginGuard guard) throws SQLException {
        String unlessNewer = " AND " + notNewer(guard, "t");
        return run(connection, deleteText(table, key) + unlessNewer, key.size(), single(row), guard) > 0;
    }

    private String deleteText(Table table, List<Column> key) {
        StringBuilder match = new StringBuilder();
        for (int i = 0; i < key.size(); i++) {
            match.append(i == 0 ? "" : " AND ")
                    .append("t.")
                    .append(quote(key.get(i).name()))
                    .append(" = ")
                    .append(cast(i, key.get(i)));
        }
        return "DELETE FROM " + qualified(table) + " AS t USING " + unnest(key.size()) + " WHERE " + match;
    }

    private static String cast(int index, Column column) {
        return "u.c" + index + "::" + column.sqlType();
    }

    private static String unnest(int columns) {
        StringBuilder arrays = new StringBuilder();
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < columns; i++) {
            arrays.append(i == 0 ? "" : ", ").append("?::text[]");
            names.append(i == 0 ? "c" : ", c").append(i);
        }
        return "unnest(" + arrays + ") AS u(" + names + ")";
    }

    private static List<Object[]> single(Object[] row) {
        return Collections.singletonList(row);
    }

    private static long run(Connection connection, String sql, int columns, List<Object[]> rows) throws SQLException {
        return run(connection, sql, columns, rows, null);
    }

    private static long run(
            Connection connection, String sql, int columns, List<Object[]> rows, @Nullable OriginGuard guard)
            throws SQLException {
        List<Array> arrays = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < columns; i++) {
                Object[] values = new Object[rows.size()];
                for (int row = 0; row < values.length; row++) {
                    Object value = rows.get(row)[i];
                    values[row] = value instanceof byte[] bytes
                            ? "\\x" + HexFormat.of().formatHex(bytes)
                            : value;
                }
                Array array = connection.createArrayOf("text", values);
                arrays.add(array);
                statement.setArray(i + 1, array);
            }
            if (guard != null) {
                guard.bind(statement, columns + 1);
            }
            return statement.executeLargeUpdate();
        } finally {
            for (Array array : arrays) {
                array.free();
            }
        }
    }

    @Override
    public boolean savepoints() {
        return true;
    }

    @Override
    public void checkAtOnce(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET CONSTRAINTS ALL IMMEDIATE");
        }
    }

    @Override
    public Failure classify(SQLException e) {
        return PostgresFailures.of(e);
    }

    @Override
    public Optional<String> versionTrouble(Connection connection) throws SQLException {
        int version = Integer.parseInt(
                Dialect.text(connection, "SHOW server_version_num").orElse("0"));
        return version >= OLDEST
                ? Optional.empty()
                : Optional.of("PostgreSQL is of version '" + version / 10_000 + "', needed is '12' or later.");
    }
}
