package io.millrace.app;

import static io.millrace.app.ShopChanges.customer;
import static io.millrace.app.ShopChanges.customerKey;
import static io.millrace.app.ShopChanges.delete;
import static io.millrace.app.ShopChanges.line;
import static io.millrace.app.ShopChanges.lineKey;
import static io.millrace.app.ShopChanges.order;
import static io.millrace.app.ShopChanges.orderKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.millrace.pipeline.PipelineLoader;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.pipeline.reference.ReferenceResolver;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** pipelines/shop as it stands: its YAML, its expressions and its plan, on rows as they come from Northwind's tables. */
class ShopLayersTest {
    private static final String CUSTOMERS = "raw.shop.customers";
    private static final String ORDERS = "raw.shop.orders";
    private static final String LINES = "raw.shop.order_details";
    private static final String REVENUE = "curated.shop.revenue_by_country";
    private static final String DEAD = "deadletter.shop";

    private RunningLayers shop;

    private static PipelinePlan plan() {
        Map<String, String> environment = Map.of(
                "SHOP_DB_URL", "jdbc:postgresql://localhost:5432/shop",
                "SHOP_DB_PASSWORD", "secret",
                "ACCESS_LOG", "/var/log/shop/access.log",
                "IOT_TOKEN", "secret",
                "LAKE", "lake",
                "WAREHOUSE_URL", "jdbc:postgresql://localhost:5432/warehouse",
                "SEARCH_URL", "http://localhost:9200");
        return PipelineLoader.load(Path.of("../../pipelines/shop"), Optional.empty(), new ShortTypes())
                .plan(ReferenceResolver.of(environment, path -> Map.of()));
    }

    @BeforeEach
    void start(@TempDir Path stateDir) {
        shop = new RunningLayers(plan(), stateDir);
    }

    @AfterEach
    void everyRecordIsAccountedFor() {
        shop.assertEveryRecordIsAccountedFor();
        shop.close();
    }

    @Test
    void realColumnsBecomeExactRevenue() {
        customers();
        shop.send(ORDERS, orderKey(10248), order("r", 10248, "VINET", "1996-07-04"));
        shop.send(LINES, lineKey(10248, 11), line("r", 10248, 11, 42.4f, 35, 0.15f));
        shop.send(LINES, lineKey(10248, 42), line("r", 10248, 42, 9.8f, 10, 0.05f));

        assertThat(shop.rows("enriched.shop.order_lines"))
                .containsExactly(
                        "{\"order_id\":10248,\"product_id\":11,\"unit_price\":42.40,\"quantity\":35,\"discount\":0.15,"
                                + "\"country\":\"France\",\"ordered_on\":9681,\"revenue\":1261.4000}",
                        "{\"order_id\":10248,\"product_id\":42,\"unit_price\":9.80,\"quantity\":10,\"discount\":0.05,"
                                + "\"country\":\"France\",\"ordered_on\":9681,\"revenue\":93.1000}");
        assertThat(shop.rows(REVENUE)).containsExactly(revenue("France", 2, "1354.5000"));
    }

    @Test
    void rowsAreCleanedAndNullsStayNulls() {
        shop.send(
                CUSTOMERS, customerKey("VINET"), customer("c", "VINET", " Vins et alcools ", "  France", "+33 26.47"));
        shop.send(CUSTOMERS, customerKey("NIL"), customer("c", "NIL", "Nil", null, null));
        shop.send(ORDERS, orderKey(1), order("c", 1, null, null));

        assertThat(shop.rows("cleaned.shop.customers"))
                .containsExactly(
                        "{\"customer_id\":\"NIL\",\"company\":\"Nil\",\"country\":null,\"phone\":null}",
                        "{\"customer_id\":\"VINET\",\"company\":\"Vins et alcools\",\"country\":\"France\",\"phone\":\"+332647\"}");
        assertThat(shop.rows("enriched.shop.orders"))
                .containsExactly(
                        "{\"order_id\":1,\"customer_id\":null,\"ordered_on\":null,\"ship_country\":\"Elsewhere\","
                                + "\"company\":\"unknown\",\"country\":\"unknown\"}");
    }

