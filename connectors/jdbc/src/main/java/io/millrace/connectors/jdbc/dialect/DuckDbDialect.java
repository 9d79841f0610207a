package io.millrace.connectors.jdbc.dialect;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.connectors.jdbc.table.Column;
import io.millrace.connectors.jdbc.table.ColumnType;
import io.millrace.connectors.jdbc.table.Kind;
import io.millrace.connectors.jdbc.table.Table;
import io.millrace.connectors.jdbc.table.TextRules;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * DuckDB, in this process. All rows of a statement go as one parameter, a JSON list of lists of text, that the statement unnests and casts: about 150,000
 * rows a second, as fast as its appender, and without a compile-time need of its driver.
 */
public final class DuckDbDialect implements Dialect {
    private static final TextRules RULES = new TextRules("true", "false", "+00", false, true, 1, 290_000);
    private static final JsonFactory JSON = new JsonFactory();

    @Override
    public String product() {
        return "DuckDB";
    }

    @Override
    public String driver() {
        return "duckdb_jdbc";
    }

    @Override
    public String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    @Override
    public boolean takesName(String identifier) {
        return !identifier.isEmpty() && identifier.indexOf('\0') < 0;
    }

    @Override
    public String fold(String identifier) {
        return identifier.toLowerCase(Locale.ROOT);
    }

    @Override
    public TextRules rules() {
        return RULES;
    }

    /** There is no server, and nothing to wait for. */
    @Override
    public void configure(Properties properties, String application, Duration timeout) {
        properties.remove("user");
        properties.remove("password");
    }

    @Override
    public void prepare(Connection connection, Duration timeout) {}

    @Override
    public String currentSchema() {
        return "SELECT current_schema()";
    }

    @Override
    public String sqlType(Connection connection, ColumnType type, boolean key) {
        return switch (type.kind()) {
            case BOOLEAN -> "BOOLEAN";
            case INT16 -> "SMALLINT";
            case INT32 -> "INTEGER";
            case INT64 -> "BIGINT";
            case FLOAT32 -> "REAL";
            case FLOAT64 -> "DOUBLE";
            case DECIMAL ->
                "DECIMAL(" + (type.size() > 0 && type.size() <= 38 ? type.size() : 38) + ","
                        + (type.scale() < 0 ? 10 : type.scale()) + ")";
            case TEXT, OTHER -> "VARCHAR";
            case BYTES -> "BLOB";
            case DATE -> "DATE";
            case TIME -> "TIME";
            case TIMESTAMP -> "TIMESTAMP WITH TIME ZONE";
            case JSON -> "JSON";
        };
    }

