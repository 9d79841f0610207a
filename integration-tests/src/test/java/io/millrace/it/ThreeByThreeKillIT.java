package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.dev.shop.ShopSchema;
import io.millrace.dev.shop.ShopScript;
import io.millrace.it.harness.AllInputs;
import io.millrace.it.harness.Await;
import io.millrace.it.harness.ClickTraffic;
import io.millrace.it.harness.KillPoint;
import io.millrace.it.harness.MillraceProcess;
import io.millrace.it.harness.ReadingTraffic;
import io.millrace.it.harness.SearchIndex;
import io.millrace.it.harness.ShopRun;
import io.millrace.it.harness.ShopSource;
import io.millrace.it.harness.TopicCount;
import io.millrace.it.harness.TopicReader;
import io.millrace.it.harness.Warehouse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole shop is killed at exact places by a seeded schedule, while its database changes, its log grows and is rotated, and its devices
 * post: each start flows again soon, and at the end every sum is exact in the lake, the warehouse and the search index.
 */
@Isolated("it holds how soon records flow again")
class ThreeByThreeKillIT {
    private static final Logger LOG = LoggerFactory.getLogger(ThreeByThreeKillIT.class);
    private static final Duration SOON = Duration.ofSeconds(180);
    private static final Duration BETWEEN_CHANGES = Duration.ofMillis(20);
    /**
     * The promise of 15 s on a quiet machine, and as much again for one that also runs the services, this test and its neighbours. How soon it
     * was stands in the log, and KillIT holds the promise itself on the smaller pipeline.
     */
    private static final Duration FLOWS_AGAIN = Duration.ofSeconds(Integer.getInteger("millrace.kill.flows.again", 30));

    private static final long SEED = 33;
    /** How often each place is hit; one round in CI, more in the profile {@code chaos}. */
    private static final int ROUNDS = Integer.getInteger("millrace.kill.rounds", 1);

    private static final String PRODUCER = "org.apache.kafka.clients.producer.KafkaProducer";
    private static final String CONSUMER = "org.apache.kafka.clients.consumer.KafkaConsumer";
    private static final String COMMITTED_ROWS = "io.millrace.connectors.jdbc.Partitions";
    private static final String BULK = "io.millrace.connectors.search.BulkWriter";

    /** What happens to the log around a kill. */
    private enum Rotation {
        NONE,
        RENAME,
        COPY_TRUNCATE
    }

    private record Kill(KillPoint point, Rotation rotation) {}

    @TempDir
    Path folder;

    private int started;

    @Test
    void nothingIsLostAndNothingIsTwiceInAnySinkWhereverItIsKilled() throws Exception {
        Random random = new Random(SEED);
        try (ShopRun shop = ShopRun.in(folder);
                ShopSource source = shop.services().source()) {
            ShopSchema.create(source.connection(), SEED);
            ShopScript script = new ShopScript(SEED);
            ClickTraffic clicks = ClickTraffic.start(shop.accessLog(), SEED);
            ReadingTraffic readings = ReadingTraffic.start(shop.devices(), SEED);
            for (int round = 0; round < ROUNDS; round++) {
                for (Kill kill : schedule(random)) {
                    Path arm = folder.resolve("arm-" + started);
                    awaitFlowing(
                            shop,
                            source,
                            clicks,
                            readings,
                            Optional.of(kill.point().armedBy(arm)));
                    Files.createFile(arm);
                    awaitKilled(shop, source, script, clicks, kill);
                }
            }
            MillraceProcess last = awaitFlowing(shop, source, clicks, readings, Optional.empty());
            AllInputs inputs = AllInputs.of(SEED, clicks.end(), readings.end());
            assertThat(readings.sentAgain()).as("readings that were sent again").isPositive();
            awaitExact(shop, source, inputs);
            assertThat(last.stop()).as(last.output()).isEqualTo(143);
        }
    }

