package io.millrace.dev;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.dev.process.Deadline;
import io.millrace.dev.process.Ports;
import io.millrace.dev.shop.ShopSchema;
import io.millrace.dev.shop.ShopScript;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** One life of a dev folder, from the first start on; the steps follow each other because each real start takes seconds. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Execution(ExecutionMode.SAME_THREAD)
class DevServicesIT {
    @TempDir
    static Path temp;

    private Path data;
    private DevProgram program;

    @BeforeAll
    void prepare() throws Exception {
        program = new DevProgram(temp);
        // A space in the path is what users have.
        data = temp.resolve("a folder/dev");
    }

    @AfterAll
    void stop() throws Exception {
        program.run("down", "--data", data.toString());
    }

    private JsonNode up() throws Exception {
        DevProgram.Ended ended = program.run(
                "up",
                "--data",
                data.toString(),
                "--home",
                program.home().toString(),
                "--need",
                "postgres,warehouse,s3,search",
                "--buckets",
                "lake");
        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.out().lines()).hasSize(1);
        return ended.json();
    }

    private static Connection connect(JsonNode up) throws SQLException {
        JsonNode postgres = up.get("postgres");
        return DriverManager.getConnection(
                postgres.get("url").asText(),
                postgres.get("user").asText(),
                postgres.get("password").asText());
    }

    private static String one(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    private static HttpResponse<String> search(JsonNode up, String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(up.get("search").get("url").asText() + path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static int port(JsonNode up, String service, String field) {
        return URI.create(up.get(service).get(field).asText().replace("jdbc:", ""))
                .getPort();
    }

    @Test
    @Order(1)
    void startsAllWithWhatCdcNeeds() throws Exception {
        JsonNode up = up();

        try (Connection connection = connect(up);
                Statement statement = connection.createStatement()) {
            assertThat(one(connection, "SHOW wal_level")).isEqualTo("logical");
            assertThat(one(connection, "SHOW fsync")).isEqualTo("on");
            statement.execute("CREATE TABLE kept (id int PRIMARY KEY)");
            statement.execute("INSERT INTO kept VALUES (7)");
            statement.execute("CREATE PUBLICATION p FOR TABLE kept");
            assertThat(one(connection, "SELECT pg_create_logical_replication_slot('s', 'pgoutput') IS NOT NULL"))
                    .isEqualTo("t");
            assertThat(one(connection, "SELECT pg_drop_replication_slot('s') IS NOT NULL"))
                    .isEqualTo("t");
        }
        JsonNode s3 = up.get("s3");
        assertThat(Path.of(s3.get("folder").asText(), "lake")).isDirectory();
        assertThat(s3.get("attached").asBoolean()).isFalse();
        assertThat(s3.get("region").asText()).isEqualTo("us-east-1");
        assertThat(search(up, "PUT", "/kept/_doc/7", "{\"company\": \"Alfreds\"}")
                        .statusCode())
                .isEqualTo(201);
        JsonNode warehouse = up.get("warehouse");
        try (Connection connection = DriverManager.getConnection(
                        warehouse.get("url").asText(),
                        warehouse.get("user").asText(),
                        warehouse.get("password").asText());
                Statement statement = connection.createStatement()) {
            assertThat(one(connection, "SELECT current_database() || ' ' || current_user"))
                    .isEqualTo("warehouse warehouse");
            statement.execute("CREATE TABLE facts (id int PRIMARY KEY)");
        }
        assertThat(Files.getPosixFilePermissions(data.resolve("postgres/credentials.json")))
                .hasSize(2);
    }

    @Test
    @Order(2)
    void aSecondUpAttachesToTheSameProcesses() throws Exception {
        JsonNode first = up();
        JsonNode second = up();

        for (String service : new String[] {"postgres", "warehouse", "s3", "search"}) {
            assertThat(second.get(service).get("attached").asBoolean()).isTrue();
            assertThat(second.get(service).get("pid"))
                    .isEqualTo(first.get(service).get("pid"));
        }
        assertThat(second.get("postgres").get("url"))
                .isEqualTo(first.get("postgres").get("url"));
        assertThat(second.get("s3").get("endpoint")).isEqualTo(first.get("s3").get("endpoint"));
        assertThat(second.get("search").get("url"))
                .isEqualTo(first.get("search").get("url"));
    }

    @Test
    @Order(2)
    void eachServerIsToldOnALineOfItsOwnWhenThatIsAskedFor() throws Exception {
        JsonNode whole = up();

        DevProgram.Ended ended = program.run(
                "up",
                "--data",
                data.toString(),
                "--home",
                program.home().toString(),
                "--need",
                "warehouse,search",
                "--as-ready");

        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.out().lines())
                .containsExactlyInAnyOrder(
                        "{\"warehouse\":" + whole.get("warehouse") + "}", "{\"search\":" + whole.get("search") + "}");
    }

    @Test
    @Order(3)
    void twoAtATimeFindTheSameServers() throws Exception {
        program.run("down", "--data", data.toString());

        CompletableFuture<JsonNode> other = CompletableFuture.supplyAsync(() -> {
            try {
                return up();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        JsonNode one = up();

        assertThat(other.get().get("postgres").get("pid"))
                .isEqualTo(one.get("postgres").get("pid"));
        assertThat(other.get().get("s3").get("pid")).isEqualTo(one.get("s3").get("pid"));
    }

    @Test
    @Order(3)
    void killedServersAreReplacedWithTheirDataAndAddress() throws Exception {
        JsonNode before = up();
        Files.writeString(Path.of(before.get("s3").get("folder").asText(), "lake", "object"), "x");
        kill(before.get("postgres").get("pid").asLong());
        kill(before.get("s3").get("pid").asLong());
        kill(before.get("search").get("pid").asLong());

        JsonNode after = up();

        assertThat(after.get("postgres").get("pid"))
                .isNotEqualTo(before.get("postgres").get("pid"));
        assertThat(after.get("postgres").get("url"))
                .isEqualTo(before.get("postgres").get("url"));
        assertThat(after.get("s3").get("endpoint")).isEqualTo(before.get("s3").get("endpoint"));
        assertThat(Path.of(after.get("s3").get("folder").asText(), "lake", "object"))
                .hasContent("x");
        assertThat(after.get("search").get("url"))
                .isEqualTo(before.get("search").get("url"));
        assertThat(search(after, "GET", "/kept/_source/7", "").body()).isEqualTo("{\"company\": \"Alfreds\"}");
        try (Connection connection = connect(after)) {
            assertThat(one(connection, "SELECT id FROM kept")).isEqualTo("7");
        }
    }

    @Test
    @Order(4)
    void serversThatHangAreReplaced() throws Exception {
        JsonNode before = up();
        for (String service : new String[] {"s3", "search"}) {
            String pid = before.get(service).get("pid").asText();
            assertThat(new ProcessBuilder("kill", "-STOP", pid).start().waitFor())
                    .isZero();
        }

        JsonNode after = up();

        for (String service : new String[] {"s3", "search"}) {
            long pid = before.get(service).get("pid").asLong();
            assertThat(after.get(service).get("pid").asLong()).isNotEqualTo(pid);
            assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
        }
        assertThat(after.get("s3").get("endpoint")).isEqualTo(before.get("s3").get("endpoint"));
        assertThat(after.get("search").get("url"))
                .isEqualTo(before.get("search").get("url"));
    }

    @Test
    @Order(5)
    void generatesTheShopThenChangesItUntilItsParentIsGone() throws Exception {
        JsonNode postgres = up().get("postgres");
        Path out = temp.resolve("generator.out");
        Process generator = program.start(
                out,
                temp.resolve("generator.err"),
                "generate",
                "--url",
                postgres.get("url").asText(),
                "--user",
                "cdc",
                "--password",
                postgres.get("password").asText(),
                "--rate",
                "200",
                "--seed",
                "7");
        Deadline deadline = Deadline.in(Duration.ofSeconds(30));
        while (!Files.readString(out).equals("ready\n") && !deadline.passed()) {
            deadline.pause();
        }
        assertThat(out).hasContent("ready");
        try (Connection connection = DriverManager.getConnection(
                postgres.get("url").asText(), "cdc", postgres.get("password").asText())) {
            String before = one(connection, "SELECT pg_current_wal_lsn()");
            while (one(connection, "SELECT max(order_id) FROM orders").compareTo("10320") < 0 && !deadline.passed()) {
                deadline.pause();
            }
            assertThat(one(connection, "SELECT pg_current_wal_lsn()")).isNotEqualTo(before);
        }

        generator.getOutputStream().close();

        assertThat(generator.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(generator.exitValue()).isZero();
    }

    @Test
    @Order(6)
    void theSameSeedMakesTheSameRows() throws Exception {
        JsonNode up = up();
        String first = rowsAfterScript(up);
        String second = rowsAfterScript(up);

        assertThat(second).isEqualTo(first);
    }

    private static String rowsAfterScript(JsonNode up) throws Exception {
        try (Connection connection = connect(up);
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE order_details, orders, customers");
            ShopSchema.create(connection, 11);
            assertThat(one(connection, "SELECT count(*) FROM customers")).isEqualTo("20");
            assertThat(one(connection, "SELECT count(DISTINCT country) > 5 FROM customers"))
                    .isEqualTo("t");
            assertThat(one(connection, "SELECT count(*) FROM orders")).isEqualTo("60");
            assertThat(one(connection, "SELECT count(*) FROM order_details")).isEqualTo("150");

            Map<ShopScript.Change, Integer> made = new ShopScript(5).apply(connection, 600);

            assertThat(made.keySet()).containsExactlyInAnyOrder(ShopScript.Change.values());
            assertThat(made.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(600);
            // Invariant of the shop: reads the same as real and as numeric.
            assertThat(one(
                            connection,
                            "SELECT count(*) FROM order_details WHERE unit_price::numeric::real <> unit_price"
                                    + " OR discount::numeric::real <> discount"))
                    .isEqualTo("0");
            return one(
                            connection,
                            "SELECT md5(string_agg(c::text, '|' ORDER BY c::text COLLATE \"C\")) FROM customers c")
                    + one(
                            connection,
                            "SELECT md5(string_agg(o::text, '|' ORDER BY o::text COLLATE \"C\")) FROM orders o")
                    + one(
                            connection,
                            "SELECT md5(string_agg(d::text, '|' ORDER BY d::text COLLATE \"C\")) FROM order_details d");
        }
    }

    @Test
    @Order(7)
    void downFreesThePortsAndIsIdempotent() throws Exception {
        JsonNode up = up();
        int postgresPort = port(up, "postgres", "url");
        int s3Port = port(up, "s3", "endpoint");
        int searchPort = port(up, "search", "url");
        assertThat(Ports.isFree(postgresPort)).isFalse();

        assertThat(program.run("down", "--data", data.toString()).status()).isZero();

        assertThat(Ports.isFree(postgresPort)).isTrue();
        assertThat(Ports.isFree(s3Port)).isTrue();
        assertThat(Ports.isFree(searchPort)).isTrue();
        assertThat(program.run("down", "--data", data.toString()).status()).isZero();
    }

    @Test
    @Order(8)
    void aTakenPortIsAvoidedAndAStalePidIsNoHindrance() throws Exception {
        JsonNode before = up();
        int port = port(before, "postgres", "url");
        kill(before.get("postgres").get("pid").asLong());
        Path pidFile = data.resolve("postgres/data/postmaster.pid");
        Files.writeString(
                pidFile,
                Files.readString(pidFile)
                        .replaceFirst(
                                "^\\d+", Long.toString(ProcessHandle.current().pid())));
        awaitFree(port);
        try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
            JsonNode after = up();

            assertThat(port(after, "postgres", "url")).isNotEqualTo(taken.getLocalPort());
            try (Connection connection = connect(after)) {
                assertThat(one(connection, "SELECT id FROM kept")).isEqualTo("7");
            }
        }
    }

    private static void kill(long pid) {
        ProcessHandle handle = ProcessHandle.of(pid).orElseThrow();
        handle.destroyForcibly();
        handle.onExit().join();
    }

    private static void awaitFree(int port) {
        Deadline deadline = Deadline.in(Duration.ofSeconds(20));
        while (!Ports.isFree(port) && !deadline.passed()) {
            deadline.pause();
        }
    }

    @Test
    @Order(9)
    void serversWhoseFolderIsGoneEndByThemselves() throws Exception {
        JsonNode up = up();

        for (String service : new String[] {"s3", "search"}) {
            ProcessHandle process =
                    ProcessHandle.of(up.get(service).get("pid").asLong()).orElseThrow();
            Files.delete(data.resolve(service).resolve("server.json"));
            process.onExit().get(30, TimeUnit.SECONDS);
        }
    }
}
