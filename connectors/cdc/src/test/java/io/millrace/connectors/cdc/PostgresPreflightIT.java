package io.millrace.connectors.cdc;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.Finding;
import io.millrace.api.Section;
import io.millrace.dev.postgres.PostgresAccess;
import io.millrace.dev.postgres.PostgresServer;
import io.millrace.dev.process.Ports;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresPreflightIT {
    @TempDir
    static Path temp;

    private final PostgresCdcShorthand shorthand = new PostgresCdcShorthand();
    private PostgresServer server;
    private PostgresAccess access;
    private String place;

    @BeforeAll
    void start() throws Exception {
        server = PostgresServer.in(temp.resolve("pg"), line -> {}).with(Map.of("max_replication_slots", "2"));
        access = server.up();
        place = "127.0.0.1:" + access.port();
        asAdmin(
                "CREATE ROLE reader LOGIN PASSWORD 'reader'",
                "CREATE TABLE public.orders (id int PRIMARY KEY)",
                "ALTER TABLE public.orders OWNER TO cdc",
                "CREATE TABLE public.keyless (id int)",
                "ALTER TABLE public.keyless OWNER TO cdc",
                "CREATE TABLE public.silent (id int PRIMARY KEY)",
                "ALTER TABLE public.silent REPLICA IDENTITY NOTHING",
                "ALTER TABLE public.silent OWNER TO cdc",
                "CREATE VIEW public.seen AS SELECT 1 AS id");
    }

    @AfterAll
    void stop() {
        server.down();
    }

    private void asAdmin(String... statements) throws Exception {
        try (Connection connection = DriverManager.getConnection(access.url(), "postgres", access.adminPassword());
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private Section section(String tables) {
        return Sections.with(access.url(), "cdc", access.password(), tables);
    }

    private static Finding environment(String code, String field, String message, String remedy) {
        return new Finding(Finding.Fault.ENVIRONMENT, "postgres-cdc." + code, field, message, remedy);
    }

    private static Finding yours(String code, String field, String message, String remedy) {
        return new Finding(Finding.Fault.YOURS, "postgres-cdc." + code, field, message, remedy);
    }

    @Test
    void aWellSetServerHasNoFindings() {
        assertThat(shorthand.preflight(section("public.orders"))).isEmpty();
    }

    @Test
    void anUnreachablePortIsNamed() {
        int free = Ports.freeFrom(24_680);

        assertThat(shorthand.preflight(
                        Sections.with("jdbc:postgresql://127.0.0.1:" + free + "/shop", "cdc", "x", "public.orders")))
                .containsExactly(environment(
                        "unreachable",
                        "url",
                        "no PostgreSQL answers at '127.0.0.1:" + free + "'.",
                        "Start it, or correct host and port of the url."));
    }

    @Test
    void aWrongPasswordIsNotRepeated() {
        assertThat(shorthand.preflight(Sections.with(access.url(), "cdc", "wrong-one", "public.orders")))
                .containsExactly(yours(
                        "credentials",
                        "password",
                        "PostgreSQL at '" + place + "' does not let user 'cdc' in with this password.",
                        "Check 'user' and 'password', and the server's pg_hba.conf."));
    }

    @Test
    void aMissingPasswordIsAskedFor() {
        assertThat(shorthand.preflight(
                        Sections.of(Map.of("url", access.url(), "user", "cdc", "tables", "public.orders"))))
                .containsExactly(yours(
                        "credentials",
                        "password",
                        "PostgreSQL at '" + place + "' wants a password for user 'cdc'.",
                        "Check 'user' and 'password', and the server's pg_hba.conf."));
    }

    @Test
    void aMissingDatabaseIsNamed() {
        assertThat(shorthand.preflight(
                        Sections.with("postgres://" + place + "/nowhere", "cdc", access.password(), "public.orders")))
                .containsExactly(yours(
                        "database",
                        "url",
                        "PostgreSQL at '" + place + "' has no database 'nowhere'.",
                        "Create it, or correct the url."));
    }

    @Test
    void allThatIsWrongWithTablesIsToldAtOnce() {
        assertThat(shorthand.preflight(section("public.orders,public.keyless,public.silent,public.seen,public.gone")))
                .containsExactly(
                        environment(
                                "primary-key",
                                "tables",
                                "table 'public.keyless' has no primary key, so its changes have no key.",
                                "As its owner: ALTER TABLE \"public\".\"keyless\" ADD PRIMARY KEY (...);"),
                        environment(
                                "replica-identity",
                                "tables",
                                "table 'public.silent' has replica identity 'nothing', so its updates and deletes cannot be captured.",
                                "As its owner: ALTER TABLE \"public\".\"silent\" REPLICA IDENTITY DEFAULT;"),
                        yours(
                                "table",
                                "tables",
                                "database 'shop' has no table 'public.seen'.",
                                "Create it, or correct its name; names are case-sensitive here."),
                        yours(
                                "table",
                                "tables",
                                "database 'shop' has no table 'public.gone'.",
                                "Create it, or correct its name; names are case-sensitive here."));
    }

    @Test
    void allRightsThatAreMissingAreToldAtOnce() {
        assertThat(shorthand.preflight(Sections.with(access.url(), "reader", "reader", "public.orders")))
                .containsExactly(
                        environment(
                                "replication-right",
                                "user",
                                "user 'reader' may not replicate from '" + place + "'.",
                                "As an administrator: ALTER ROLE \"reader\" REPLICATION;"),
                        environment(
                                "publication-right",
                                "publication",
                                "publication 'millrace_shop_shopdb' is missing and user 'reader' may not create it.",
                                "As an administrator: GRANT CREATE ON DATABASE \"shop\" TO \"reader\";"),
                        environment(
                                "table-right",
                                "tables",
                                "user 'reader' may not read table 'public.orders'.",
                                "As its owner: GRANT SELECT ON \"public\".\"orders\" TO \"reader\";"),
                        environment(
                                "table-owner",
                                "tables",
                                "user 'reader' does not own table 'public.orders', so it cannot put it into publication"
                                        + " 'millrace_shop_shopdb'.",
                                "As an administrator: CREATE PUBLICATION \"millrace_shop_shopdb\" FOR TABLE \"public\".\"orders\";"));
    }

    @Test
    void takenSlotsAndForeignSlotsAreFindings() throws Exception {
        asAdmin(
                "SELECT pg_create_logical_replication_slot('a', 'test_decoding')",
                "SELECT pg_create_logical_replication_slot('b', 'pgoutput')");
        try {
            List<Finding> full = shorthand.preflight(section("public.orders"));
            List<Finding> foreign = shorthand.preflight(Sections.of(Map.of(
                    "url",
                    access.url(),
                    "user",
                    "cdc",
                    "password",
                    access.password(),
                    "tables",
                    "public.orders",
                    "slot",
                    "a")));
            List<Finding> own = shorthand.preflight(Sections.of(Map.of(
                    "url",
                    access.url(),
                    "user",
                    "cdc",
                    "password",
                    access.password(),
                    "tables",
                    "public.orders",
                    "slot",
                    "b")));

            assertThat(full)
                    .containsExactly(environment(
                            "slots",
                            "slot",
                            "all 2 replication slots of '" + place + "' are taken.",
                            "Drop one that is not used, see pg_replication_slots, or raise max_replication_slots."));
            assertThat(foreign)
                    .containsExactly(environment(
                            "slot-foreign",
                            "slot",
                            "replication slot 'a' is of plugin 'test_decoding' and database 'shop', needed are 'pgoutput' and 'shop'.",
                            "Name another by 'slot'."));
            assertThat(own).isEmpty();
        } finally {
            asAdmin("SELECT pg_drop_replication_slot('a')", "SELECT pg_drop_replication_slot('b')");
        }
    }

    @Test
    void aServerWithoutLogicalReplicationIsToldHowToGetIt() {
        PostgresServer plain =
                PostgresServer.in(temp.resolve("plain"), line -> {}).with(Map.of("wal_level", "replica"));
        PostgresAccess there = plain.up();
        try {
            assertThat(shorthand.preflight(Sections.with(there.url(), "cdc", there.password(), "public.orders")))
                    .containsExactly(
                            environment(
                                    "wal-level",
                                    "url",
                                    "wal_level of '127.0.0.1:" + there.port()
                                            + "' is 'replica', change data capture needs 'logical'.",
                                    "Set wal_level = logical in postgresql.conf and restart PostgreSQL."),
                            yours(
                                    "table",
                                    "tables",
                                    "database 'shop' has no table 'public.orders'.",
                                    "Create it, or correct its name; names are case-sensitive here."));
        } finally {
            plain.down();
        }
    }
}
