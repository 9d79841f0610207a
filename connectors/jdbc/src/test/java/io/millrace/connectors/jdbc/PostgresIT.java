package io.millrace.connectors.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.api.Finding;
import io.millrace.api.Section;
import io.millrace.connectors.common.FakeSinkWorker;
import io.millrace.dev.postgres.PostgresAccess;
import io.millrace.dev.postgres.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresIT extends DialectContract {
    @TempDir
    static Path temp;

    static PostgresServer server;
    static PostgresAccess access;

    @BeforeAll
    static void start() {
        server = PostgresServer.in(temp.resolve("pg"), line -> {});
        access = server.up();
    }

    @AfterAll
    static void stop() {
        server.down();
    }

    @BeforeEach
    void emptySchema() throws Exception {
        execute("DROP SCHEMA public CASCADE", "CREATE SCHEMA public AUTHORIZATION cdc");
    }

    @Override
    Map<String, String> login() {
        return of("jdbc.url", access.url(), "jdbc.user", access.user(), "jdbc.password", access.password());
    }

    @Override
    Connection admin() throws Exception {
        return DriverManager.getConnection(access.url(), access.adminUser(), access.adminPassword());
    }

    @Override
    void killConnections() throws Exception {
        try (Connection connection = admin();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'cdc'");
        }
    }

    @Override
    void execute(String... statements) throws Exception {
        super.execute(statements);
        super.execute(
                "DO $$ DECLARE t record; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP"
                        + " EXECUTE format('ALTER TABLE public.%I OWNER TO cdc', t.tablename); END LOOP; END $$");
    }

    @Override
    String schema() {
        return "public";
    }

    @Override
    String allAsText() {
        return "1|true|-5|0.1|1234567890.12|1996-07-04|1996-07-04 00:00:00.000001+00|\\x00ff275c|[\"a\", \"b\\\"c\"]";
    }

    @Override
    String checkMessage() {
        return "jdbc.check: constraint 'lines_order_id_check' of table 'lines' does not hold.";
    }

    @Override
    String uniqueMessage() {
        return "jdbc.unique: constraint 'one_path' of table 'clicks' has another row with the same values.";
    }

    @Test
    void whatTextAndNumbersOfPostgresCannotHoldIsNamed() throws Exception {
        execute("CREATE TABLE lines (id BIGINT PRIMARY KEY, t TEXT, d NUMERIC(6,2), at TIMESTAMPTZ, u UUID)");
        Schema schema = SchemaBuilder.struct()
                .field("id", Schema.INT64_SCHEMA)
                .field("t", Schema.OPTIONAL_STRING_SCHEMA)
                .field("d", Schema.OPTIONAL_FLOAT64_SCHEMA)
                .field(
                        "at",
                        SchemaBuilder.int64()
                                .name("io.debezium.time.MicroTimestamp")
                                .optional()
                                .build())
                .field("u", Schema.OPTIONAL_STRING_SCHEMA)
                .build();

        FakeSinkWorker worker = put(
                config("jdbc.origin", "false"),
                Records.row(
                        0, Map.of("id", 1L), new Struct(schema).put("id", 1L).put("t", "a\0b")),
                Records.row(
                        1, Map.of("id", 2L), new Struct(schema).put("id", 2L).put("d", Double.NaN)),
                Records.row(
                        2, Map.of("id", 3L), new Struct(schema).put("id", 3L).put("d", 12345.0)),
                Records.row(
                        3, Map.of("id", 4L), new Struct(schema).put("id", 4L).put("at", Long.MIN_VALUE)),
                Records.row(
                        4, Map.of("id", 5L), new Struct(schema).put("id", 5L).put("u", "no uuid")),
                Records.row(
                        5, Map.of("id", 6L), new Struct(schema).put("id", 6L).put("t", "\ud83d")),
                Records.row(
                        6,
                        Map.of("id", 7L),
                        new Struct(schema)
                                .put("id", 7L)
                                .put("d", 1.005)
                                .put("u", "00000000-0000-0000-0000-00000000000a")));

        assertThat(rows("SELECT id, d, u FROM lines")).containsExactly("7|1.01|00000000-0000-0000-0000-00000000000a");
        assertThat(worker.errors)
                .containsExactly(
                        "jdbc.nul-character: the text of column 't' holds the character NUL, which the database refuses.",
                        "jdbc.not-finite: the number of column 'd' is NaN or infinite, which 'decimal(6,2)' cannot hold.",
                        "jdbc.out-of-range: a value of type 'float64' is out of the range of column 'd' of type 'decimal(6,2)'.",
                        "jdbc.out-of-range: the time of column 'at' is not in the years 1 to 294275.",
                        "jdbc.text: the text of column 't' holds half of a surrogate pair.",
                        "jdbc.value: a text is not a value of the type of its column.");
    }

    @Test
    void aConstraintThatWaitsForTheCommitIsOfARowToo() throws Exception {
        execute(
                "CREATE TABLE paths (path TEXT PRIMARY KEY)",
                "INSERT INTO paths VALUES ('/a')",
                "CREATE TABLE clicks (path TEXT CONSTRAINT known REFERENCES paths DEFERRABLE INITIALLY DEFERRED)");

        FakeSinkWorker worker = put(
                config("jdbc.origin", "false"),
                Records.click(0, 0, "/a"),
                Records.click(0, 1, "/x"),
                Records.click(0, 2, "/a"));

        assertThat(rows("SELECT path FROM clicks")).containsExactly("/a", "/a");
        assertThat(worker.errors)
                .containsExactly(
                        "jdbc.foreign-key: constraint 'known' of table 'clicks' finds no row that is referred to, or one"
                                + " that refers.");
    }

    @Test
    void aServerThatStopsAndStartsIsWaitedFor() throws Exception {
        FakeSinkWorker worker = put(config(), Records.click(0, 0, "/a"));
        worker.append(Records.click(0, 1, "/b"));
        server.down();
        assertThat(worker.poll(10)).isFalse();
        assertThat(worker.poll(10)).isFalse();
        assertThat(worker.lastRetry)
                .isEqualTo("Sink 'shop.warehouse' at 'postgresql://127.0.0.1:" + access.port()
                        + "/shop': jdbc.unavailable: no answer from the database (SQL state '08001').");
        assertThat(worker.timeout).isBetween(1L, 1000L);
        access = server.up();

        assertThat(worker.poll(10)).as(worker.lastRetry).isTrue();
        assertThat(rows("SELECT path FROM clicks")).containsExactly("/a", "/b");
    }

    @Test
    void aLockThatAnotherHoldsIsWaitedForAndTriedAgain() throws Exception {
        FakeSinkWorker worker = put(config("jdbc.timeout", "200ms"), Records.line(0, 0, 1, 1, "a"));
        worker.append(Records.line(0, 1, 1, 1, "b"));
        try (Connection other = admin();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("SELECT * FROM lines FOR UPDATE");
            assertThat(worker.poll(10)).isFalse();
            other.rollback();
        }

        assertThat(worker.poll(10)).as(worker.lastRetry).isTrue();
        assertThat(rows("SELECT note FROM lines")).containsExactly("b");
    }

    @Test
    void aReplayedRecordWaitsForARowThatAnotherTaskWritesAndLeavesItAlone() throws Exception {
        put(config(), Records.line(0, 7, 1, 1, "earlier"));
        execute("DELETE FROM lines");
        FakeSinkWorker worker = worker(Records.replayed(0, Records.line(0, 8, 1, 1, "again")));
        worker.start(config());
        try (Connection other = admin();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("INSERT INTO lines VALUES (1, 1, 'later', 'raw.shop.x-0@9')");
            CompletableFuture<Boolean> poll = CompletableFuture.supplyAsync(() -> worker.poll(10));
            awaitOneThatWaits();
            other.commit();
            assertThat(poll.get(30, TimeUnit.SECONDS)).as(worker.lastRetry).isTrue();
        }

        assertThat(rows(lines())).containsExactly("1|1|later|raw.shop.x-0@9");
    }

    private void awaitOneThatWaits() throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (rows("SELECT pid FROM pg_locks WHERE NOT granted").isEmpty()) {
            assertThat(System.nanoTime()).as("nobody waits for the row").isLessThan(deadline);
        }
    }

    @Test
    void aWrongPasswordAndAMissingRightStopTheTaskWithoutRepeatingSecrets() throws Exception {
        FakeSinkWorker wrong = worker(Records.click(0, 0, "/a"));
        wrong.start(config("jdbc.password", "hunter2"));
        assertThatThrownBy(() -> wrong.poll(10))
                .isInstanceOf(ConnectException.class)
                .hasMessage(
                        "Sink 'shop.warehouse' at 'postgresql://127.0.0.1:" + access.port()
                                + "/shop': jdbc.credentials: the database does not let the user in. Check 'user' and 'password'.");

        execute("ALTER SCHEMA public OWNER TO postgres", "GRANT USAGE ON SCHEMA public TO cdc");
        FakeSinkWorker poor = worker(Records.click(0, 0, "/a"));
        poor.start(config());
        assertThatThrownBy(() -> poor.poll(10))
                .isInstanceOf(ConnectException.class)
                .hasMessage("Sink 'shop.warehouse' at 'postgresql://127.0.0.1:" + access.port()
                        + "/shop': jdbc.privilege: permission denied for schema public. Let an administrator grant it; the sink needs"
                        + " SELECT, INSERT, UPDATE and DELETE on its tables and CREATE on the schema for new ones.");
    }

    @Test
    void thePreflightNamesWhatIsInTheWay() throws Exception {
        JdbcShorthand shorthand = new JdbcShorthand();
        assertThat(shorthand.preflight(section(access.password(), "public"))).isEmpty();
        assertThat(shorthand.preflight(section("hunter2", "public")))
                .containsExactly(new Finding(
                        Finding.Fault.YOURS,
                        "jdbc.credentials",
                        "user",
                        "'postgresql://127.0.0.1:" + access.port() + "/shop': the database does not let the user in.",
                        "Check 'user' and 'password'."));
        assertThat(shorthand.preflight(section(access.password(), "nowhere")))
                .containsExactly(new Finding(
                        Finding.Fault.YOURS,
                        "jdbc.schema",
                        "schema",
                        "there is no schema 'nowhere' that the user can see.",
                        "Create it, or correct 'schema'."));
        execute("ALTER SCHEMA public OWNER TO postgres", "GRANT USAGE ON SCHEMA public TO cdc");
        assertThat(shorthand.preflight(section(access.password(), "public")))
                .containsExactly(new Finding(
                        Finding.Fault.ENVIRONMENT,
                        "jdbc.create-right",
                        "user",
                        "tables [lines, millrace_offsets, millrace_offsets_rejected] are missing and the user may not create tables in"
                                + " schema 'public'.",
                        "As its owner: GRANT CREATE ON SCHEMA \"public\" TO the user; or create them."));
    }

    private static Section section(String password, String schema) {
        String url = "postgres://cdc:" + password + "@127.0.0.1:" + access.port() + "/shop";
        return new Section(
                "shop",
                "warehouse",
                "shop.warehouse",
                Map.of("url", url, "schema", schema),
                List.of(new Section.InputStream("enriched", "lines", Records.TABLE_TOPIC, true)));
    }
}
