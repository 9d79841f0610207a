package io.millrace.connectors.s3.parquet;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Reads Parquet files with DuckDB: a reader that is not the library that wrote them. */
public final class Duck implements AutoCloseable {
    private final Connection connection;

    public Duck() throws SQLException {
        connection = DriverManager.getConnection("jdbc:duckdb:");
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET TimeZone = 'UTC'");
        }
    }

    /** All rows, columns as DuckDB prints them, joined by {@code |}; null is {@code ~}. */
    public List<String> rows(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            int columns = result.getMetaData().getColumnCount();
            List<String> rows = new ArrayList<>();
            while (result.next()) {
                List<String> row = new ArrayList<>();
                for (int column = 1; column <= columns; column++) {
                    String text = result.getString(column);
                    row.add(text == null ? "~" : text);
                }
                rows.add(String.join("|", row));
            }
            return rows;
        }
    }

    /** Names and types of the columns of a file. */
    public List<String> columns(Path file) throws SQLException {
        return rows(
                "SELECT column_name || ' ' || column_type FROM (DESCRIBE SELECT * FROM read_parquet('" + file + "'))");
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
