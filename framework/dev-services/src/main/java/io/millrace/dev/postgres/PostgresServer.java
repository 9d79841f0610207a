package io.millrace.dev.postgres;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.dev.process.Deadline;
import io.millrace.dev.process.DevFolder;
import io.millrace.dev.process.OwnedProcess;
import io.millrace.dev.process.Ports;
import io.millrace.dev.process.Progress;
import io.millrace.dev.process.Secrets;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/**
 * A PostgreSQL in a folder, with a database {@code shop} owned by a user {@code cdc} that may replicate, and a database {@code warehouse}
 * owned by a user {@code warehouse}. It runs detached: it outlives
 * this process, and {@link #up()} in another process finds it again. Used by one thread; {@link DevFolder#lock} keeps other processes
 * off.
 */
public final class PostgresServer {
    private static final long NEEDED_BYTES = 300L * 1024 * 1024;
    private static final int FIRST_PORT = 15_432;
    private static final int PORT_TRIES = 5;
    private static final Duration ANSWER = Duration.ofSeconds(15);
    private static final String DATABASE = "shop";
    private static final String USER = "cdc";
    private static final String WAREHOUSE = "warehouse";
    private static final String ADMIN = "postgres";
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Map<String, String> SETTINGS = Map.ofEntries(
            Map.entry("listen_addresses", "127.0.0.1"),
            // No socket file: its path may be longer than the about 100 characters that systems allow.
            Map.entry("unix_socket_directories", ""),
            Map.entry("wal_level", "logical"),
            Map.entry("max_wal_senders", "10"),
            Map.entry("max_replication_slots", "10"),
            Map.entry("max_connections", "50"),
            Map.entry("shared_buffers", "32MB"),
            Map.entry("max_wal_size", "256MB"),
            Map.entry("password_encryption", "scram-sha-256"),
            Map.entry("timezone", "UTC"),
            Map.entry("log_timezone", "UTC"));

    private final Path requestedFolder;
    private final Map<String, String> settings;
    private final Progress progress;

    private PostgresServer(Path requestedFolder, Map<String, String> settings, Progress progress) {
        this.requestedFolder = requestedFolder;
        this.settings = settings;
        this.progress = progress;
    }

    /** A server whose files live in this folder. */
    public static PostgresServer in(Path folder, Progress progress) {
        return new PostgresServer(folder, SETTINGS, progress);
    }

    /** The same with other settings of postgresql.conf, for tests of what a wrongly set server does. */
    public PostgresServer with(Map<String, String> changed) {
        Map<String, String> all = new TreeMap<>(settings);
        all.putAll(changed);
        return new PostgresServer(requestedFolder, all, progress);
    }

    /**
     * Attaches to the server if it runs, answers, and is of this version with these settings; otherwise replaces or starts it. Its data
     * and, if free, its port stay.
     *
     * @throws ProblemException ENVIRONMENT: {@code dev.folder-*}, {@code dev.platform}, {@code dev.root}, {@code dev.postgres-*}
     */
    public PostgresAccess up() {
        Path folder = DevFolder.prepare(requestedFolder, NEEDED_BYTES);
        try {
            PostgresPlatform platform = PostgresPlatform.current();
            PostgresBinaries binaries = PostgresBinaries.unpack(folder, platform, progress);
            PostgresCluster cluster = new PostgresCluster(folder, binaries, PostgresUser.choose(platform, folder));
            ObjectNode secrets = secrets(folder);
            if (!cluster.exists()) {
                progress.step("creating the PostgreSQL database cluster");
                cluster.create(ADMIN, secrets.get("admin").asText());
            }
            cluster.checkVersion();
            return attachOrStart(folder, cluster, binaries.version(), secrets);
        } catch (IOException e) {
            throw DevFolder.failed(folder, e);
        }
    }

    private PostgresAccess attachOrStart(Path folder, PostgresCluster cluster, String version, ObjectNode secrets)
            throws IOException {
        Path stateFile = folder.resolve("server.json");
        ObjectNode recorded = readJson(stateFile);
        int port = recorded.path("port").asInt(0);
        Optional<OwnedProcess> running = cluster.running();
        if (running.isPresent()) {
            if (recorded.equals(state(version, port)) && answers(access(port, secrets, running.get(), true))) {
                progress.step("PostgreSQL is running on port " + port);
                PostgresAccess access = access(port, secrets, running.get(), true);
                prepareDatabase(access);
                return access;
            }
            progress.step("replacing a PostgreSQL that does not answer or is set up differently");
            cluster.stop(running.get());
        }
        return start(folder, cluster, version, secrets, port == 0 ? FIRST_PORT : port);
    }

    private PostgresAccess start(
            Path folder, PostgresCluster cluster, String version, ObjectNode secrets, int wantedPort)
            throws IOException {
        int port = wantedPort;
        for (int attempt = 0; attempt < PORT_TRIES; attempt++) {
            port = Ports.freeFrom(port);
            // Invariant: what is recorded is never less than what runs; so it is written before the start.
            DevFolder.writePrivate(
                    folder.resolve("server.json"), state(version, port).toString());
            PostgresCluster.Start start = cluster.startAfterRemains(port, settings);
            if (start == PostgresCluster.Start.STARTED) {
                OwnedProcess server =
                        cluster.running().orElseThrow(() -> failed("ended right after its start", folder));
                PostgresAccess access = access(port, secrets, server, false);
                if (!answers(access)) {
                    throw failed("does not answer", folder);
                }
                prepareDatabase(access);
                progress.step("PostgreSQL " + version + " started on port " + port);
                return access;
            }
            if (start == PostgresCluster.Start.REMAINS_OF_KILLED) {
                throw failed("cannot start while processes of a killed one use its data", folder);
            }
            port++;
        }
        throw failed("found no free port near " + wantedPort, folder);
    }

