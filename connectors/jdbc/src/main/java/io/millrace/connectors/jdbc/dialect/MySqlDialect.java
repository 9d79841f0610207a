package io.millrace.connectors.jdbc.dialect;

import io.millrace.connectors.jdbc.table.Column;
import io.millrace.connectors.jdbc.table.ColumnType;
import io.millrace.connectors.jdbc.table.Kind;
import io.millrace.connectors.jdbc.table.Table;
import io.millrace.connectors.jdbc.table.TextRules;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;

/** MySQL from 8.0 and MariaDB from 10.5. Rows go in statements of many rows. A schema is what MySQL calls a database. */
public final class MySqlDialect implements Dialect {
    // DATETIME begins in the year 1000
    private static final TextRules RULES = new TextRules("1", "0", "", true, false, 1000, 9999);
    private static final int LONGEST_NAME = 64;
    private static final int MOST_ROWS = 500;
    private static final int MOST_PARAMETERS = 30_000;
    /** Characters of a text in a primary key: InnoDB takes 3,072 bytes for all columns of a key. */
    private static final int KEY_TEXT = 255;

    @Override
    public String product() {
        return "MySQL";
    }

    @Override
    public String driver() {
        return "mariadb-java-client or mysql-connector-j";
    }

    @Override
    public String quote(String identifier) {
        return '`' + identifier.replace("`", "``") + '`';
    }

    @Override
    public boolean takesName(String identifier) {
        return !identifier.isBlank()
                && identifier.indexOf('\0') < 0
                && !identifier.endsWith(" ")
                && identifier.length() <= LONGEST_NAME
                // beyond the Basic Multilingual Plane
                && identifier.chars().noneMatch(c -> Character.isSurrogate((char) c));
    }

    @Override
    public String fold(String identifier) {
        return identifier.toLowerCase(Locale.ROOT);
    }

    @Override
    public TextRules rules() {
        return RULES;
    }

    @Override
    public void configure(Properties properties, String application, Duration timeout) {
        properties.putIfAbsent("connectTimeout", "10000");
        properties.putIfAbsent(
                "socketTimeout", Long.toString(timeout.plusSeconds(15).toMillis()));
        properties.putIfAbsent("tcpKeepAlive", "true");
        // an update of an offset counts the rows that were found, also where nothing changed
        properties.setProperty("useAffectedRows", "false");
    }

