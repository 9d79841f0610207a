package io.millrace.connectors.jdbc;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

class DuckDbTest extends DialectContract {
    @TempDir
    Path folder;

    @Override
    Map<String, String> login() {
        return of("jdbc.url", "jdbc:duckdb:" + folder.resolve("warehouse.duckdb"));
    }

    @Override
    Connection admin() throws Exception {
        return DriverManager.getConnection(login().get("jdbc.url"));
    }

    @Override
    String schema() {
        return "main";
    }

    @Override
    String allAsText() {
        return "1|true|-5|0.1|1234567890.12|1996-07-04|1996-07-04 00:00:00.000001+00|\\x00\\xFF\\x27\\x5C|[\"a\",\"b\\\"c\"]";
    }

    /** DuckDB takes the length of a VARCHAR for a comment. */
    @Override
    boolean keepsLengths() {
        return false;
    }

    @Override
    String checkMessage() {
        return "jdbc.check: a check of table 'lines' does not hold.";
    }

    @Override
    String uniqueMessage() {
        return "jdbc.unique: a primary key or unique constraint has another row with the same values.";
    }
}
