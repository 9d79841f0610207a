package io.millrace.layers.topology;

import static io.millrace.layers.ShopPlan.LINES;
import static io.millrace.layers.ShopPlan.RICH_ORDERS;
import static io.millrace.layers.ShopSource.customerKey;
import static io.millrace.layers.ShopSource.lineKey;
import static io.millrace.layers.ShopSource.orderKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.millrace.layers.ShopPlan;
import io.millrace.layers.ShopSource;
import io.millrace.pipeline.model.ErrorPolicy;
import io.millrace.pipeline.model.StopIf;
import io.millrace.pipeline.model.StreamName;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.plugin.record.BreakerOpenException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayTest {
    private static final String RAW_LINES = "raw.shop.order_details";
    private static final String CLEAN_LINES = "cleaned.shop.order_lines";
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
    void aRecordThatNowPassesArrivesInEveryLayerWithItsFirstOrigin() {
        TestRecord<byte[], byte[]> letter = died("0");

        replay(letter, source.line("c", 1, 11, "10", 2, "0"));

        assertThat(shop.take(DEAD)).isEmpty();
        List<TestRecord<byte[], byte[]>> lines = shop.take(CLEAN_LINES);
        assertThat(lines).hasSize(1);
        assertThat(TopologyFixture.text(lines.get(0).key())).isEqualTo("{\"order_id\":1,\"product_id\":11}");
        assertThat(TopologyFixture.header(lines.get(0), "millrace.origin")).isEqualTo("raw.shop.order_details-0@0");
        assertThat(TopologyFixture.header(lines.get(0), "millrace.replay.stage"))
                .isNull();
        assertThat(shop.take("enriched.shop.order_lines")).hasSize(1);
    }

    @Test
    void aRecordThatDiesAgainKeepsItsPlaceAndCountsItsTries() {
        TestRecord<byte[], byte[]> letter = died("0");

        replay(letter, letter.value());

        List<TestRecord<byte[], byte[]>> dead = shop.take(DEAD);
        assertThat(dead).hasSize(1);
        assertThat(dead.get(0).value()).isEqualTo(letter.value());
        assertThat(TopologyFixture.header(dead.get(0), "__connect.errors.topic"))
                .isEqualTo(RAW_LINES);
        assertThat(TopologyFixture.header(dead.get(0), "__connect.errors.offset"))
                .isEqualTo("0");
        assertThat(TopologyFixture.header(dead.get(0), "millrace.attempts")).isEqualTo("2");
        assertThat(TopologyFixture.header(dead.get(0), "millrace.origin")).isEqualTo("raw.shop.order_details-0@0");
        assertThat(TopologyFixture.header(dead.get(0), "millrace.error.fingerprint"))
                .isEqualTo(TopologyFixture.header(letter, "millrace.error.fingerprint"));
        assertThat(shop.take(CLEAN_LINES)).isEmpty();
    }

    @Test
    void anOlderRecordDoesNotOverwriteANewerRow() {
        TestRecord<byte[], byte[]> letter = died("0");
        shop.send(RAW_LINES, lineKey(1, 11), source.line("u", 1, 11, "20", 2, "0"));
        shop.take(CLEAN_LINES);

        replay(letter, source.line("c", 1, 11, "10", 2, "0"));

        assertThat(shop.take(CLEAN_LINES)).isEmpty();
        assertThat(shop.counters(LINES).dropped()).containsExactly(entry("superseded", 1L));
    }

    @Test
    void aRowThatWasDeletedSinceDoesNotComeBack() {
        TestRecord<byte[], byte[]> letter = died("0");
        shop.send(RAW_LINES, lineKey(1, 11), source.delete("order_details"));

        replay(letter, source.line("c", 1, 11, "10", 2, "0"));

        assertThat(shop.take(CLEAN_LINES)).isEmpty();
        assertThat(shop.counters(LINES).dropped()).containsEntry("superseded", 1L);
    }

    @Test
    void aLetterOfBeforeARebuildDoesNotOverwriteTheRowThatItsRecordMadeSince(@TempDir Path rebuilt) {
        TestRecord<byte[], byte[]> letter = died("0");
        try (TopologyFixture anew = new TopologyFixture(ShopPlan.plan(), rebuilt)) {
            anew.send(RAW_LINES, lineKey(1, 11), source.line("c", 1, 11, "10", 2, "0"));
            anew.send(RAW_LINES, lineKey(1, 11), source.line("u", 1, 11, "20", 2, "0"));
            anew.take(CLEAN_LINES);

            anew.replay(letter, source.line("c", 1, 11, "10", 2, "0"));

            assertThat(anew.take(CLEAN_LINES)).isEmpty();
            assertThat(anew.counters(LINES).dropped()).containsExactly(entry("superseded", 1L));
        }
    }

    @Test
    void aRowThatDiesAgainCountsItsTriesAndSaysOfWhichLetterItIs(@TempDir Path otherDir) {
        try (TopologyFixture iot = new TopologyFixture(YamlPlan.of("""
                pipeline: iot
                sources: {plain: {class: x.Source, config: {}, streams: {readings: events}}}
                sinks: {}
                streams:
                  cleaned.readings: {from: raw.readings, steps: [{keep: [device, n]}]}
                  enriched.readings: {from: cleaned.readings, steps: [{validate: {positive: value.n > 0}}]}
                  curated.ratios: {from: cleaned.readings, steps: [{aggregate: {by: [value.device], ratio: sum(6 / int(value.n))}}]}
                  curated.last: {from: cleaned.readings, table: {key: n}}
                """), otherDir)) {
            iot.send("raw.iot.readings", null, EventRows.reading("d1", 0L, 1.0));
            List<TestRecord<byte[], byte[]>> letters = iot.take("deadletter.iot");
            assertThat(letters).hasSize(2);

            letters.forEach(letter -> iot.replay(letter, letter.value()));

            assertThat(iot.take("deadletter.iot")).hasSize(2).allSatisfy(letter -> {
                assertThat(TopologyFixture.header(letter, "millrace.attempts")).isEqualTo("2");
                assertThat(TopologyFixture.header(letter, "millrace.replay.of")).isEqualTo("deadletter.iot-0@7");
                assertThat(TopologyFixture.header(letter, "__connect.errors.topic"))
                        .isEqualTo("cleaned.iot.readings");
                assertThat(TopologyFixture.header(letter, "millrace.replay.stage"))
                        .isNull();
            });
            assertThat(iot.take("enriched.iot.readings")).isEmpty();
        }
    }

    @Test
    void aRowOfAWindowEntersAgainWhereItsGroupIs(@TempDir Path otherDir) {
        try (TopologyFixture iot = new TopologyFixture(YamlPlan.of("""
                pipeline: iot
                sources: {plain: {class: x.Source, config: {}, streams: {readings: events}}}
                contracts:
                  Reading: {fields: {device: string!, n: int64!}}
                sinks: {}
                streams:
                  cleaned.readings: {from: raw.readings, contract: Reading, steps: [{keep: [device, n]}]}
                  curated.seconds: {from: cleaned.readings, steps: [{window: {tumbling: 1s, by: [value.device], time: timestamp(value.n)}, aggregate: {all: count()}}]}
                  curated.few: {from: curated.seconds, steps: [{validate: {few: value.all < 2}}]}
                """), otherDir)) {
            for (int i = 0; i < 2; i++) {
                iot.send("raw.iot.readings", null, EventRows.reading("d,\"1", 7L, 1.0));
            }
            TestRecord<byte[], byte[]> letter = iot.take("deadletter.iot").get(0);
            String key = "{\"device\":\"d,\\\"1\",\"window_start\":7000000}";
            assertThat(TopologyFixture.text(letter.key())).isEqualTo(key);

            iot.replay(letter, letter.value());

            assertThat(iot.take("millrace.iot-curated.few.replays-by-group-repartition"))
                    .extracting(record -> TopologyFixture.text(record.key()))
                    .containsExactly("{\"device\":\"d,\\\"1\"}");
            TestRecord<byte[], byte[]> again = iot.take("deadletter.iot").get(0);
            assertThat(TopologyFixture.text(again.key())).isEqualTo(key);
            assertThat(TopologyFixture.header(again, "millrace.attempts")).isEqualTo("2");
            assertThat(iot.counters(new StreamName("curated", "few")).dropped()).isEmpty();
        }
    }

    @Test
    void whatIsNotOfTheStreamIsPassedOver() {
        TestRecord<byte[], byte[]> letter = died("0");
        letter.headers().remove("millrace.stage").add("millrace.stage", "sink:lake".getBytes());

        replay(letter, source.line("c", 1, 11, "10", 2, "0"));

        assertThat(shop.take(CLEAN_LINES)).isEmpty();
        assertThat(shop.counters(LINES).in().sum()).isEqualTo(1);
    }

    @Test
    void aRowThatDiedInALookupIsJoinedAgainWhileItIsCurrent() {
        shop.send("raw.shop.customers", customerKey("ALFKI"), source.customer("c", "ALFKI", "Alfreds", "Germany"));
        shop.send("raw.shop.orders", orderKey(1), source.order("c", 1, "ALFKI"));
        TestRecord<byte[], byte[]> row = shop.take("cleaned.shop.orders").get(0);
        shop.take("enriched.shop.orders");
        TestRecord<byte[], byte[]> letter = letterOfLookup(row);

        replay(letter, row.value());
        assertThat(shop.counters(RICH_ORDERS).dropped())
                .as("it was joined again, and is as before")
                .containsExactly(entry("unchanged", 1L));

        shop.send("raw.shop.orders", orderKey(1), source.order("u", 1, "ANATR"));
        replay(letter, row.value());
        assertThat(shop.counters(RICH_ORDERS).dropped())
                .containsExactly(entry("superseded", 1L), entry("unchanged", 1L));
        shop.send("raw.shop.orders", orderKey(1), source.delete("orders"));
        shop.take("enriched.shop.orders");
        replay(letter, row.value());
        assertThat(shop.take("enriched.shop.orders")).isEmpty();
        assertThat(shop.counters(RICH_ORDERS).dropped()).containsEntry("superseded", 2L);
    }

    @Test
    void stopsBeforeTheCommitWhenTooManyDie(@TempDir Path otherDir) {
        PipelinePlan plain = ShopPlan.plan();
        PipelinePlan plan = new PipelinePlan(
                plain.pipeline(),
                plain.file(),
                plain.raw(),
                plain.streams(),
                List.of(),
                List.of(),
                plain.deadLetterTopic(),
                Map.of(
                        LINES,
                        new ErrorPolicy(
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(new StopIf(5, Duration.ofMinutes(5))))));
        try (TopologyFixture stopping = new TopologyFixture(plan, otherDir)) {
            for (int n = 1; n <= 100; n++) {
                stopping.send(RAW_LINES, lineKey(n, 11), source.line("c", n, 11, "10", 2, "0"));
            }
            for (int n = 1; n <= 5; n++) {
                stopping.send(RAW_LINES, lineKey(n, 12), source.line("c", n, 12, "0", 2, "0"));
            }
            assertThatThrownBy(() -> stopping.send(RAW_LINES, lineKey(6, 12), source.line("c", 6, 12, "0", 2, "0")))
                    .hasRootCauseInstanceOf(BreakerOpenException.class)
                    .rootCause()
                    .hasMessageStartingWith(
                            "[stage.stop-if] Stage 'cleaned.order_lines' stops: 6 of its last 106 records"
                                    + " within 5m are dead letters, that is 5.7%, and 'stop_if' allows 5%. 6 of them are of"
                                    + " group '");
        }
    }

    /** A line that the price rule refuses. */
    private TestRecord<byte[], byte[]> died(String price) {
        shop.send(RAW_LINES, lineKey(1, 11), source.line("c", 1, 11, price, 2, "0"));
        List<TestRecord<byte[], byte[]>> dead = shop.take(DEAD);
        assertThat(dead).hasSize(1);
        assertThat(TopologyFixture.header(dead.get(0), "millrace.stage")).isEqualTo("cleaned.order_lines.validate");
        return dead.get(0);
    }

    private static TestRecord<byte[], byte[]> letterOfLookup(TestRecord<byte[], byte[]> row) {
        TestRecord<byte[], byte[]> letter =
                new TestRecord<>(row.key(), row.value(), row.headers(), TopologyFixture.ARRIVAL);
        letter.headers().add("millrace.stage", "enriched.orders.lookup".getBytes());
        letter.headers().add("__connect.errors.topic", "cleaned.shop.orders".getBytes());
        return letter;
    }

    private void replay(TestRecord<byte[], byte[]> letter, byte[] value) {
        shop.replay(letter, value);
    }
}