    @Test
    void aCustomerWithoutACountryIsAGroupOfItsOwn() {
        shop.send(CUSTOMERS, customerKey("NIL"), customer("c", "NIL", "Nil", null, null));
        shop.send(ORDERS, orderKey(1), order("c", 1, "NIL", null));
        shop.send(LINES, lineKey(1, 1), line("c", 1, 1, 2.5f, 2, 0f));

        assertThat(shop.changes(REVENUE))
                .last()
                .isEqualTo("{\"country\":null}={\"country\":null,\"lines\":1,\"revenue\":5.0000}");
        assertThat(shop.rows(REVENUE)).hasSize(1);
    }

    @Test
    void aRenamedCustomerChangesItsOrdersAndNoRevenue() {
        everything();
        shop.changes(REVENUE);

        shop.send(CUSTOMERS, customerKey("ALFKI"), customer("u", "ALFKI", "Alfreds SE", "Germany", null));

        assertThat(shop.changes("enriched.shop.orders"))
                .last()
                .isEqualTo("{\"order_id\":1}={\"order_id\":1,\"customer_id\":\"ALFKI\",\"ordered_on\":9681,"
                        + "\"ship_country\":\"Elsewhere\",\"company\":\"Alfreds SE\",\"country\":\"Germany\"}");
        assertThat(shop.changes(REVENUE)).isEmpty();
        assertThat(shop.dropped("enriched.order_lines")).containsEntry("unchanged", 2L);
    }

    @Test
    void aCustomerWhoMovesTakesTheRevenueAlong() {
        everything();

        shop.send(CUSTOMERS, customerKey("ALFKI"), customer("u", "ALFKI", "Alfreds", "France", null));

        assertThat(shop.rows(REVENUE)).containsExactly(revenue("France", 3, "37.7500"));
    }

    @Test
    void aLineMovedToAnotherOrderMovesItsRevenue() {
        everything();
        assertThat(shop.rows(REVENUE))
                .containsExactly(revenue("France", 1, "0.7500"), revenue("Germany", 2, "37.0000"));

        // An update of the primary key: Debezium writes a delete, its tombstone and a create.
        shop.send(LINES, lineKey(1, 7), delete(ShopChanges.LINE));
        shop.send(LINES, lineKey(1, 7), null);
        shop.send(LINES, lineKey(2, 7), line("c", 2, 7, 10.0f, 3, 0.1f));

        assertThat(shop.rows(REVENUE))
                .containsExactly(revenue("France", 2, "27.7500"), revenue("Germany", 1, "10.0000"));
        assertThat(shop.dropped("cleaned.order_lines")).containsExactly(entry("tombstone", 1L));
    }

    @Test
    void deletesRetractLayerByLayerUntilNothingIsLeft() {
        everything();

        shop.send(CUSTOMERS, customerKey("ALFKI"), delete(ShopChanges.CUSTOMER));
        assertThat(shop.rows(REVENUE))
                .containsExactly(revenue("France", 1, "0.7500"), revenue("unknown", 2, "37.0000"));
        shop.send(ORDERS, orderKey(2), delete(ShopChanges.ORDER));
        assertThat(shop.rows(REVENUE)).containsExactly(revenue("unknown", 3, "37.7500"));
        shop.send(LINES, lineKey(1, 7), delete(ShopChanges.LINE));
        shop.send(LINES, lineKey(1, 8), delete(ShopChanges.LINE));
        shop.send(LINES, lineKey(2, 8), delete(ShopChanges.LINE));

        assertThat(shop.rows(REVENUE)).isEmpty();
        assertThat(shop.rows("enriched.shop.order_lines")).isEmpty();
        assertThat(shop.rows("cleaned.shop.order_lines")).isEmpty();
        assertThat(shop.take(DEAD)).isEmpty();
    }