    private static List<Kill> schedule(Random random) {
        List<Kill> kills = new ArrayList<>(List.of(
                kill(
                        "between rows in the warehouse and the task's return",
                        COMMITTED_ROWS,
                        "advanced",
                        "shop.warehouse",
                        random),
                new Kill(
                        new KillPoint(
                                        "between rows in the warehouse and the commit of their offsets",
                                        CONSUMER,
                                        "commitSync",
                                        "task-thread-shop.warehouse",
                                        1 + random.nextInt(2))
                                .following(COMMITTED_ROWS, "advanced"),
                        Rotation.NONE),
                kill("between a bulk's answer and what it means", BULK, "take", "shop.search", random),
                new Kill(
                        new KillPoint(
                                        "between documents in the index and the commit of their offsets",
                                        CONSUMER,
                                        "commitSync",
                                        "task-thread-shop.search",
                                        1 + random.nextInt(2))
                                .following(BULK, "take"),
                        Rotation.NONE),
                kill("while posts wait for their answer", PRODUCER, "commitTransaction", "shop.readings", random),
                new Kill(
                        new KillPoint(
                                "while the log is renamed and compressed",
                                PRODUCER,
                                "commitTransaction",
                                "task-thread-shop.clicks",
                                1 + random.nextInt(3)),
                        Rotation.RENAME),
                new Kill(
                        new KillPoint(
                                "while the log is copied and truncated",
                                PRODUCER,
                                "commitTransaction",
                                "task-thread-shop.clicks",
                                1 + random.nextInt(3)),
                        Rotation.COPY_TRUNCATE),
                new Kill(
                        new KillPoint(
                                        "between an open window's row and its commit",
                                        PRODUCER,
                                        "commitTransaction",
                                        "StreamThread",
                                        1 + random.nextInt(4))
                                .following("io.millrace.layers.topology.WindowProcessor", "write"),
                        Rotation.NONE)));
        Collections.shuffle(kills, random);
        return kills;
    }

    private static Kill kill(String name, String type, String method, String connector, Random random) {
        return new Kill(
                new KillPoint(name, type, method, "task-thread-" + connector, 1 + random.nextInt(4)), Rotation.NONE);
    }

    /** What came while nothing ran is, of each source, in the layers soon after the start: a guard against hanging, the log tells how soon. */
    private MillraceProcess awaitFlowing(
            ShopRun shop, ShopSource source, ClickTraffic clicks, ReadingTraffic readings, Optional<KillPoint> point)
            throws Exception {
        started++;
        String probe = String.format("probe-%03d", started);
        // below all ids of the shop
        source.execute("insert into orders (order_id, customer_id, order_date) select " + started
                + ", min(customer_id), date '1998-01-01' from customers");
        clicks.probe("/" + probe);
        readings.probe(probe);
        Instant before = Instant.now();
        long start = System.nanoTime();
        MillraceProcess run = shop.start(point);
        run.awaitOutput("broker ", SOON);
        awaitRecords(shop.broker(), probe, before);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        LOG.info("all sources flow {} ms after start {}", took.toMillis(), started);
        if (started > 1) {
            assertThat(took).as("records flow again at start %s", started).isLessThan(FLOWS_AGAIN);
        }
        return run;
    }

    private void awaitRecords(String broker, String probe, Instant since) throws Exception {
        try (TopicReader orders = TopicReader.since(broker, "enriched.shop.orders", since);
                TopicReader clicked = TopicReader.since(broker, "cleaned.shop.clicks", since);
                TopicReader read = TopicReader.since(broker, "cleaned.shop.readings", since)) {
            orders.awaitKey("{\"order_id\":" + started + "}", SOON);
            clicked.awaitValue(probe, SOON);
            read.awaitValue(probe, SOON);
        }
    }