    @Override
    public void prepare(Connection connection, Duration timeout) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // Without it, MySQL cuts what is too long and turns what it cannot read into zero.
            statement.execute(
                    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,NO_ENGINE_SUBSTITUTION'");
            statement.execute("SET SESSION time_zone = '+00:00'");
            statement.execute("SET SESSION innodb_lock_wait_timeout = " + Math.max(1, timeout.toSeconds() / 2));
            statement.execute("SET SESSION wait_timeout = " + Math.max(600, timeout.toSeconds()));
        }
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    }

    @Override
    public String currentSchema() {
        return "SELECT DATABASE()";
    }

    @Override
    public String sqlType(Connection connection, ColumnType type, boolean key) throws SQLException {
        return switch (type.kind()) {
            case BOOLEAN -> "boolean";
            case INT16 -> "smallint";
            case INT32 -> "int";
            case INT64 -> "bigint";
            case FLOAT32 -> "float";
            case FLOAT64 -> "double";
            case DECIMAL -> decimal(type);
            case TEXT, OTHER ->
                key ? "varchar(" + KEY_TEXT + ")" + exactText(connection) : "longtext character set utf8mb4";
            case BYTES -> key ? "varbinary(" + KEY_TEXT + ")" : "longblob";
            case DATE -> "date";
            case TIME -> "time(6)";
            case TIMESTAMP -> "datetime(6)";
            case JSON -> "json";
        };
    }

    private static String decimal(ColumnType type) {
        int scale = type.scale() < 0 ? 30 : type.scale();
        return "decimal(" + (type.size() > 0 ? type.size() : 65) + "," + scale + ")";
    }

    /** A collation in which 'a', 'A' and 'a ' are three keys, as they are on the topic. */
    private static String exactText(Connection connection) throws SQLException {
        boolean maria = Dialect.text(connection, "SELECT VERSION()").orElse("").contains("MariaDB");
        return " character set utf8mb4 collate " + (maria ? "utf8mb4_nopad_bin" : "utf8mb4_0900_bin");
    }

    @Override
    public Optional<Table> read(Connection connection, String schema, String table) throws SQLException {
        List<Column> columns = new ArrayList<>();
        String query =
                "SELECT column_name, data_type, column_type, character_maximum_length, numeric_precision, numeric_scale,"
                        + " is_nullable, column_default, extra FROM information_schema.columns"
                        + " WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position";
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, schema);
            statement.setString(2, table);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    columns.add(column(rows));
                }
            }
        }
        return columns.isEmpty()
                ? Optional.empty()
                : Optional.of(Table.of(schema, table, columns, keys(connection, schema, table), this::fold));
    }

    private static Column column(ResultSet row) throws SQLException {
        String extra = row.getString(9) == null ? "" : row.getString(9).toUpperCase(Locale.ROOT);
        boolean nullable = "YES".equalsIgnoreCase(row.getString(7));
        boolean generated = extra.contains("VIRTUAL") || extra.contains("STORED") || extra.contains("PERSISTENT");
        return new Column(
                row.getString(1),
                type(row),
                row.getString(3),
                nullable || row.getString(8) != null || extra.contains("AUTO_INCREMENT") || generated,
                nullable,
                !generated);
    }

    private static ColumnType type(ResultSet row) throws SQLException {
        return switch (row.getString(2).toLowerCase(Locale.ROOT)) {
            case "tinyint" -> ColumnType.of(row.getString(3).startsWith("tinyint(1)") ? Kind.BOOLEAN : Kind.INT16);
            case "smallint" -> ColumnType.of(Kind.INT16);
            case "mediumint", "int" -> ColumnType.of(Kind.INT32);
            case "bigint" -> ColumnType.of(Kind.INT64);
            case "float" -> ColumnType.of(Kind.FLOAT32);
            case "double" -> ColumnType.of(Kind.FLOAT64);
            case "decimal" -> new ColumnType(Kind.DECIMAL, row.getInt(5), row.getInt(6));
            case "char", "varchar" -> new ColumnType(Kind.TEXT, row.getInt(4), 0);
            // their limit is in bytes; the server keeps it
            case "tinytext", "text", "mediumtext", "longtext" -> ColumnType.of(Kind.TEXT);
            case "varbinary" -> new ColumnType(Kind.BYTES, row.getInt(4), 0);
            case "tinyblob", "blob", "mediumblob", "longblob" -> ColumnType.of(Kind.BYTES);
            case "date" -> ColumnType.of(Kind.DATE);
            case "time" -> ColumnType.of(Kind.TIME);
            case "datetime", "timestamp" -> ColumnType.of(Kind.TIMESTAMP);
            case "json" -> ColumnType.of(Kind.JSON);
            default -> ColumnType.of(Kind.OTHER);
        };
    }

    private static List<Set<String>> keys(Connection connection, String schema, String table) throws SQLException {
        Map<String, Set<String>> keys = new LinkedHashMap<>();
        String query = "SELECT index_name, column_name, sub_part FROM information_schema.statistics"
                + " WHERE table_schema = ? AND table_name = ? AND non_unique = 0 ORDER BY index_name = 'PRIMARY' DESC, index_name,"
                + " seq_in_index";
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, schema);
            statement.setString(2, table);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    // A key over an expression or a prefix must not look like one over the column.
                    boolean whole = rows.getString(2) != null && rows.getString(3) == null;
                    keys.computeIfAbsent(rows.getString(1), any -> new LinkedHashSet<>())
                            .add(whole ? rows.getString(2) : "\0" + rows.getString(2));
                }
            }
        }
        return List.copyOf(keys.values());
    }

    @Override
    public Optional<String> upsertTrouble(Table table, Set<String> key) {
        return table.uniqueKeys().stream()
                .filter(other -> !other.equals(key))
                .findFirst()
                .map(
                        other -> "table '" + table.name() + "' also has a unique key " + other
                                + ": on a conflict with that one, MySQL would change another row. Drop it, or make it a plain index.");
    }

    @Override
    public String widen(String table, Column column, String sqlType) {
        return "ALTER TABLE " + table + " MODIFY COLUMN " + quote(column.name()) + " " + sqlType
                + (column.nullable() ? " NULL" : " NOT NULL");
    }

    @Override
    public String insertIfAbsent(String table, List<String> columns) {
        return "INSERT IGNORE INTO " + table + " (" + String.join(", ", columns) + ") VALUES ("
                + columns.stream().map(any -> "?").collect(Collectors.joining(", ")) + ")";
    }

    @Override
    public void insert(Connection connection, Table table, List<Column> columns, List<Object[]> rows)
            throws SQLException {
        run(
                connection,
                "INSERT INTO " + qualified(table) + " (" + names(columns) + ") VALUES ",
                "",
                columns.size(),
                rows);
    }

    @Override
    public void upsert(Connection connection, Table table, List<Column> columns, List<Column> key, List<Object[]> rows)
            throws SQLException {
        List<Column> others =
                columns.stream().filter(column -> !key.contains(column)).toList();
        String set = (others.isEmpty() ? key : others)
                .stream()
                        .map(column -> quote(column.name()) + " = VALUES(" + quote(column.name()) + ")")
                        .collect(Collectors.joining(", "));
        run(
                connection,
                "INSERT INTO " + qualified(table) + " (" + names(columns) + ") VALUES ",
                " ON DUPLICATE KEY UPDATE " + set,
                columns.size(),
                rows);
    }

    @Override
    public void delete(Connection connection, Table table, List<Column> key, List<Object[]> keys) throws SQLException {
        run(connection, "DELETE FROM " + qualified(table) + " WHERE (" + names(key) + ") IN (", ")", key.size(), keys);
    }

    /** Each column keeps its value where the row is newer; how many rows changed tells nothing, so the row is looked at after that. */
    @Override
    public boolean upsertUnlessNewer(
            Connection connection, Table table, List<Column> columns, List<Column> key, Object[] row, OriginGuard guard)
            throws SQLException {
        String newer = newer(guard);
        List<Column> others = new ArrayList<>(
                columns.stream().filter(column -> !key.contains(column)).toList());
        // Columns are assigned from left to right, and the conditions look at this one.
        if (others.remove(guard.column())) {
            others.add(guard.column());
        }
        String set = others.stream()
                .map(column -> quote(column.name()))
                .map(name -> name + " = IF(" + newer + ", " + name + ", VALUES(" + name + "))")
                .collect(Collectors.joining(", "));
        String sql = "INSERT INTO " + qualified(table) + " (" + names(columns) + ") VALUES " + marks(columns.size())
                + " ON DUPLICATE KEY UPDATE " + set;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int parameter = setAll(statement, columns.size(), row);
            for (int i = 0; i < others.size(); i++) {
                parameter = guard.bind(statement, parameter);
            }
            statement.executeUpdate();
        }
        return !isNewer(connection, table, key, row, guard);
    }

    private boolean isNewer(Connection connection, Table table, List<Column> key, Object[] row, OriginGuard guard)
            throws SQLException {
        String sql = "SELECT 1 FROM " + qualified(table) + " WHERE (" + names(key) + ") IN (" + marks(key.size())
                + ") AND " + newer(guard);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            guard.bind(statement, setAll(statement, key.size(), row));
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    @Override
    public boolean deleteUnlessNewer(
            Connection connection, Table table, List<Column> key, Object[] row, OriginGuard guard) throws SQLException {
        String sql = "DELETE FROM " + qualified(table) + " WHERE (" + names(key) + ") IN (" + marks(key.size())
                + ") AND " + newer(guard) + " IS NOT TRUE";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            guard.bind(statement, setAll(statement, key.size(), row));
            return statement.executeUpdate() > 0;
        }
    }

    /** Compared as bytes: the column may have a collation in which 'a' is 'A'. */
    private String newer(OriginGuard guard) {
        return guard.newer(
                text -> "CAST(" + text + " AS BINARY)", quote(guard.column().name()));
    }

    private static String marks(int columns) {
        return "(" + "?, ".repeat(columns - 1) + "?)";
    }

    /** @return the next parameter */
    private static int setAll(PreparedStatement statement, int columns, Object[] values) throws SQLException {
        for (int i = 0; i < columns; i++) {
            set(statement, i + 1, values[i]);
        }
        return columns + 1;
    }

    private static void run(Connection connection, String start, String end, int columns, List<Object[]> rows)
            throws SQLException {
        int block = Math.max(1, Math.min(MOST_ROWS, MOST_PARAMETERS / columns));
        String row = marks(columns);
        for (int from = 0; from < rows.size(); from += block) {
            List<Object[]> some = rows.subList(from, Math.min(rows.size(), from + block));
            String sql = start + (row + ", ").repeat(some.size() - 1) + row + end;
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                int parameter = 1;
                for (Object[] values : some) {
                    for (int i = 0; i < columns; i++) {
                        set(statement, parameter++, values[i]);
                    }
                }
                statement.executeUpdate();
            }
        }
    }

    private static void set(PreparedStatement statement, int parameter, Object value) throws SQLException {
        if (value instanceof byte[] bytes) {
            statement.setBytes(parameter, bytes);
        } else if (value instanceof String text) {
            statement.setString(parameter, text);
        } else {
            statement.setNull(parameter, Types.VARCHAR);
        }
    }

    @Override
    public boolean savepoints() {
        return true;
    }

    @Override
    public Failure classify(SQLException e) {
        return MySqlFailures.of(e);
    }

    @Override
    public Optional<String> versionTrouble(Connection connection) throws SQLException {
        String version = Dialect.text(connection, "SELECT VERSION()").orElse("");
        String[] parts = version.split("[.-]", 3);
        int number = Integer.parseInt(parts[0]) * 100 + Integer.parseInt(parts[1]);
        boolean maria = version.contains("MariaDB");
        if (number >= (maria ? 1005 : 800)) {
            return Optional.empty();
        }
        return Optional.of((maria ? "MariaDB" : "MySQL") + " is of version '" + version + "', needed is '"
                + (maria ? "10.5" : "8.0") + "' or later.");
    }
}
