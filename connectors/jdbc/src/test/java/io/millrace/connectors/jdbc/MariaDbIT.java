package io.millrace.connectors.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.connectors.common.FakeSinkWorker;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MariaDbIT extends DialectContract {
    @TempDir
    static Path temp;

    static MariaDb server;

    @BeforeAll
    static void start() throws Exception {
        Assumptions.assumeTrue(MariaDb.available(), "the binaries are for Linux on x86-64");
        server = MariaDb.start(temp.resolve("maria"));
        try (Connection connection = server.root("mysql");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE USER wh@'127.0.0.1' IDENTIFIED BY 'secret'");
            statement.execute("CREATE USER wh@localhost IDENTIFIED BY 'secret'");
            statement.execute("GRANT ALL ON warehouse.* TO wh@'127.0.0.1'");
            statement.execute("GRANT ALL ON warehouse.* TO wh@localhost");
        }
    }

    @AfterAll
    static void stop() throws Exception {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void emptySchema() throws Exception {
        try (Connection connection = server.root("mysql");
                Statement statement = connection.createStatement()) {
            statement.execute("DROP DATABASE IF EXISTS warehouse");
            statement.execute("CREATE DATABASE warehouse CHARACTER SET latin1");
        }
    }

    @Override
    Map<String, String> login() {
        return of("jdbc.url", server.url("warehouse"), "jdbc.user", "wh", "jdbc.password", "secret");
    }

    @Override
    Connection admin() throws Exception {
        return server.root("warehouse");
    }

    @Override
    void killConnections() throws Exception {
        try (Connection connection = admin();
                Statement statement = connection.createStatement()) {
            List<Long> ids = new ArrayList<>();
            try (ResultSet rows =
                    statement.executeQuery("SELECT id FROM information_schema.processlist WHERE user = 'wh'")) {
                while (rows.next()) {
                    ids.add(rows.getLong(1));
                }
            }
            for (long id : ids) {
                statement.execute("KILL " + id);
            }
        }
    }

    @Override
    String quote(String name) {
        return '`' + name + '`';
    }

    @Override
    String asText(String column) {
        return column.equals("raw") ? "HEX(`raw`)" : "CAST(" + quote(column) + " AS CHAR)";
    }

    @Override
    String schema() {
        return "warehouse";
    }

    @Override
    String allAsText() {
        return "1|1|-5|0.1|1234567890.12|1996-07-04|1996-07-04 00:00:00.000001|00FF275C|[\"a\",\"b\\\"c\"]";
    }

    @Override
    String checkMessage() {
        return "jdbc.check: constraint 'CONSTRAINT_1' does not hold.";
    }

    @Override
    String uniqueMessage() {
        return "jdbc.unique: key 'one_path' has another row with the same values.";
    }

    @Test
    void keysThatACollationTakesForTheSameStayApart() throws Exception {
        Schema schema =
                SchemaBuilder.struct().field("code", Schema.STRING_SCHEMA).build();
        put(
                config("jdbc.origin", "false"),
                Records.row(0, Map.of("code", "a"), new Struct(schema).put("code", "a")),
                Records.row(1, Map.of("code", "A"), new Struct(schema).put("code", "A")),
                Records.row(2, Map.of("code", "a "), new Struct(schema).put("code", "a ")),
                Records.row(3, Map.of("code", "\u00e4"), new Struct(schema).put("code", "\u00e4")));

        assertThat(rows("SELECT code FROM `lines`")).containsExactly("A", "a", "a ", "\u00e4");
    }

    @Test
    void aSecondUniqueKeyIsRefusedBecauseMySqlWouldChangeAnotherRow() throws Exception {
        execute("CREATE TABLE `lines` (order_id INTEGER, product_id INTEGER, note VARCHAR(30) UNIQUE,"
                + " PRIMARY KEY (order_id, product_id))");
        FakeSinkWorker worker = worker(Records.line(0, 0, 1, 1, "a"));
        worker.start(config("jdbc.origin", "false"));

        assertThatThrownBy(() -> worker.poll(10))
                .isInstanceOf(ConnectException.class)
                .hasMessage(
                        "jdbc.key: table 'lines' also has a unique key [note]: on a conflict with that one, MySQL would change"
                                + " another row. Drop it, or make it a plain index.");
    }

    @Test
    void aServerThatIsKilledAndStartedAgainIsWaitedFor() throws Exception {
        FakeSinkWorker worker = put(config(), Records.click(0, 0, "/a"));
        server.kill();
        worker.append(Records.click(0, 1, "/b"));
        assertThat(worker.poll(10)).isFalse();
        assertThat(worker.poll(10)).isFalse();
        server.up();

        assertThat(worker.poll(10)).as(worker.lastRetry).isTrue();
        assertThat(rows("SELECT path FROM clicks")).containsExactly("/a", "/b");
    }
}
