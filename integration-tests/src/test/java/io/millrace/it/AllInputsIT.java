package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.dev.shop.ShopSchema;
import io.millrace.dev.shop.ShopScript;
import io.millrace.it.harness.AllInputs;
import io.millrace.it.harness.Await;
import io.millrace.it.harness.Distribution;
import io.millrace.it.harness.MillraceProcess;
import io.millrace.it.harness.SearchIndex;
import io.millrace.it.harness.ShopRun;
import io.millrace.it.harness.ShopSource;
import io.millrace.it.harness.Warehouse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole shop: a database that changes, a log that is rotated, and devices that send again, at once, into a lake, a warehouse and a
 * search index. Each record that went in is in the sinks, in a dead letter, or in a count of drops, and the sums are exact.
 */
@Order(Integer.MAX_VALUE)
class AllInputsIT {
    private static final Logger LOG = LoggerFactory.getLogger(AllInputsIT.class);
    private static final Duration SOON = Duration.ofSeconds(120);
    private static final long SEED = 20260203;

    @TempDir
    Path folder;

    @Test
    void generatedInputsReconcile() throws Exception {
        try (ShopRun shop = ShopRun.in(folder)) {
            try (ShopSource source = shop.services().source()) {
                ShopSchema.create(source.connection(), SEED);
            }
            reconcile(shop, AllInputs.generated(SEED, 2_000, 1_000));
        }
    }

    @Test
    void realInputsReconcile() throws Exception {
        for (String name : List.of("northwind.sql", "access.log", "iot-telemetry.ndjson")) {
            assumeTrue(Distribution.hasData(name), "shared/data/" + name + " is not beside the project");
        }
        try (ShopRun shop = ShopRun.in(folder)) {
            try (ShopSource source = shop.services().source()) {
                source.load(Distribution.data("northwind.sql"));
            }
            AllInputs inputs = AllInputs.of(
                    SEED,
                    Files.readAllLines(Distribution.data("access.log")),
                    Files.readAllLines(Distribution.data("iot-telemetry.ndjson")));
            assertThat(inputs.badLines()).as("line 8899 is cut off").isEqualTo(1);
            reconcile(shop, inputs);
        }
    }

    private static void reconcile(ShopRun shop, AllInputs inputs) throws Exception {
        MillraceProcess run = shop.start();
        long begun = System.nanoTime();
        try (AllInputs.Feeding feeding = inputs.feed(shop)) {
            try (ShopSource source = shop.services().source()) {
                new ShopScript(SEED).apply(source.connection(), 200);
            }
            tellFirstRecords(shop, begun);
            feeding.await(SOON);
        }
        inputs.awaitArrived(shop, SOON);
        awaitDatabaseArrived(shop);
        aRenamedCompanyIsFound(shop);
        aMendedDeadLetterArrives(shop);
        assertThat(run.stop()).as(run.output()).isEqualTo(143);
    }

    private static void tellFirstRecords(ShopRun shop, long begun) throws Exception {
        SearchIndex search = shop.services().search();
        try (Warehouse warehouse = shop.services().warehouse()) {
            Await.until(SOON, () -> assertThat(search.count("orders")).isPositive());
            LOG.info("first document after {} ms", millisSince(begun));
            Await.until(SOON, () -> assertThat(warehouse.has("order_lines")).isTrue());
            LOG.info("first row of the warehouse after {} ms", millisSince(begun));
        }
        Await.until(SOON, () -> assertThat(shop.lake().has("cleaned.orders")).isTrue());
        LOG.info("first file of the lake after {} ms", millisSince(begun));
    }

    private static long millisSince(long begun) {
        return Duration.ofNanos(System.nanoTime() - begun).toMillis();
    }

    /** The lake row by row, and what analysts ask the warehouse for, to the cent. */
    private static void awaitDatabaseArrived(ShopRun shop) throws Exception {
        shop.awaitReconciled(SOON);
        try (Warehouse warehouse = shop.services().warehouse();
                ShopSource source = shop.services().source()) {
            Await.until(SOON, () -> assertThat(
                            warehouse.query("select country, lines, round(revenue, 2) from revenue_by_country"))
                    .containsExactlyInAnyOrderElementsOf(source.revenueByCountry()));
            Await.until(SOON, () -> assertThat(warehouse.query(
                            "select order_id, product_id, quantity, country, ordered_on, revenue from order_lines"))
                    .containsExactlyInAnyOrderElementsOf(source.enrichedLines()));
        }
    }

    private static void aRenamedCompanyIsFound(ShopRun shop) throws Exception {
        SearchIndex search = shop.services().search();
        try (ShopSource source = shop.services().source()) {
            String customer = source.query("select customer_id from orders join customers using (customer_id)"
                            + " group by 1 order by count(*) desc, 1 limit 1")
                    .get(0)
                    .get(0);
            List<String> orders =
                    source.query("select order_id from orders where customer_id = '" + customer + "'").stream()
                            .map(row -> row.get(0))
                            .toList();
            for (String name : List.of("Zephyrine Handelshaus", "Quillfeather & Söhne")) {
                source.execute(
                        "update customers set company_name = '" + name + "' where customer_id = '" + customer + "'");
                Await.until(SOON, () -> assertThat(ids(search.find("orders", "company", name)))
                        .as("orders found by the name of their company")
                        .containsExactlyInAnyOrderElementsOf(orders));
            }
            assertThat(search.find("orders", "company", "Zephyrine"))
                    .as("nothing is found by the former name")
                    .isEmpty();
            Await.until(SOON, () -> assertThat(search.count("orders"))
                    .isEqualTo(Long.parseLong(
                            source.query("select count(*) from orders").get(0).get(0))));
        }
    }

    private static List<String> ids(List<JsonNode> documents) {
        return documents.stream()
                .map(document -> document.required("order_id").asText())
                .toList();
    }

    /** A rule of the warehouse refuses a row; when the rule is gone, the row's dead letter is replayed and arrives. */
    private static void aMendedDeadLetterArrives(ShopRun shop) throws Exception {
        try (Warehouse warehouse = shop.services().warehouse();
                ShopSource source = shop.services().source()) {
            warehouse.execute("alter table order_lines add constraint not_by_the_gross check (quantity <> 1440)");
            List<String> line = source.query("select order_id, product_id from order_details order by 1, 2 limit 1")
                    .get(0);
            String where = " where order_id = " + line.get(0) + " and product_id = " + line.get(1);
            source.execute("update order_details set quantity = 1440" + where);
            Await.until(SOON, () -> assertThat(shop.cli("deadletter", "list", "--stage", "sink:warehouse"))
                    .contains("not_by_the_gross"));
            assertThat(warehouse.query("select 1 from order_lines where quantity = 1440"))
                    .isEmpty();

            warehouse.execute("alter table order_lines drop constraint not_by_the_gross");
            assertThat(shop.cli("deadletter", "replay", "--stage", "sink:warehouse", "--yes"))
                    .contains("1");
            Await.until(SOON, () -> assertThat(
                            warehouse.query("select order_id, product_id from order_lines where quantity = 1440"))
                    .containsExactly(line));
        }
        awaitDatabaseArrived(shop);
    }
}
