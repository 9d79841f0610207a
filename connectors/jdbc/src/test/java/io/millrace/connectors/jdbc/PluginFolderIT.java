package io.millrace.connectors.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.ConnectorShorthand;
import io.millrace.connectors.common.FakeSinkWorker;
import io.millrace.connectors.common.PluginFolder;
import io.millrace.dev.postgres.PostgresAccess;
import io.millrace.dev.postgres.PostgresServer;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.sink.SinkTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folder that a worker gets, in a class loader that offers no more than a worker does. */
class PluginFolderIT {
    private static final Path FOLDER = Path.of("target/plugin");

    @TempDir
    static Path temp;

    @Test
    void thePluginWritesRowsWithWhatItBringsAlone() throws Exception {
        PostgresServer server = PostgresServer.in(temp.resolve("pg"), line -> {});
        PostgresAccess access = server.up();
        try (URLClassLoader plugin = PluginFolder.open()) {
            SinkConnector connector =
                    ServiceLoader.load(SinkConnector.class, plugin).iterator().next();
            connector.start(config(access));
            SinkTask task = (SinkTask) connector.taskClass().getConstructor().newInstance();
            task.initialize(new FakeSinkWorker(JdbcSinkTask::new));

            task.start(connector.taskConfigs(1).get(0));
            task.open(List.of(new TopicPartition(Records.TABLE_TOPIC, 0)));
            task.put(List.of(Records.line(0, 0, 10248, 11, "first")));
            task.stop();
            connector.stop();

            assertThat(task.getClass().getClassLoader()).isSameAs(plugin);
            assertThat(connector.version()).isNotEmpty();
            assertThat(notes(access)).containsExactly("first");
        } finally {
            server.down();
        }
    }

    @Test
    void theShorthandIsFoundInTheFolder() throws Exception {
        try (URLClassLoader plugin = PluginFolder.open()) {
            ConnectorShorthand shorthand = ServiceLoader.load(ConnectorShorthand.class, plugin)
                    .iterator()
                    .next();

            assertThat(shorthand.type()).isEqualTo("jdbc");
            assertThat(plugin.loadClass(shorthand.connectorClass())).isAssignableTo(SinkConnector.class);
        }
    }

    @Test
    void theFolderHoldsOneDriverAndNothingOfTheWorkers() throws Exception {
        assertThat(jars().stream()
                        .map(jar -> jar.getFileName().toString().replaceAll("-[0-9].*", ""))
                        .sorted())
                .containsExactly(
                        "checker-qual",
                        "jackson-core",
                        "millrace-connector-common",
                        "millrace-connector-jdbc",
                        "postgresql");
    }

    private static Map<String, String> config(PostgresAccess access) {
        return new HashMap<>(Map.of(
                "name",
                "shop.warehouse",
                "jdbc.url",
                access.url(),
                "jdbc.user",
                access.user(),
                "jdbc.password",
                access.password(),
                "jdbc.streams",
                Records.TABLE_TOPIC + "=enriched/lines/table"));
    }

    private static List<String> notes(PostgresAccess access) throws Exception {
        List<String> notes = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(access.url(), access.user(), access.password());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT note FROM lines")) {
            while (rows.next()) {
                notes.add(rows.getString(1));
            }
        }
        return notes;
    }

    private static List<Path> jars() throws Exception {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.toList();
        }
    }
}
