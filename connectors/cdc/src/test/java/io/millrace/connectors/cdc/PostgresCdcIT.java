package io.millrace.connectors.cdc;

import static org.assertj.core.api.Assertions.assertThat;

import io.debezium.connector.postgresql.PostgresConnector;
import io.debezium.connector.postgresql.PostgresConnectorTask;
import io.millrace.api.ConnectorShorthand;
import io.millrace.api.Section;
import io.millrace.dev.postgres.PostgresAccess;
import io.millrace.dev.postgres.PostgresServer;
import io.millrace.dev.process.Deadline;
import io.millrace.dev.shop.ShopSchema;
import java.lang.reflect.Proxy;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.connector.ConnectorContext;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The packed plugin, loaded as a worker does, against a real PostgreSQL. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresCdcIT {
    @TempDir
    static Path temp;

    private final PluginFolder plugin = new PluginFolder();
    private PostgresServer server;
    private PostgresAccess access;

    @BeforeAll
    void start() throws Exception {
        server = PostgresServer.in(temp, line -> {});
        access = server.up();
        try (Connection connection = connect()) {
            ShopSchema.create(connection, 1);
        }
    }

    @AfterAll
    void stop() {
        server.down();
    }

    private Connection connect() throws Exception {
        return DriverManager.getConnection(access.url(), access.user(), access.password());
    }

    @Test
    void thePluginHoldsNothingThatTheWorkerGives() throws Exception {
        assertThat(plugin.jars())
                .noneMatch(jar -> jar.matches("(kafka-clients|connect-|slf4j-|log4j-|millrace-(api|foundation|dev)).*"))
                .anyMatch(jar -> jar.startsWith("debezium-connector-postgres-"))
                .anyMatch(jar -> jar.startsWith("postgresql-"))
                .anyMatch(jar -> jar.startsWith("millrace-connector-cdc-"));
    }

    @Test
    void capturesSnapshotAndChangesFromItsOwnClassLoader() throws Exception {
        try (URLClassLoader loader = plugin.open()) {
            Thread thread = Thread.currentThread();
            ClassLoader before = thread.getContextClassLoader();
            thread.setContextClassLoader(loader);
            try {
                capture(loader);
            } finally {
                thread.setContextClassLoader(before);
            }
        }
    }

    private void capture(ClassLoader loader) throws Exception {
        ConnectorShorthand shorthand =
                ServiceLoader.load(ConnectorShorthand.class, loader).findFirst().orElseThrow();
        assertThat(shorthand.getClass().getClassLoader()).isSameAs(loader);
        Map<String, String> config = shorthand.connectorConfig(Sections.with(
                access.url(), access.user(), access.password(), "public.customers,public.orders,public.order_details"));

        SourceConnector connector = (SourceConnector) loader.loadClass(shorthand.connectorClass())
                .getDeclaredConstructor()
                .newInstance();
        assertThat(connector.getClass().getClassLoader()).isSameAs(loader);
        List<ConfigValue> values = connector.validate(config).configValues();
        assertThat(values)
                .allSatisfy(value ->
                        assertThat(value.errorMessages()).as(value.name()).isEmpty());
        connector.initialize(none(ConnectorContext.class));
        connector.start(config);
        Map<String, String> taskConfig = connector.taskConfigs(1).get(0);

        SourceTask task =
                (SourceTask) connector.taskClass().getDeclaredConstructor().newInstance();
        task.initialize(new TaskContext(taskConfig, new NoOffsets()));
        task.start(taskConfig);
        try {
            List<SourceRecord> snapshot = poll(task, 20 + 60 + 150);
            assertThat(snapshot)
                    .extracting(SourceRecord::topic)
                    .contains(
                            "raw.shop.shopdb.public.customers",
                            "raw.shop.shopdb.public.orders",
                            "raw.shop.shopdb.public.order_details");
            changesAreCaptured(task);
        } finally {
            task.stop();
            connector.stop();
        }
    }

    private void changesAreCaptured(SourceTask task) throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO orders (order_id, order_date, freight) VALUES (1, DATE '1996-07-04', 0.1)");
            statement.execute("DELETE FROM orders WHERE order_id = 1");
        }

        List<SourceRecord> changes = poll(task, 3);

        assertThat(changes).hasSize(3);
        SourceRecord created = changes.get(0);
        assertThat(((Struct) created.key()).getInt16("order_id")).isEqualTo((short) 1);
        Struct row = ((Struct) created.value()).getStruct("after");
        assertThat(row.schema().field("order_date").schema().name()).isEqualTo("io.debezium.time.Date");
        assertThat(row.schema().field("freight").schema().type()).isEqualTo(Schema.Type.FLOAT32);
        assertThat(row.get("freight")).isEqualTo(0.1f);
        assertThat(row.schema().field("freight").schema().name()).isNotEqualTo(Decimal.LOGICAL_NAME);
        assertThat(((Struct) changes.get(1).value()).getString("op")).isEqualTo("d");
        assertThat(changes.get(2).value()).isNull();
    }

    @Test
    void aRowDeletedWhileTheSnapshotWasCutOffIsDeletedAfterTheNextOne() throws Exception {
        Map<String, String> config = configOf("cut_off");
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO customers (customer_id, company_name) VALUES ('GONE', 'Gone before'),"
                    + " ('STAYS', 'Renamed later')");
            SourceTask first = start(config, new NoOffsets());
            SourceRecord committed;
            try {
                committed = poll(first, 1).get(0);
            } finally {
                first.stop();
            }
            statement.execute("DELETE FROM customers WHERE customer_id = 'GONE'");
            statement.execute("UPDATE customers SET company_name = 'Renamed' WHERE customer_id = 'STAYS'");

            // what was committed says that a snapshot is under way
            assertThat(committed.sourceOffset()).containsKey("snapshot");
            SourceTask second = start(config, new Committed(committed.sourceOffset()));
            List<SourceRecord> told = new ArrayList<>();
            try {
                Deadline deadline = Deadline.in(Duration.ofSeconds(60));
                while (told.stream()
                                .noneMatch(record ->
                                        keyed(record, "STAYS") && op(record).equals("u"))
                        && !deadline.passed()) {
                    told.addAll(poll(second, 1));
                }
            } finally {
                second.stop();
            }
            assertThat(told.stream().filter(record -> keyed(record, "GONE")).map(PostgresCdcIT::op))
                    .as("the second snapshot has no such row, and the delete comes after it")
                    .containsExactly("d", "tombstone");
            assertThat(told.stream().filter(record -> keyed(record, "STAYS")).map(PostgresCdcIT::op))
                    .containsExactly("r", "u");
            statement.execute("DELETE FROM customers WHERE customer_id = 'STAYS'");
        }
    }

    @Test
    void aSnapshotThatWasCutOffBeginsAnewWhileNothingChanges() throws Exception {
        Map<String, String> config = configOf("cut_off_quiet");
        SourceTask first = start(config, new NoOffsets());
        SourceRecord committed;
        try {
            committed = poll(first, 1).get(0);
        } finally {
            first.stop();
        }

        SourceTask second = start(config, new Committed(committed.sourceOffset()));
        try {
            assertThat(poll(second, 20)).extracting(PostgresCdcIT::op).containsOnly("r");
        } finally {
            second.stop();
        }
    }

    @Test
    void whatChangesAfterEachStartIsTold() throws Exception {
        Map<String, String> config = configOf("again");
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO customers (customer_id, company_name) VALUES ('AGAIN', 'Start 0')");
            OffsetStorageReader offsets = new NoOffsets();
            for (int start = 1; start <= 3; start++) {
                SourceTask task = start(config, offsets);
                try {
                    if (start == 1) {
                        awaitRow(task, "Start 0");
                    }
                    for (int change = 1; change <= 3; change++) {
                        String name = "Start " + start + ", change " + change;
                        statement.execute(
                                "UPDATE customers SET company_name = '" + name + "' WHERE customer_id = 'AGAIN'");
                        offsets = new Committed(awaitRow(task, name).sourceOffset());
                    }
                } finally {
                    task.stop();
                }
            }
            statement.execute("DELETE FROM customers WHERE customer_id = 'AGAIN'");
        }
    }

    private static SourceRecord awaitRow(SourceTask task, String company) throws InterruptedException {
        Deadline deadline = Deadline.in(Duration.ofSeconds(60));
        while (!deadline.passed()) {
            for (SourceRecord record : poll(task, 1)) {
                Struct value = (Struct) record.value();
                if (value != null
                        && value.getStruct("after") != null
                        && company.equals(value.getStruct("after").getString("company_name"))) {
                    return record;
                }
            }
        }
        throw new AssertionError("the row '" + company + "' is not told");
    }

    /** Of the customers, through a slot of its own. */
    private Map<String, String> configOf(String slot) {
        Section section = Sections.of(Map.of(
                "url",
                access.url(),
                "user",
                access.user(),
                "password",
                access.password(),
                "tables",
                "public.customers",
                "slot",
                slot,
                "publication",
                slot));
        return new PostgresCdcShorthand().connectorConfig(section);
    }

    private static boolean keyed(SourceRecord record, String customer) {
        return ((Struct) record.key()).getString("customer_id").strip().equals(customer);
    }

    private static String op(SourceRecord record) {
        return record.value() == null ? "tombstone" : ((Struct) record.value()).getString("op");
    }

    private static SourceTask start(Map<String, String> config, OffsetStorageReader offsets) {
        PostgresConnector connector = new PostgresConnector();
        connector.initialize(none(ConnectorContext.class));
        connector.start(config);
        Map<String, String> taskConfig = connector.taskConfigs(1).get(0);
        connector.stop();
        SourceTask task = new PostgresConnectorTask();
        task.initialize(new TaskContext(taskConfig, offsets));
        task.start(taskConfig);
        return task;
    }

    private static List<SourceRecord> poll(SourceTask task, int count) throws InterruptedException {
        List<SourceRecord> records = new ArrayList<>();
        Deadline deadline = Deadline.in(Duration.ofSeconds(60));
        while (records.size() < count && !deadline.passed()) {
            List<SourceRecord> batch = task.poll();
            if (batch != null) {
                batch.stream()
                        .filter(record -> !record.topic().startsWith("heartbeat."))
                        .forEach(records::add);
            }
        }
        return records;
    }

    private record TaskContext(Map<String, String> configs, OffsetStorageReader offsetStorageReader)
            implements SourceTaskContext {
        @Override
        public PluginMetrics pluginMetrics() {
            return none(PluginMetrics.class);
        }
    }

    /** As a worker gives back what it committed: for the one partition there is. */
    private record Committed(Map<String, ?> offset) implements OffsetStorageReader {
        @Override
        public <T> Map<String, Object> offset(Map<String, T> partition) {
            return new HashMap<>(offset);
        }

        @Override
        public <T> Map<Map<String, T>, Map<String, Object>> offsets(java.util.Collection<Map<String, T>> partitions) {
            Map<Map<String, T>, Map<String, Object>> offsets = new HashMap<>();
            partitions.forEach(partition -> offsets.put(partition, offset(partition)));
            return offsets;
        }
    }

    /** The connector has never run. */
    private static final class NoOffsets implements OffsetStorageReader {
        @Override
        public <T> Map<String, Object> offset(Map<String, T> partition) {
            return null;
        }

        @Override
        public <T> Map<Map<String, T>, Map<String, Object>> offsets(java.util.Collection<Map<String, T>> partitions) {
            return Map.of();
        }
    }

    private static <T> T none(Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    throw new AssertionError("the connector asked its context for " + method.getName());
                }));
    }
}
