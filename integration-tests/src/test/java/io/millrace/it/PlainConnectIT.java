package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.BrokerConfig;
import io.millrace.broker.BrokerLite;
import io.millrace.it.harness.AccessLog;
import io.millrace.it.harness.Await;
import io.millrace.it.harness.Background;
import io.millrace.it.harness.ConnectWorker;
import io.millrace.it.harness.Devices;
import io.millrace.it.harness.Distribution;
import io.millrace.it.harness.KillPoint;
import io.millrace.it.harness.Lake;
import io.millrace.it.harness.Ports;
import io.millrace.it.harness.Readme;
import io.millrace.it.harness.SearchIndex;
import io.millrace.it.harness.Services;
import io.millrace.it.harness.ShopSource;
import io.millrace.it.harness.TopicReader;
import io.millrace.it.harness.Warehouse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The shipped plugin folders on Apache Kafka's own Connect worker, with the configurations of their READMEs: only addresses and what makes a
 * test quick are put in their place.
 */
@Order(2)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PlainConnectIT {
    private static final Duration ARRIVES_WITHIN = Duration.ofSeconds(60);
    private static final String CONSUMER = "org.apache.kafka.clients.consumer.KafkaConsumer";
    private static final String PRODUCER = "org.apache.kafka.clients.producer.KafkaProducer";
    private static final String SECTION = "## On Kafka Connect";
    private static final String TOKEN = "device-secret";
    private static final String ORDERS = "shop.public.orders";
    private static final String PRICES = "prices";
    private static final String READINGS = "readings-north";

    /** Without {@code -Dmillrace.kill.rounds} only the first. */
    private static final List<KillPoint> KILL_POINTS = List.of(
            new KillPoint("uploaded, not committed", CONSUMER, "commitAsync", "task-thread-lake-", 1)
                    .following("io.millrace.connectors.s3.Cut", "upload"),
            new KillPoint("sent, not committed", PRODUCER, "commitTransaction", "task-thread-clicks-", 3),
            new KillPoint("in the database, not committed", CONSUMER, "commitAsync", "task-thread-warehouse-", 2)
                    .following("io.millrace.connectors.jdbc.TableWriter", "write"));

    @TempDir
    static Path folder;

    private static BrokerLite broker;
    private static CompletableFuture<Services> starting;
    private static Services services;
    private static ShopSource shop;
    private static Warehouse warehouse;
    private static Lake lake;
    private static AccessLog log;
    private static ConnectWorker worker;
    private static URI intake;

    @BeforeAll
    static void startEverything() throws Exception {
        log = new AccessLog(folder.resolve("logs"));
        intake = URI.create("http://127.0.0.1:" + Ports.free() + "/");
        starting = CompletableFuture.supplyAsync(() -> {
            try {
                return Services.up(folder);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        broker = BrokerLite.start(new BrokerConfig(
                folder.resolve("broker"),
                "127.0.0.1",
                0,
                Map.of("transaction.abort.timed.out.transaction.cleanup.interval.ms", "500")));
        worker = worker(Optional.of(KILL_POINTS.get(0).armedBy(folder.resolve("kill-0"))));
        services = starting.join();
        shop = services.source();
        warehouse = services.warehouse();
        lake = services.lake();
        shop.execute(
                "create table orders (order_id int primary key, customer text not null, total numeric(10, 2) not null,"
                        + " priority text not null, note text, placed timestamp(6) not null)");
        // what the sinks cannot write is refused by these two
        warehouse.execute("create table orders (order_id int primary key, total numeric(10, 2) check (total >= 0))");
        services.search().put("orders", "{\"mappings\": {\"properties\": {\"priority\": {\"type\": \"integer\"}}}}");
        order(1, 40);
        worker.awaitStarted();
        prices("{\"sku\": \"a\", \"price\": 1.50}");
        worker.put("clicks", logs());
        worker.put("devices", iotHttp());
        worker.put("shopdb", cdc());
        worker.put("lake", s3());
        worker.put("warehouse", jdbc());
        worker.put("search", search());
        awaitAllRunning();
    }

    private static void awaitAllRunning() throws Exception {
        worker.awaitStarted();
        for (String name : List.of("clicks", "devices", "shopdb", "lake", "warehouse", "search")) {
            worker.awaitRunning(name);
        }
    }

    private static ConnectWorker worker(Optional<KillPoint> killPoint) throws Exception {
        List<String> options = killPoint.isPresent() ? List.of(killPoint.get().jvmOption(folder)) : List.of();
        return ConnectWorker.distributed(folder.resolve("connect"), settings(), Map.of("IOT_TOKEN", TOKEN), options);
    }

    /** Those of the document, with what this test has in place of it. */
    private static Map<String, String> settings() throws Exception {
        Map<String, String> settings =
                new TreeMap<>(Readme.configs("framework/docs/kafka-connect.md", "# Our plugins on Kafka Connect")
                        .get(0));
        settings.putAll(hurried());
        return settings;
    }

    /** Where the test's servers are; one broker; commits and the end of a dead worker's membership without delay. */
    private static Map<String, String> hurried() {
        Map<String, String> settings = new TreeMap<>();
        settings.put("bootstrap.servers", broker.bootstrapServers());
        settings.put("plugin.path", Distribution.home().resolve("plugins").toString());
        for (String topic : List.of("config", "offset", "status")) {
            settings.put(topic + ".storage.replication.factor", "1");
        }
        settings.put("offset.storage.partitions", "1");
        settings.put("status.storage.partitions", "1");
        settings.put("offset.flush.interval.ms", "500");
        settings.put("scheduled.rebalance.max.delay.ms", "0");
        for (String prefix : List.of("", "consumer.")) {
            settings.put(prefix + "session.timeout.ms", "6000");
            settings.put(prefix + "heartbeat.interval.ms", "1000");
        }
        settings.put("producer.transaction.timeout.ms", "5000");
        settings.put("consumer.metadata.max.age.ms", "1000");
        return settings;
    }

    private static Map<String, String> logs() throws Exception {
        return config("connectors/logs", Map.of("logs.path", log.glob(), "logs.scan.interval", "200ms"));
    }

    private static Map<String, String> iotHttp() throws Exception {
        Map<String, String> config =
                config("connectors/iot-http", Map.of("http.port", Integer.toString(intake.getPort())));
        config.putAll(Readme.configs("transforms/README.md", SECTION).get(0));
        return config;
    }

    private static Map<String, String> cdc() throws Exception {
        URI database = URI.create(services.databaseUrl().substring("jdbc:".length()));
        return config(
                "connectors/cdc",
                Map.of(
                        "database.hostname", database.getHost(),
                        "database.port", Integer.toString(database.getPort()),
                        "database.dbname", database.getPath().substring(1),
                        "database.user", services.databaseUser(),
                        "database.password", services.databasePassword()));
    }

    private static Map<String, String> s3() throws Exception {
        Map<String, String> config = config(
                "connectors/s3-parquet",
                Map.of(
                        "s3.bucket", "lake",
                        "s3.endpoint", services.s3("endpoint"),
                        "s3.access.key.id", services.s3("access_key_id"),
                        "s3.secret.access.key", services.s3("secret_access_key"),
                        "s3.roll.every", "2s",
                        "s3.temp.dir", folder.resolve("rolling").toString()));
        config.merge("topics", PRICES, (orders, prices) -> orders + "," + prices);
        return config;
    }

    private static Map<String, String> jdbc() throws Exception {
        return config(
                "connectors/jdbc",
                Map.of(
                        "jdbc.url",
                        services.warehouseUrl(),
                        "jdbc.user",
                        services.warehouseUser(),
                        "jdbc.password",
                        services.warehousePassword()));
    }

    private static Map<String, String> search() throws Exception {
        Map<String, String> config = config("connectors/search-index", Map.of("search.url", services.searchUrl()));
        config.putAll(Readme.configs("transforms/README.md", SECTION).get(1));
        return config;
    }

    /** What the README says, and what only this test has. */
    private static Map<String, String> config(String plugin, Map<String, String> own) throws Exception {
        Map<String, String> config =
                new TreeMap<>(Readme.configs(plugin + "/README.md", SECTION).get(0));
        config.putAll(own);
        if (config.containsKey("errors.deadletterqueue.topic.name")) {
            config.put("errors.deadletterqueue.topic.replication.factor", "1");
        }
        return config;
    }

    @AfterAll
    @SuppressWarnings("try") // to be closed is all that they are here for, whatever becomes of the others
    static void stopEverything() throws Exception {
        try (BrokerLite first = broker;
                Services second = starting.join();
                ShopSource third = shop;
                Warehouse fourth = warehouse;
                Lake fifth = lake;
                ConnectWorker sixth = worker) {
            assertThat(starting).isDone();
        }
    }

    @Test
    @Order(1)
    void pluginsAreFoundByTheirServiceFiles() throws Exception {
        assertThat(worker.plugins())
                .contains(
                        "io.millrace.connectors.logs.LogsSourceConnector",
                        "io.millrace.connectors.iothttp.IotHttpSourceConnector",
                        "io.debezium.connector.postgresql.PostgresConnector",
                        "io.millrace.connectors.s3.S3ParquetSinkConnector",
                        "io.millrace.connectors.jdbc.JdbcSinkConnector",
                        "io.millrace.connectors.search.SearchIndexSinkConnector",
                        "io.millrace.transforms.Mask$Value",
                        "io.millrace.transforms.SetHeaders",
                        "io.millrace.transforms.FieldMatches$Value");
    }

    @Test
    @Order(2)
    void theLinesOfALogArriveAsTheyAre() throws Exception {
        log.append(lines("first", 3));

        try (TopicReader clicks = reader("clicks")) {
            List<ConsumerRecord<byte[], byte[]>> records = clicks.awaitRecords(3, ARRIVES_WITHIN);

            assertThat(records).extracting(PlainConnectIT::value).containsExactlyElementsOf(lines("first", 3));
            assertThat(records)
                    .extracting(record -> header(record, "log.offset"))
                    .containsExactly("0", "8", "16");
        }
    }

    @Test
    @Order(3)
    void aPostIsAnsweredWhenItsRecordsCanBeReadAndTransformsHaveChangedThem() throws Exception {
        HttpResponse<String> response =
                post(intake, "[{\"device_id\": \"a-1\", \"n\": 1}, {\"device_id\": \"a-2\", \"n\": 2}]");

        // by now, not later
        try (TopicReader readings = reader(READINGS)) {
            List<ConsumerRecord<byte[], byte[]>> records = readings.all();
            assertThat(response.body()).isEqualTo("{\"records\":2}");
            assertThat(records)
                    .extracting(PlainConnectIT::value)
                    .containsExactlyInAnyOrder(
                            "{\"device_id\": \"a-1\", \"n\": 1}", "{\"device_id\": \"a-2\", \"n\": 2}");
            assertThat(records)
                    .extracting(record -> header(record, "tenant") + header(record, "http.path"))
                    .containsOnly("north/");
            assertThat(records)
                    .extracting(record -> new String(record.key(), StandardCharsets.UTF_8))
                    .containsExactlyInAnyOrder("\"a-1\"", "\"a-2\"");
        }
    }

    private static HttpResponse<String> post(URI port, String body) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(port)
                                .header("Authorization", "Bearer " + TOKEN)
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @Test
    @Order(4)
    void changesOfADatabaseReachLakeWarehouseAndIndex() throws Exception {
        shop.execute("update orders set total = total + 0.05, customer = upper(customer) where order_id % 3 = 0");
        shop.execute("delete from orders where order_id % 7 = 0");

        assertSinksAgree();
    }

    /** With the database, as it is now. What a sink's filter and mask do is done here in SQL. */
    private static void assertSinksAgree() throws Exception {
        List<List<String>> expected = shop.query(
                "select order_id, customer, total, placed from orders" + " where total >= 0 order by order_id");
        Await.until(ARRIVES_WITHIN, () -> assertThat(warehouse.query("select order_id, customer, total,"
                        + " placed at time zone 'UTC' from orders order by order_id"))
                .as("orders in the warehouse; the worker printed:\n%s", worker.output())
                .isEqualTo(expected));
        List<List<String>> all = shop.query("select order_id, customer, total from orders order by order_id");
        Await.until(ARRIVES_WITHIN, () -> {
            assertThat(lake.has("shop.orders")).isTrue();
            assertThat(ordersInLake())
                    .as("orders in the lake; the worker printed:\n%s", worker.output())
                    .containsExactlyInAnyOrderElementsOf(all);
        });
        assertThat(lake.duplicates()).as("offsets that are in the lake twice").isEmpty();
        List<List<String>> masked =
                shop.query("select order_id, repeat('*', length(customer) - 2) || right(customer, 2),"
                        + " total from orders where note is distinct from 'test' and priority = '1'");
        SearchIndex index = services.search();
        Await.until(ARRIVES_WITHIN, () -> assertThat(index.all("orders"))
                .as("orders in the index; the worker printed:\n%s", worker.output())
                .map(order -> List.of(
                        order.required("order_id").asText(),
                        order.required("customer").asText(),
                        order.required("total").decimalValue().setScale(2).toPlainString()))
                .containsExactlyInAnyOrderElementsOf(masked));
    }

    private static List<List<String>> ordersInLake() {
        try {
            return lake.current("shop.orders", "order_id, customer, total");
        } catch (SQLException e) {
            throw new AssertionError("a file that a crash left was removed while it was read", e);
        }
    }

    @Test
    @Order(5)
    void whatASinkCannotWriteIsADeadLetterOfConnectAndTheOthersPass() throws Exception {
        shop.execute("insert into orders values (666, 'Mallory', -1.00, 'high', null, '2026-11-22 10:00:00')");
        prices("{\"sku\": \"b\", \"price\": 123456.78}");
        order(41, 45);
        prices("{\"sku\": \"c\", \"price\": 2.50}");

        assertSinksAgree();
        assertThat(deadLetter("warehouse-failed")).startsWith("jdbc.check");
        assertThat(deadLetter("search-failed")).contains("priority");
        assertThat(deadLetter("lake-failed")).contains("Field 'price'");
        Await.until(ARRIVES_WITHIN, () -> assertThat(
                        lake.query("select sku from read_parquet('" + lake.glob("topics." + PRICES) + "')"))
                .containsExactlyInAnyOrder(List.of("a"), List.of("c")));
    }

    /** The message of the only one. */
    private static String deadLetter(String topic) throws Exception {
        try (TopicReader reader = reader(topic)) {
            List<ConsumerRecord<byte[], byte[]>> records = reader.awaitRecords(1, ARRIVES_WITHIN);
            assertThat(records).as("dead letters in '%s'", topic).hasSize(1);
            assertThat(header(records.get(0), "__connect.errors.topic")).isIn(ORDERS, PRICES);
            return header(records.get(0), "__connect.errors.exception.message");
        }
    }

    @Test
    @Order(6)
    void aWorkerByItselfRunsTheSourcesToo() throws Exception {
        AccessLog edge = new AccessLog(folder.resolve("edge-logs"));
        edge.append(lines("edge", 3));
        Map<String, String> clicks = logs();
        clicks.putAll(Map.of("logs.path", edge.glob(), "logs.topic", "edge-clicks"));
        Map<String, String> readings = iotHttp();
        URI port = URI.create("http://127.0.0.1:" + Ports.free() + "/");
        readings.putAll(Map.of("topic", "edge", "http.port", Integer.toString(port.getPort())));
        Map<String, String> settings = settings();
        settings.put("plugin.path", linked("logs", "iot-http", "transforms").toString());
        // the default finds them too
        settings.remove("plugin.discovery");
        try (ConnectWorker alone = ConnectWorker.standalone(
                folder.resolve("standalone"),
                settings,
                Map.of("IOT_TOKEN", TOKEN),
                Map.of("edge-clicks", clicks, "edge-devices", readings))) {
            alone.awaitStarted();
            alone.awaitRunning("edge-clicks");
            alone.awaitRunning("edge-devices");

            assertThat(post(port, "{\"n\": 1}").body()).isEqualTo("{\"records\":1}");

            // acknowledged by the broker, and there
            try (TopicReader reader = reader("edge-north")) {
                assertThat(reader.all()).extracting(PlainConnectIT::value).containsExactly("{\"n\": 1}");
            }
            try (TopicReader reader = reader("edge-clicks")) {
                assertThat(reader.awaitRecords(3, ARRIVES_WITHIN))
                        .extracting(PlainConnectIT::value)
                        .containsExactlyElementsOf(lines("edge", 3));
            }
            assertThat(alone.output())
                    .contains("listening for posts (connector=edge-devices, ")
                    .doesNotContain("NoSuchMethodError", "NoClassDefFoundError");
        }
    }

    /** A folder of plugins that has only some: what is scanned by reflection takes its time. */
    private static Path linked(String... plugins) throws Exception {
        Path links = Files.createDirectories(folder.resolve("some-plugins"));
        for (String plugin : plugins) {
            Files.createSymbolicLink(links.resolve(plugin), Distribution.plugin(plugin));
        }
        return links;
    }

    @Test
    @Order(7)
    void aWorkerThatIsKilledLosesNothingAndDoublesNothing() throws Exception {
        int kills = Math.min(Integer.getInteger("millrace.kill.rounds", 1), KILL_POINTS.size());
        List<String> written = new ArrayList<>(lines("first", 3));
        List<String> posted = IntStream.range(0, 400)
                .mapToObj(n -> "{\"device_id\": \"k-" + n % 4 + "\", \"n\": " + n + "}")
                .toList();
        for (int kill = 0; kill < kills; kill++) {
            Traffic traffic = new Traffic(kill);
            CompletableFuture<Void> posting = posting(posted);
            Files.createFile(folder.resolve("kill-" + kill));
            worker.awaitKilled(ARRIVES_WITHIN);
            log.rename();
            worker = worker(
                    kill + 1 < kills
                            ? Optional.of(KILL_POINTS.get(kill + 1).armedBy(folder.resolve("kill-" + (kill + 1))))
                            : Optional.empty());
            awaitAllRunning();
            written.addAll(traffic.end());
            posting.get(ARRIVES_WITHIN.toSeconds(), TimeUnit.SECONDS);
        }

        assertSinksAgree();
        try (TopicReader clicks = reader("clicks")) {
            clicks.awaitRecords(written.size(), ARRIVES_WITHIN);
            assertThat(clicks.all()).extracting(PlainConnectIT::value).containsExactlyInAnyOrderElementsOf(written);
        }
        try (TopicReader readings = reader(READINGS)) {
            assertThat(readings.all().stream().map(PlainConnectIT::value)).containsAll(posted);
        }
        assertThat(worker.output())
                .contains("partition taken (connector=warehouse, ")
                .doesNotContain("NoSuchMethodError", "NoClassDefFoundError");
    }

    /** What a web server and a shop write, before, while and after a worker is killed. */
    private static final class Traffic {
        private final List<String> written = new ArrayList<>();
        private final Background writing;
        private final Background selling;
        private int lines;
        private int order;

        Traffic(int round) {
            order = 1000 * (round + 1);
            writing = Background.start("writes lines", () -> write(round), Duration.ofMillis(5));
            selling = Background.start("sells", this::sell, Duration.ofMillis(20));
        }

        private void write(int round) throws Exception {
            List<String> some = IntStream.range(lines, lines + 7)
                    .mapToObj(n -> "round " + round + " line " + n)
                    .toList();
            lines += some.size();
            log.append(some);
            written.addAll(some);
        }

        private void sell() throws Exception {
            order(order, order + 1);
            shop.execute("update orders set total = total + 1 where order_id = " + (order - 2));
            order += 2;
        }

        /** All lines of it. */
        List<String> end() throws Exception {
            writing.end();
            selling.end();
            return written;
        }
    }

    private static CompletableFuture<Void> posting(List<String> readings) {
        return CompletableFuture.runAsync(() -> {
            try {
                new Devices(intake, TOKEN).post(readings, 7, ARRIVES_WITHIN);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static List<String> lines(String name, int count) {
        return IntStream.range(0, count).mapToObj(n -> name + " " + (n % 10)).toList();
    }

    /** Every tenth is one that a filter takes out. */
    private static void order(int from, int to) throws Exception {
        shop.execute(
                "insert into orders select n, 'Customer ' || n, n * 1.10, '1', case when n % 10 = 0 then 'test' end,"
                        + " timestamp '2026-11-22 10:00:00.123456' + n * interval '1 second' from generate_series("
                        + from + ", "
                        + to + ") n");
    }

    /** Rows whose price has at most four digits, as their schema says. */
    private static void prices(String row) throws Exception {
        String value = "{\"schema\": {\"type\": \"struct\", \"fields\": [{\"field\": \"sku\", \"type\": \"string\"},"
                + " {\"field\": \"price\", \"type\": \"bytes\", \"name\": \"org.apache.kafka.connect.data.Decimal\","
                + " \"version\": 1, \"parameters\": {\"scale\": \"2\", \"connect.decimal.precision\": \"4\"}}]},"
                + " \"payload\": " + row + "}";
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
            producer.send(new ProducerRecord<>(PRICES, value)).get();
        }
    }

    /** Of a topic that Connect makes, as soon as it has. */
    private static TopicReader reader(String topic) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) broker.bootstrapServers()))) {
            Await.until(
                    ARRIVES_WITHIN,
                    () -> assertThat(admin.listTopics().names().get()).contains(topic));
        }
        return TopicReader.open(broker.bootstrapServers(), topic);
    }

    private static String value(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.value(), StandardCharsets.UTF_8);
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }
}
