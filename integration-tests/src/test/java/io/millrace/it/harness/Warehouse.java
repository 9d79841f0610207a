package io.millrace.it.harness;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The warehouse as an analyst reads it: SQL over its tables. */
public final class Warehouse implements AutoCloseable {
    private final Connection connection;

    public Warehouse(String url, String user, String password) throws SQLException {
        this.connection = DriverManager.getConnection(url, user, password);
    }

    /** Rows as text. */
    public List<List<String>> query(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return Lake.texts(rows);
        }
    }

    public void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Whether the sink has made the table. */
    public boolean has(String table) throws SQLException {
        return !query("select 1 from information_schema.tables where table_name = '" + table + "'")
                .isEmpty();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