    /** Stops it if it runs; does nothing else. Bounded by about half a minute. */
    public void down() {
        Path folder = requestedFolder.toAbsolutePath().normalize();
        if (!Files.isDirectory(folder.resolve("data"))) {
            return;
        }
        try {
            PostgresPlatform platform = PostgresPlatform.current();
            PostgresBinaries binaries = PostgresBinaries.unpack(folder, platform, progress);
            PostgresCluster cluster = new PostgresCluster(folder, binaries, PostgresUser.choose(platform, folder));
            Optional<OwnedProcess> running = cluster.running();
            if (running.isPresent()) {
                cluster.stop(running.get());
                progress.step("PostgreSQL stopped");
            }
        } catch (IOException e) {
            throw DevFolder.failed(folder, e);
        }
    }

    private ObjectNode state(String version, int port) {
        ObjectNode state = JSON.createObjectNode();
        state.put("version", version);
        state.put("port", port);
        state.set("settings", JSON.valueToTree(new TreeMap<>(settings)));
        return state;
    }

    private static ObjectNode secrets(Path folder) throws IOException {
        Path file = folder.resolve("credentials.json");
        ObjectNode secrets = readJson(file);
        boolean complete = true;
        for (String user : List.of("admin", "cdc", WAREHOUSE)) {
            // a folder of an earlier version has no warehouse yet
            if (!secrets.has(user)) {
                secrets.put(user, Secrets.create(24));
                complete = false;
            }
        }
        if (!complete) {
            DevFolder.writePrivate(file, secrets.toString());
        }
        return secrets;
    }

    private static ObjectNode readJson(Path file) throws IOException {
        if (!Files.exists(file)) {
            return JSON.createObjectNode();
        }
        @Nullable JsonNode node = JSON.readTree(Files.readString(file));
        return node instanceof ObjectNode object ? object : JSON.createObjectNode();
    }

    private static PostgresAccess access(int port, ObjectNode secrets, OwnedProcess server, boolean attached) {
        return new PostgresAccess(
                port,
                DATABASE,
                USER,
                secrets.path("cdc").asText(),
                new PostgresAccess.Warehouse(
                        WAREHOUSE, WAREHOUSE, secrets.path(WAREHOUSE).asText()),
                ADMIN,
                secrets.path("admin").asText(),
                server.pid(),
                attached);
    }

    /** A server that recovers refuses connections for a while; one that hangs is given one timeout only. */
    private static boolean answers(PostgresAccess access) {
        Deadline deadline = Deadline.in(ANSWER);
        while (true) {
            try (Connection connection = connectAsAdmin(access, 5)) {
                return connection.isValid(5);
            } catch (SQLException e) {
                boolean starting = "57P03".equals(e.getSQLState());
                if (!starting || deadline.passed()) {
                    return false;
                }
                deadline.pause();
            }
        }
    }

    private static Connection connectAsAdmin(PostgresAccess access, int timeoutSeconds) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", access.adminUser());
        properties.setProperty("password", access.adminPassword());
        properties.setProperty("connectTimeout", "5");
        properties.setProperty("socketTimeout", Integer.toString(timeoutSeconds));
        properties.setProperty("loginTimeout", "5");
        @Nullable
        Connection connection =
                new Driver().connect("jdbc:postgresql://127.0.0.1:" + access.port() + "/postgres", properties);
        if (connection == null) {
            throw new SQLException("the driver refused its own URL");
        }
        return connection;
    }

    /** The users and the databases, made where a first start did not get that far. */
    private static void prepareDatabase(PostgresAccess access) {
        try (Connection connection = connectAsAdmin(access, 60);
                Statement statement = connection.createStatement()) {
            prepareDatabase(statement, DATABASE, USER, "LOGIN REPLICATION", access.password());
            PostgresAccess.Warehouse warehouse = access.warehouse();
            prepareDatabase(statement, warehouse.database(), warehouse.user(), "LOGIN", warehouse.password());
        } catch (SQLException e) {
            throw new ProblemException(
                    ExitCode.ENVIRONMENT,
                    Problem.error(
                            "dev.postgres-failed",
                            "",
                            "the databases '" + DATABASE + "' and '" + WAREHOUSE + "' could not be made: "
                                    + e.getMessage() + ".",
                            ""),
                    e);
        }
    }

    private static void prepareDatabase(
            Statement statement, String database, String owner, String rights, String password) throws SQLException {
        if (!exists(statement, "SELECT 1 FROM pg_roles WHERE rolname = '" + owner + "'")) {
            statement.execute("CREATE ROLE " + owner + " " + rights + " PASSWORD '" + password + "'");
        }
        if (!exists(statement, "SELECT 1 FROM pg_database WHERE datname = '" + database + "'")) {
            statement.execute("CREATE DATABASE " + database + " OWNER " + owner);
        }
    }

    private static boolean exists(Statement statement, String query) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            return rows.next();
        }
    }

    private static ProblemException failed(String what, Path folder) {
        return new ProblemException(
                ExitCode.ENVIRONMENT,
                Problem.error(
                        "dev.postgres-failed",
                        "",
                        "PostgreSQL in '" + folder + "' " + what + ".",
                        "See '" + folder.resolve("postgres.log") + "'."));
    }
}
