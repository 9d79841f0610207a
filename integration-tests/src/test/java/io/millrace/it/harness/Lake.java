package io.millrace.it.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The lake as a user reads it: DuckDB over the Parquet files. */
public final class Lake implements AutoCloseable {
    private final Path folder;
    private final Connection duckdb;

    /**
     * @param folder the bucket's folder
     */
    public Lake(Path folder) throws SQLException {
        this.folder = folder;
        this.duckdb = DriverManager.getConnection("jdbc:duckdb:");
    }

    /** Whether the stream has a file. */
    public boolean has(String stream) throws IOException {
        Path place = folder.resolve(stream.replace('.', '/'));
        if (!Files.isDirectory(place)) {
            return false;
        }
        try (Stream<Path> files = Files.walk(place)) {
            return files.anyMatch(file -> file.toString().endsWith(".parquet"));
        }
    }

    /** How far each partition that was read is in the lake: a condition that only later rows meet. */
    public String later(String stream) throws SQLException {
        List<String> conditions = new ArrayList<>();
        for (List<String> row : query("select _topic, _partition, max(_offset) from read_parquet('" + glob(stream)
                + "', union_by_name = true) group by 1, 2 order by 1, 2")) {
            conditions.add("(_topic = '" + row.get(0) + "' and _partition = " + row.get(1) + " and _offset <= "
                    + row.get(2) + ")");
        }
        return "not (" + String.join(" or ", conditions) + ")";
    }

    /** The latest row of each key that was not deleted: the documented query. */
    public List<List<String>> current(String stream, String columns) throws SQLException {
        return current(stream, columns, "true");
    }

    /** The same over a part of the rows. */
    public List<List<String>> current(String stream, String columns, String condition) throws SQLException {
        return query("select " + columns
                + " from (select *, row_number() over (partition by _key"
                + " order by coalesce(_former_offset, _offset) desc, _offset desc) as latest"
                + " from read_parquet('" + glob(stream) + "', union_by_name = true) where " + condition + ")"
                + " where latest = 1 and _op <> 'd' order by all");
    }

    /** Positions of the layer topics that stand in the lake more than once. */
    public List<List<String>> duplicates() throws SQLException {
        return query("select _topic, _partition, _offset, count(*) from read_parquet('" + folder
                + "/**/*.parquet', union_by_name = true) group by all having count(*) > 1 order by all");
    }

    /** Rows as text. */
    public List<List<String>> query(String sql) throws SQLException {
        try (Statement statement = duckdb.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return texts(rows);
        }
    }

    public String glob(String stream) {
        return folder.resolve(stream.replace('.', '/')) + "/**/*.parquet";
    }

    static List<List<String>> texts(ResultSet rows) throws SQLException {
        int width = rows.getMetaData().getColumnCount();
        List<List<String>> all = new ArrayList<>();
        while (rows.next()) {
            List<String> row = new ArrayList<>();
            for (int i = 1; i <= width; i++) {
                row.add(String.valueOf(rows.getString(i)));
            }
            all.add(row);
        }
        return all;
    }

    @Override
    public void close() throws SQLException {
        duckdb.close();
    }
}