    @Test
    void theOrderInWhichTablesArriveMakesNoDifference() {
        shop.send(LINES, lineKey(1, 7), line("r", 1, 7, 10.0f, 3, 0.1f));
        assertThat(shop.rows(REVENUE)).containsExactly(revenue("unknown", 1, "27.0000"));
        shop.send(ORDERS, orderKey(1), order("r", 1, "ALFKI", "1996-07-04"));
        assertThat(shop.rows(REVENUE)).containsExactly(revenue("unknown", 1, "27.0000"));
        customers();

        assertThat(shop.rows(REVENUE)).containsExactly(revenue("Germany", 1, "27.0000"));
    }

    @Test
    void aFreeLineIsADeadLetterOfItsRuleAndTheRowBeforeStays() {
        everything();
        shop.send(LINES, lineKey(1, 7), line("u", 1, 7, 0f, 3, 0.1f));

        List<TestRecord<byte[], byte[]>> dead = shop.take(DEAD);
        assertThat(dead).hasSize(1);
        assertThat(dead.get(0).key()).isEqualTo(lineKey(1, 7));
        assertThat(dead.get(0).value()).isEqualTo(line("u", 1, 7, 0f, 3, 0.1f));
        assertThat(dead.get(0).timestamp()).isEqualTo(RunningLayers.ARRIVAL.toEpochMilli());
        Map<String, String> headers = RunningLayers.headers(dead.get(0));
        assertThat(headers.get("millrace.version")).isNotEmpty();
        assertThat(headers.get("millrace.error.fingerprint")).matches("[0-9a-f]{12}");
        headers.keySet().removeAll(List.of("millrace.version", "millrace.error.fingerprint"));
        assertThat(headers)
                .containsOnly(
                        entry("__connect.errors.topic", LINES),
                        entry("__connect.errors.partition", "0"),
                        entry("__connect.errors.offset", "3"),
                        entry("millrace.stage", "cleaned.order_lines.validate"),
                        entry("millrace.rule", "price_positive"),
                        entry("millrace.error.code", "validate.failed"),
                        entry("millrace.error.message", "the record does not satisfy 'value.unit_price > 0'"),
                        entry("millrace.attempts", "1"),
                        entry("millrace.pipeline", "shop"),
                        entry("millrace.origin", LINES + "-0@3"));
        assertThat(shop.rows(REVENUE))
                .containsExactly(revenue("France", 1, "0.7500"), revenue("Germany", 2, "37.0000"));
    }

    @Test
    void aNullThatARuleNeedsIsADeadLetterOfThatRule() {
        shop.send(LINES, lineKey(1, 7), line("c", 1, 7, 1f, 3, null));

        assertThat(shop.take(DEAD))
                .extracting(letter -> RunningLayers.headers(letter).get("millrace.rule"))
                .containsExactly("discount_sane");
    }

    @Test
    void aRowReadAgainIsUnchanged() {
        everything();
        shop.take("enriched.shop.order_lines");

        shop.send(LINES, lineKey(1, 7), line("r", 1, 7, 10.0f, 3, 0.1f));

        assertThat(shop.take("enriched.shop.order_lines")).isEmpty();
        assertThat(shop.dropped("cleaned.order_lines")).containsExactly(entry("unchanged", 1L));
    }

    private void customers() {
        shop.send(CUSTOMERS, customerKey("ALFKI"), customer("r", "ALFKI", "Alfreds", "Germany", "030-0074321"));
        shop.send(CUSTOMERS, customerKey("VINET"), customer("r", "VINET", "Vins", "France", null));
    }

    private void everything() {
        customers();
        shop.send(ORDERS, orderKey(1), order("r", 1, "ALFKI", "1996-07-04"));
        shop.send(ORDERS, orderKey(2), order("r", 2, "VINET", "1996-07-05"));
        shop.send(LINES, lineKey(1, 7), line("r", 1, 7, 10.0f, 3, 0.1f));
        shop.send(LINES, lineKey(1, 8), line("r", 1, 8, 5.0f, 2, 0f));
        shop.send(LINES, lineKey(2, 8), line("r", 2, 8, 1.0f, 1, 0.25f));
    }

    private static String revenue(String country, int lines, String sum) {
        return "{\"country\":\"" + country + "\",\"lines\":" + lines + ",\"revenue\":" + sum + "}";
    }
}
