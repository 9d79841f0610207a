package io.millrace.layers.topology;

import static io.millrace.layers.ShopPlan.LINES;
import static io.millrace.layers.ShopPlan.ORDERS;
import static io.millrace.layers.ShopPlan.RICH_LINES;
import static io.millrace.layers.ShopPlan.RICH_ORDERS;
import static io.millrace.layers.ShopSource.customerKey;
import static io.millrace.layers.ShopSource.lineKey;
import static io.millrace.layers.ShopSource.orderKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.millrace.expression.type.RowType;
import io.millrace.layers.ShopPlan;
import io.millrace.layers.ShopSource;
import io.millrace.pipeline.model.StreamName;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.pipeline.step.Unwrap;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayerTopologyTest {
    private static final String RAW_CUSTOMERS = "raw.shop.customers";
    private static final String RAW_ORDERS = "raw.shop.orders";
    private static final String RAW_LINES = "raw.shop.order_details";
    private static final String DEAD = "deadletter.shop";

    private final ShopSource source = new ShopSource();
    private TopologyFixture shop;

    @BeforeEach
    void start(@TempDir Path stateDir) {
        shop = new TopologyFixture(ShopPlan.plan(), stateDir);
    }

    @AfterEach
    void everyRecordIsAccountedFor() {
        shop.layers.counters().forEach((stream, counters) -> assertThat(
                        counters.in().sum())
                .as(stream.toString())
                .isEqualTo(counters.out().sum()
                        + counters.deadLetters().sum()
                        + counters.dropped().values().stream()
                                .mapToLong(Long::longValue)
                                .sum()));
        shop.close();
    }

    @Test
    void aChangeEventBecomesARowOfItsContract() {
        customer("c", "ALFKI", "Alfreds", "  Germany ");

        assertThat(shop.changes("cleaned.shop.customers"))
                .containsExactly(
                        "{\"customer_id\":\"ALFKI\"}={\"customer_id\":\"ALFKI\",\"company\":\"Alfreds\",\"country\":\"Germany\"}");
    }

    @Test
    void aNullColumnStaysNullWhateverItsDefault() {
        customer("c", "ALFKI", "Alfreds", null);

        assertThat(shop.changes("cleaned.shop.customers"))
                .containsExactly(
                        "{\"customer_id\":\"ALFKI\"}={\"customer_id\":\"ALFKI\",\"company\":\"Alfreds\",\"country\":null}");
    }

    @Test
    void layerRecordsCarryOriginPipelineAndTraceAndTheTimeOfArrival() {
        RecordHeaders headers = new RecordHeaders();
        headers.add("traceparent", "00-abc".getBytes());
        headers.add("other", "x".getBytes());
        order("c", 1, "ALFKI");
        shop.send(RAW_ORDERS, orderKey(2), source.order("c", 2, "ALFKI"), headers);

        TestRecord<byte[], byte[]> second = shop.take("cleaned.shop.orders").get(1);
        assertThat(TopologyFixture.header(second, "millrace.origin")).isEqualTo("raw.shop.orders-0@1");
        assertThat(TopologyFixture.header(second, "millrace.pipeline")).isEqualTo("shop");
        assertThat(TopologyFixture.header(second, "millrace.version")).isNotEmpty();
        assertThat(TopologyFixture.header(second, "traceparent")).isEqualTo("00-abc");
        assertThat(TopologyFixture.header(second, "other")).isNull();
        assertThat(second.timestamp()).isEqualTo(TopologyFixture.ARRIVAL.toEpochMilli());
        assertThat(TopologyFixture.header(shop.take("enriched.shop.orders").get(1), "millrace.origin"))
                .isEqualTo("raw.shop.orders-0@1");
    }

    @Test
    void aDeleteAndItsTombstoneAreOneDeleteInEveryLayerWithItsOrigin() {
        customer("c", "ALFKI", "Alfreds", "Germany");
        order("c", 1, "ALFKI");
        line("c", 1, 11, "10", 2, "0");
        shop.take("cleaned.shop.order_lines");
        shop.take("enriched.shop.order_lines");
        shop.take("curated.shop.revenue_by_country");

        shop.send(RAW_LINES, lineKey(1, 11), source.delete("order_details"));
        shop.send(RAW_LINES, lineKey(1, 11), null);

        for (String topic : List.of("cleaned.shop.order_lines", "enriched.shop.order_lines")) {
            List<TestRecord<byte[], byte[]>> records = shop.take(topic);
            assertThat(records).hasSize(1);
            assertThat(records.get(0).value()).isNull();
            assertThat(TopologyFixture.header(records.get(0), "millrace.origin"))
                    .isEqualTo("raw.shop.order_details-0@1");
        }
        List<TestRecord<byte[], byte[]>> revenue = shop.take("curated.shop.revenue_by_country");
        assertThat(revenue).hasSize(1);
        assertThat(TopologyFixture.text(revenue.get(0).key())).isEqualTo("{\"country\":\"Germany\"}");
        assertThat(revenue.get(0).value()).isNull();
        assertThat(TopologyFixture.header(revenue.get(0), "millrace.origin")).isNull();
        assertThat(shop.counters(LINES).dropped()).containsExactly(entry("tombstone", 1L));
    }

    @Test
    void anIdenticalRowIsCountedUnchangedAndGoesNoFurther() {
        order("c", 1, "ALFKI");
        shop.take("cleaned.shop.orders");
        shop.take("enriched.shop.orders");

        order("r", 1, "ALFKI");
        shop.send(RAW_ORDERS, orderKey(9), source.delete("orders"));

        assertThat(shop.take("cleaned.shop.orders")).isEmpty();
        assertThat(shop.take("enriched.shop.orders")).isEmpty();
        assertThat(shop.counters(ORDERS).dropped()).containsExactly(entry("unchanged", 2L));
        assertThat(shop.counters(ORDERS).in().sum()).isEqualTo(3);
    }

    @Test
    void aRowThatNoLongerPassesAFilterIsDeletedAndOneThatNeverDidIsCounted() {
        order("c", 1, "ALFKI");
        order("c", 2, "VOID");
        assertThat(shop.changes("cleaned.shop.orders"))
                .containsExactly("{\"order_id\":1}={\"order_id\":1,\"customer_id\":\"ALFKI\"}");
        assertThat(shop.counters(ORDERS).dropped()).containsExactly(entry("not_void", 1L));

        order("u", 1, "VOID");

        assertThat(shop.changes("cleaned.shop.orders")).containsExactly("{\"order_id\":1}=null");
        assertThat(shop.state("enriched.shop.orders")).isEmpty();
    }

    @Test
    void aLookupJoinsEmitsAgainOnEitherSideAndKeepsWhatIsMissing() {
        order("c", 1, "ALFKI");
        assertThat(shop.changes("enriched.shop.orders")).containsExactly(richOrder(1, "ALFKI", "unknown", "unknown"));

        customer("c", "ALFKI", "Alfreds", "Germany");
        assertThat(shop.changes("enriched.shop.orders")).containsExactly(richOrder(1, "ALFKI", "Alfreds", "Germany"));

        customer("u", "ALFKI", "Alfreds GmbH", "Germany");
        assertThat(shop.changes("enriched.shop.orders"))
                .containsExactly(richOrder(1, "ALFKI", "Alfreds GmbH", "Germany"));

        customer("c", "BONAP", "Bon app'", "France");
        assertThat(shop.changes("enriched.shop.orders")).isEmpty();
        order("u", 1, "BONAP");
        assertThat(shop.changes("enriched.shop.orders")).containsExactly(richOrder(1, "BONAP", "Bon app'", "France"));

        customer("u", "ALFKI", "Nobody looks", "Germany");
        assertThat(shop.changes("enriched.shop.orders")).isEmpty();

        shop.send(RAW_CUSTOMERS, customerKey("BONAP"), source.delete("customers"));
        assertThat(shop.changes("enriched.shop.orders")).containsExactly(richOrder(1, "BONAP", "unknown", "unknown"));

        order("u", 1, null);
        assertThat(shop.changes("enriched.shop.orders"))
                .containsExactly(
                        "{\"order_id\":1}={\"order_id\":1,\"customer_id\":null,\"company\":\"unknown\",\"country\":\"unknown\"}");

        shop.send(RAW_ORDERS, orderKey(1), source.delete("orders"));
        assertThat(shop.changes("enriched.shop.orders")).containsExactly("{\"order_id\":1}=null");
    }

    @Test
    void aRightSideChangeKeepsTheOriginOfTheRowItChanges() {
        order("c", 1, "ALFKI");
        shop.take("enriched.shop.orders");
        customer("c", "ALFKI", "Alfreds", "Germany");

        List<TestRecord<byte[], byte[]>> records = shop.take("enriched.shop.orders");
        assertThat(records).hasSize(1);
        assertThat(TopologyFixture.header(records.get(0), "millrace.origin")).isEqualTo("raw.shop.orders-0@0");
    }

    @Test
    void anAggregateAddsAndRetracts() {
        String topic = "curated.shop.revenue_by_country";
        customer("c", "ALFKI", "Alfreds", "Germany");
        customer("c", "BONAP", "Bon app'", "France");
        order("c", 1, "ALFKI");
        order("c", 2, "BONAP");
        line("c", 1, 11, "10", 3, "0.10");
        line("c", 1, 12, "5.5", 1, "0");
        line("c", 2, 11, "1", 1, "0");
        assertThat(shop.state(topic))
                .containsOnly(
                        entry("{\"country\":\"Germany\"}", "{\"country\":\"Germany\",\"lines\":2,\"revenue\":32.5000}"),
                        entry("{\"country\":\"France\"}", "{\"country\":\"France\",\"lines\":1,\"revenue\":1.0000}"));

        line("u", 1, 12, "6.5", 1, "0");
        assertThat(shop.changes(topic))
                .containsExactly("{\"country\":\"Germany\"}={\"country\":\"Germany\",\"lines\":2,\"revenue\":33.5000}");

        shop.send(RAW_LINES, lineKey(1, 11), source.delete("order_details"));
        assertThat(shop.changes(topic))
                .containsExactly("{\"country\":\"Germany\"}={\"country\":\"Germany\",\"lines\":1,\"revenue\":6.5000}");

        order("u", 1, "BONAP");
        assertThat(shop.state(topic))
                .containsOnly(
                        entry("{\"country\":\"France\"}", "{\"country\":\"France\",\"lines\":2,\"revenue\":7.5000}"));
    }

    @Test
    void aRecordThatFailsARuleIsADeadLetterAsItCameAndThePreviousRowStays() {
        customer("c", "ALFKI", "Alfreds", "Germany");
        line("c", 1, 11, "10", 3, "0");
        byte[] bad = source.line("u", 1, 11, "0", 3, "0");
        RecordHeaders headers = new RecordHeaders();
        headers.add("traceparent", "00-abc".getBytes());
        shop.send(RAW_LINES, lineKey(1, 11), bad, headers);

        List<TestRecord<byte[], byte[]>> dead = shop.take(DEAD);
        assertThat(dead).hasSize(1);
        TestRecord<byte[], byte[]> letter = dead.get(0);
        assertThat(letter.key()).isEqualTo(lineKey(1, 11));
        assertThat(letter.value()).isEqualTo(bad);
        assertThat(TopologyFixture.header(letter, "__connect.errors.topic")).isEqualTo(RAW_LINES);
        assertThat(TopologyFixture.header(letter, "__connect.errors.partition")).isEqualTo("0");
        assertThat(TopologyFixture.header(letter, "__connect.errors.offset")).isEqualTo("1");
        assertThat(TopologyFixture.header(letter, "millrace.stage")).isEqualTo("cleaned.order_lines.validate");
        assertThat(TopologyFixture.header(letter, "millrace.rule")).isEqualTo("price_positive");
        assertThat(TopologyFixture.header(letter, "millrace.error.code")).isEqualTo("validate.failed");
        assertThat(TopologyFixture.header(letter, "millrace.error.message"))
                .isEqualTo("the record does not satisfy 'value.unit_price > 0'");
        assertThat(TopologyFixture.header(letter, "millrace.error.fingerprint")).hasSize(12);
        assertThat(TopologyFixture.header(letter, "millrace.origin")).isEqualTo(RAW_LINES + "-0@1");
        assertThat(TopologyFixture.header(letter, "traceparent")).isEqualTo("00-abc");
        assertThat(shop.state("cleaned.shop.order_lines")).hasSize(1);
        assertThat(shop.state("curated.shop.revenue_by_country"))
                .containsOnly(entry(
                        "{\"country\":\"unknown\"}", "{\"country\":\"unknown\",\"lines\":1,\"revenue\":30.0000}"));
    }

    @Test
    void aForeignKeyThatCannotBeEvaluatedIsADeadLetterOfTheLookup() {
        order("c", 1, "BROKEN");

        assertThat(shop.take("cleaned.shop.orders")).hasSize(1);
        assertThat(shop.take("enriched.shop.orders")).isEmpty();
        List<TestRecord<byte[], byte[]>> dead = shop.take(DEAD);
        assertThat(dead).hasSize(1);
        assertThat(TopologyFixture.header(dead.get(0), "millrace.stage")).isEqualTo("enriched.orders.lookup");
        assertThat(TopologyFixture.header(dead.get(0), "millrace.error.message"))
                .isEqualTo("int overflow in '+'");
        assertThat(TopologyFixture.header(dead.get(0), "__connect.errors.topic"))
                .isEqualTo("cleaned.shop.orders");
        assertThat(TopologyFixture.header(dead.get(0), "millrace.origin")).isEqualTo("raw.shop.orders-0@0");
        assertThat(TopologyFixture.payload(dead.get(0).value()))
                .isEqualTo("{\"order_id\":1,\"customer_id\":\"BROKEN\"}");
        assertThat(shop.counters(RICH_ORDERS).deadLetters().sum()).isEqualTo(1);
    }

    @Test
    void aKeyThatIsNotTheStreamsKeyIsADeadLetter() {
        byte[] value = source.line("c", 1, 11, "10", 3, "0");
        shop.send(RAW_LINES, "{\"product_id\":11,\"order_id\":1}".getBytes(), value);
        shop.send(RAW_LINES, orderKey(1), value);
        shop.send(RAW_LINES, "{\"order_id\": 1,\"product_id\":11}".getBytes(), value);
        shop.send(RAW_LINES, null, value);

        assertThat(shop.take(DEAD))
                .allSatisfy(letter -> {
                    assertThat(TopologyFixture.header(letter, "millrace.stage")).isEqualTo("cleaned.order_lines.key");
                    assertThat(TopologyFixture.header(letter, "millrace.rule")).isEqualTo("key");
                })
                .extracting(letter -> TopologyFixture.header(letter, "millrace.error.message"))
                .containsExactly(
                        "the record's key has the fields [product_id, order_id], its stream has the key [order_id, product_id] (the order counts)",
                        "the record's key has the fields [order_id], its stream has the key [order_id, product_id]",
                        "the record's key is not canonical JSON: it has white space or needless escapes",
                        "the record has no key, its stream has the key [order_id, product_id]");
        assertThat(shop.take("cleaned.shop.order_lines")).isEmpty();
    }

    @Test
    void aTableOfUnknownKeysStillNeedsAKey(@TempDir Path otherDir) {
        StreamName things = new StreamName("cleaned", "things");
        PipelinePlan plan = new PipelinePlan(
                "shop",
                "pipeline.yaml",
                List.of(ShopPlan.raw("orders")),
                List.of(ShopPlan.stream(
                        things,
                        new StreamName("raw", "orders"),
                        List.of(),
                        List.of(new Unwrap("unwrap")),
                        RowType.ANY,
                        false)),
                List.of(),
                List.of(),
                DEAD);
        try (TopologyFixture other = new TopologyFixture(plan, otherDir)) {
            other.send(RAW_ORDERS, null, source.order("c", 1, "ALFKI"));
            other.send(RAW_ORDERS, orderKey(1), source.order("c", 1, "ALFKI"));

            assertThat(other.take(DEAD))
                    .extracting(letter -> TopologyFixture.header(letter, "millrace.error.message"))
                    .containsExactly("the record has no key, and its stream is a table");
            assertThat(other.changes("cleaned.shop.things"))
                    .containsExactly("{\"order_id\":1}={\"order_id\":1,\"customer_id\":\"ALFKI\"}");
        }
    }

    @Test
    void bytesThatAreNotConnectJsonAreADeadLetter() {
        shop.send(RAW_ORDERS, orderKey(1), "{\"order_id\":".getBytes());
        shop.send(RAW_ORDERS, orderKey(1), "{}".getBytes());

        assertThat(shop.take(DEAD))
                .hasSize(2)
                .extracting(letter -> TopologyFixture.header(letter, "millrace.error.code"))
                .containsOnly("layers.unreadable");
    }

    @Test
    void aRowTooLargeForATopicIsADeadLetterAndTheRowBeforeStays() {
        customer("c", "ALFKI", "Alfreds", "Germany");
        customer("u", "ALFKI", "x".repeat(9 << 20), "Germany");

        assertThat(shop.state("cleaned.shop.customers"))
                .containsOnly(entry(
                        "{\"customer_id\":\"ALFKI\"}",
                        "{\"customer_id\":\"ALFKI\",\"company\":\"Alfreds\",\"country\":\"Germany\"}"));
        List<TestRecord<byte[], byte[]>> dead = shop.take(DEAD);
        assertThat(dead).hasSize(1);
        assertThat(TopologyFixture.header(dead.get(0), "millrace.stage")).isEqualTo("cleaned.customers.value");
        assertThat(TopologyFixture.header(dead.get(0), "millrace.rule")).isEqualTo("size");
        assertThat(TopologyFixture.header(dead.get(0), "millrace.error.code")).isEqualTo("layers.too-large");
        assertThat(TopologyFixture.header(dead.get(0), "millrace.error.message"))
                .matches("the record would have 9437\\d{3} bytes, and a record of a layer has at most 8388608");
    }

    @Test
    void everyProcessorStoreAndInternalTopicIsNamed() {
        String description = shop.topology.describe().toString();

        assertThat(description).doesNotContain("KSTREAM-").doesNotContain("KTABLE-");
    }

    @Test
    void aStreamGoesOnInMemoryAndOnlyRawTopicsAndNamedInternalOnesAreRead() {
        assertThat(shop.topology.describe().toString().lines().filter(line -> line.contains("Source:")))
                .allSatisfy(line ->
                        assertThat(line).doesNotContain("topics: [cleaned.").doesNotContain("topics: [enriched.shop"));
    }

    @Test
    void aLookupOfALookupFollowsToTheLine() {
        line("c", 1, 11, "10", 3, "0");
        order("c", 1, "ALFKI");
        customer("c", "ALFKI", "Alfreds", "Germany");

        assertThat(shop.state("enriched.shop.order_lines").values())
                .containsExactly(
                        "{\"order_id\":1,\"product_id\":11,\"unit_price\":10.00,\"quantity\":3,\"discount\":0.00,\"country\":\"Germany\",\"revenue\":30.0000}");
        assertThat(shop.counters(RICH_LINES).out().sum()).isEqualTo(2);
        assertThat(shop.counters(RICH_LINES).dropped()).containsExactly(entry("unchanged", 1L));
    }

    private static String richOrder(int id, String customer, String company, String country) {
        return "{\"order_id\":" + id + "}={\"order_id\":" + id + ",\"customer_id\":\"" + customer + "\",\"company\":\""
                + company + "\",\"country\":\"" + country + "\"}";
    }

    private void customer(String op, String id, String company, String country) {
        shop.send(RAW_CUSTOMERS, customerKey(id), source.customer(op, id, company, country));
    }

    private void order(String op, int id, String customer) {
        shop.send(RAW_ORDERS, orderKey(id), source.order(op, id, customer));
    }

    private void line(String op, int order, int product, String price, int quantity, String discount) {
        shop.send(RAW_LINES, lineKey(order, product), source.line(op, order, product, price, quantity, discount));
    }
}