    /** Changes and rotations keep coming until the kill falls, and go on after it. */
    private static void awaitKilled(ShopRun shop, ShopSource source, ShopScript script, ClickTraffic clicks, Kill kill)
            throws Exception {
        MillraceProcess run = shop.running();
        Optional<Path> rotated = rotate(clicks, kill.rotation());
        long deadline = System.nanoTime() + SOON.toNanos();
        while (run.isAlive() && System.nanoTime() < deadline) {
            script.apply(source.connection(), 1);
            LockSupport.parkNanos(BETWEEN_CHANGES.toNanos());
        }
        assertThat(run.awaitExit(Duration.ofSeconds(10)))
                .as("killed at %s", kill.point())
                .isEqualTo(MillraceProcess.KILLED);
        LOG.info("killed {}", kill.point());
        if (rotated.isPresent()) {
            clicks.gzip(rotated.get());
            rotate(clicks, kill.rotation());
        }
    }

    private static Optional<Path> rotate(ClickTraffic clicks, Rotation rotation) throws Exception {
        return switch (rotation) {
            case NONE -> Optional.empty();
            case RENAME -> Optional.of(clicks.rename());
            case COPY_TRUNCATE -> Optional.of(clicks.copyTruncate());
        };
    }

    private static void awaitExact(ShopRun shop, ShopSource source, AllInputs inputs) throws Exception {
        shop.awaitReconciled(SOON);
        inputs.awaitArrived(shop, SOON);
        awaitLinesArrived(shop, inputs);
        awaitWarehouse(shop, source);
        awaitDocuments(shop.services().search(), source);
    }

    /** Byte by byte, and each once: equal lines are different events with different origins. */
    private static void awaitLinesArrived(ShopRun shop, AllInputs inputs) throws Exception {
        assertThat(TopicCount.values(shop.broker(), "raw.shop.clicks").stream()
                        .map(line -> new String(line, StandardCharsets.UTF_8)))
                .as("raw lines")
                .containsExactlyInAnyOrderElementsOf(inputs.lines());
        assertThat(shop.lake()
                        .query("select _origin from read_parquet('"
                                + shop.lake().glob("cleaned.clicks")
                                + "', union_by_name = true) group by 1 having count(*) > 1"))
                .as("lines that are in the lake twice")
                .isEmpty();
    }

    private static void awaitWarehouse(ShopRun shop, ShopSource source) throws Exception {
        try (Warehouse warehouse = shop.services().warehouse()) {
            Await.until(SOON, () -> assertThat(
                            warehouse.query("select country, lines, round(revenue, 2) from revenue_by_country"))
                    .as("revenue in the warehouse")
                    .containsExactlyInAnyOrderElementsOf(source.revenueByCountry()));
            Await.until(SOON, () -> assertThat(warehouse.query(
                            "select order_id, product_id, quantity, country, ordered_on, revenue from order_lines"))
                    .as("order lines in the warehouse")
                    .containsExactlyInAnyOrderElementsOf(source.enrichedLines()));
            Await.until(SOON, () -> assertThat(
                            warehouse.query("select device_id, window_start, readings, max_c from hot_minutes"))
                    .as("hot minutes in the warehouse")
                    .containsExactlyInAnyOrderElementsOf(
                            warehouse.query("select device_id, window_start, readings, max_c from device_minutes"
                                    + " where max_c > 27.0")));
        }
    }

    private static void awaitDocuments(SearchIndex search, ShopSource source) throws Exception {
        List<List<String>> expected = source.query("select order_id, case when c.customer_id is null then 'unknown'"
                + " else trim(company_name) end, case when c.customer_id is null then 'unknown' else trim(country) end"
                + " from orders o left join customers c using (customer_id)");
        Await.until(SOON, () -> assertThat(search.all("orders"))
                .as("documents in the index")
                .extracting(document ->
                        List.of(text(document, "order_id"), text(document, "company"), text(document, "country")))
                .containsExactlyInAnyOrderElementsOf(expected));
    }

    /** As the database's rows are written. */
    private static String text(JsonNode document, String field) {
        JsonNode value = document.path(field);
        return value.isMissingNode() ? "null" : value.asText();
    }
}