    @Override
    public Optional<Table> read(Connection connection, String schema, String table) throws SQLException {
        List<Column> columns = new ArrayList<>();
        String query = "SELECT column_name, data_type, numeric_precision, numeric_scale, is_nullable, column_default"
                + " FROM information_schema.columns"
                + " WHERE table_catalog = current_database() AND table_schema = ? AND lower(table_name) = lower(?)"
                + " ORDER BY ordinal_position";
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, schema);
            statement.setString(2, table);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    boolean nullable = "YES".equals(rows.getString(5));
                    columns.add(new Column(
                            rows.getString(1),
                            type(rows.getString(2), rows.getInt(3), rows.getInt(4)),
                            rows.getString(2),
                            nullable || rows.getString(6) != null,
                            nullable,
                            true));
                }
            }
        }
        return columns.isEmpty()
                ? Optional.empty()
                : Optional.of(Table.of(schema, table, columns, keys(connection, schema, table), this::fold));
    }

    private static ColumnType type(String name, int precision, int scale) {
        return switch (name) {
            case "BOOLEAN" -> ColumnType.of(Kind.BOOLEAN);
            case "SMALLINT" -> ColumnType.of(Kind.INT16);
            case "INTEGER" -> ColumnType.of(Kind.INT32);
            case "BIGINT" -> ColumnType.of(Kind.INT64);
            case "FLOAT" -> ColumnType.of(Kind.FLOAT32);
            case "DOUBLE" -> ColumnType.of(Kind.FLOAT64);
            case "VARCHAR" -> ColumnType.of(Kind.TEXT);
            case "BLOB" -> ColumnType.of(Kind.BYTES);
            case "DATE" -> ColumnType.of(Kind.DATE);
            case "TIME" -> ColumnType.of(Kind.TIME);
            case "TIMESTAMP", "TIMESTAMP WITH TIME ZONE" -> ColumnType.of(Kind.TIMESTAMP);
            case "JSON" -> ColumnType.of(Kind.JSON);
            default ->
                name.startsWith("DECIMAL(")
                        ? new ColumnType(Kind.DECIMAL, precision, scale)
                        : ColumnType.of(Kind.OTHER);
        };
    }

    private static List<Set<String>> keys(Connection connection, String schema, String table) throws SQLException {
        List<Set<String>> keys = new ArrayList<>();
        String query = "SELECT constraint_column_names FROM duckdb_constraints()"
                + " WHERE database_name = current_database() AND schema_name = ? AND lower(table_name) = lower(?)"
                + " AND constraint_type IN ('PRIMARY KEY', 'UNIQUE') ORDER BY constraint_type";
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, schema);
            statement.setString(2, table);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    Set<String> key = new LinkedHashSet<>();
                    for (Object column : (Object[]) rows.getArray(1).getArray()) {
                        key.add(String.valueOf(column));
                    }
                    keys.add(key);
                }
            }
        }
        return keys;
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

    /** Of two transactions that write the same row, one fails and is tried again. */
    @Override
    public boolean upsertUnlessNewer(
            Connection connection, Table table, List<Column> columns, List<Column> key, Object[] row, OriginGuard guard)
            throws SQLException {
        String unlessNewer = " WHERE " + notNewer(guard, quote(table.name()) + ".");
        return run(connection, upsertText(table, columns, key) + unlessNewer, columns.size(), single(row), guard) > 0;
    }

    private String notNewer(OriginGuard guard, String table) {
        return guard.newer(
                        UnaryOperator.identity(), table + quote(guard.column().name())) + " IS NOT TRUE";
    }

    private String upsertText(Table table, List<Column> columns, List<Column> key) {
        String set = columns.stream()
                .filter(column -> !key.contains(column))
                .map(column -> quote(column.name()) + " = excluded." + quote(column.name()))
                .collect(Collectors.joining(", "));
        return insertText(table, columns) + " ON CONFLICT (" + names(key) + ") DO "
                + (set.isEmpty() ? "NOTHING" : "UPDATE SET " + set);
    }

    private String insertText(Table table, List<Column> columns) {
        return "INSERT INTO " + qualified(table) + " (" + names(columns) + ") SELECT " + casts(columns) + unnest();
    }

    @Override
    public void delete(Connection connection, Table table, List<Column> key, List<Object[]> keys) throws SQLException {
        run(connection, deleteText(table, key), key.size(), keys);
    }

    @Override
    public boolean deleteUnlessNewer(
            Connection connection, Table table, List<Column> key, Object[] row, OriginGuard guard) throws SQLException {
        String unlessNewer = " AND " + notNewer(guard, "");
        return run(connection, deleteText(table, key) + unlessNewer, key.size(), single(row), guard) > 0;
    }

    private String deleteText(Table table, List<Column> key) {
        return "DELETE FROM " + qualified(table) + " WHERE (" + names(key) + ") IN (SELECT " + casts(key) + unnest()
                + ")";
    }

    private static String casts(List<Column> columns) {
        StringBuilder casts = new StringBuilder();
        for (int i = 0; i < columns.size(); i++) {
            String text = "r[" + (i + 1) + "]";
            boolean bytes = columns.get(i).type().kind() == Kind.BYTES;
            casts.append(i == 0 ? "" : ", ")
                    .append(
                            bytes
                                    ? "from_base64(" + text + ")"
                                    : "CAST(" + text + " AS " + columns.get(i).sqlType() + ")");
        }
        return casts.toString();
    }

    private static String unnest() {
        return " FROM (SELECT unnest(from_json(CAST(? AS JSON), '[[\"VARCHAR\"]]')) AS r)";
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
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, json(columns, rows));
            if (guard != null) {
                guard.bind(statement, 2);
            }
            return statement.executeUpdate();
        }
    }

    private static String json(int columns, List<Object[]> rows) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(text)) {
            out.writeStartArray();
            for (Object[] row : rows) {
                out.writeStartArray();
                for (int i = 0; i < columns; i++) {
                    if (row[i] instanceof byte[] bytes) {
                        out.writeBinary(bytes);
                    } else if (row[i] instanceof String value) {
                        out.writeString(value);
                    } else {
                        out.writeNull();
                    }
                }
                out.writeEndArray();
            }
            out.writeEndArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** DuckDB ends a transaction at the first error. */
    @Override
    public boolean savepoints() {
        return false;
    }

    @Override
    public Failure classify(SQLException e) {
        return DuckDbFailures.of(e);
    }
}
