package io.millrace.app.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.app.ShortTypes;
import io.millrace.pipeline.CheckedPipeline;
import io.millrace.pipeline.PipelineLoader;
import io.millrace.plugin.discovery.Plugins;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TestRunnerTest {
    private static final String SHOP = """
            pipeline: shop
            sources:
              db: {type: postgres-cdc, url: "postgresql://localhost/shop", user: u, password: p, tables: [public.orders]}
            contracts:
              Order: {key: order_id, fields: {order_id: int32!, customer: string, total: "decimal(10,2)", paid_at: timestamp}}
            streams:
              cleaned.orders:
                from: raw.orders
                contract: Order
                steps:
                  - unwrap: debezium
                  - rename: {nr: order_id}
                  - cast: {total: "decimal(10,2)"}
                  - validate: {positive: value.total > 0}
              curated.totals:
                from: cleaned.orders
                steps: [{aggregate: {by: [value.customer], orders: count(), total: sum(value.total)}}]
            sinks:
              lake: {type: s3-parquet, from: [curated.*], bucket: lake}
            tests:
            """;
    private static final String HOUSE = """
            pipeline: house
            sources:
              plain:
                class: org.apache.kafka.connect.file.FileStreamSourceConnector
                config: {file: /var/log/readings}
                streams: {lines: events, readings: events, devices: table}
            contracts:
              Device: {key: id, fields: {id: string!, room: string}}
              Reading: {key: device, fields: {device: string!, at: timestamp!, celsius: double}}
            streams:
              cleaned.devices: {from: raw.devices, contract: Device}
              cleaned.readings:
                from: raw.readings
                contract: Reading
                steps:
                  - set: {at: timestamp(value.ts)}
                  - keep: [device, at, celsius]
                  - dedupe: {by: [value.device, value.at], within: 1h}
              enriched.readings:
                from: cleaned.readings
                steps:
                  - lookup: {table: cleaned.devices, on: value.device, as: there, missing: wait 30s, then: dead_letter}
                  - set: {room: value.there.room}
                  - drop: [there]
              curated.minutes:
                from: cleaned.readings
                steps:
                  - window: {tumbling: 1m, by: [value.device], time: value.at, grace: 1m, emit: changes}
                    aggregate: {readings: count(), max_c: max(value.celsius)}
            sinks:
              lake: {type: s3-parquet, from: [curated.*], bucket: lake}
            tests:
            """;

    private static Plugins plugins;

    @BeforeAll
    static void scan() {
        plugins = Plugins.scan(List.of());
    }

    @AfterAll
    static void close() {
        plugins.close();
    }

    private static String run(String pipeline, String tests) {
        CheckedPipeline checked =
                PipelineLoader.parse("p.yaml", pipeline + tests.indent(2), Optional.empty(), new ShortTypes());
        TestRunner runner = new TestRunner(checked, plugins);
        List<TestResult> results = checked.tests().stream().map(runner::run).toList();
        return String.join(
                "\n", TestReport.lines(List.of(new TestReport.OfPipeline("p.yaml", checked.name(), results))));
    }

    @Test
    void changesEnterAtTheSourceWithTheKeysThatTheirRowsHave() {
        assertThat(run(SHOP, """
                        - name: created, changed, deleted
                          given:
                            raw.orders:
                              - {op: c, after: {nr: 1, customer: ALFKI, total: 12.50, paid_at: 2026-01-01T10:00:00.5Z}}
                              - {op: u, before: {nr: 1}, after: {nr: 1, customer: ALFKI, total: 13, paid_at: null}}
                              - {op: d, before: {nr: 1}}
                              - {$key: {nr: 1}, $value: null}
                          expect:
                            cleaned.orders:
                              - {$key: {order_id: 1}, order_id: 1, customer: ALFKI, total: 12.5, paid_at: 2026-01-01T11:00:00.500+01:00}
                              - {order_id: 1, customer: ALFKI, total: 13.00}
                              - {$key: {order_id: 1}, $value: null}
                            dropped: {cleaned.orders: {tombstone: 1}}
                            curated.totals: {count: 3}
                        """)).isEqualTo("""
                        p.yaml
                          ok      created, changed, deleted
                        1 test, all passed.""");
    }

    @Test
    void everythingThatDiffersIsToldWithItsPlace() {
        assertThat(run(SHOP, """
                        - name: wrong in many ways
                          given:
                            cleaned.orders:
                              - {order_id: 1, customer: ALFKI, total: 12.50}
                              - {order_id: 2, customer: 'true', total: 1.00}
                          expect:
                            cleaned.orders:
                              - {order_id: 1, total: 12.51}
                              - {order_id: 2, customer: 'true', total: 1.00}
                            curated.totals:
                              latest:
                                - {customer: ALFKI, orders: 1, total: 12.50}
                                - {customer: BONAP, orders: 1, total: 1.00}
                            dropped: {cleaned.orders: {unchanged: 1}}
                        """)).isEqualTo("""
                        p.yaml
                          FAILED  wrong in many ways
                                  p.yaml:28:11 cleaned.orders record 1 is another
                                    total: expected 12.51, was 12.50
                                    customer: expected nothing, was ALFKI
                                  p.yaml:33:13 curated.totals has no such record
                                    the nearest is {customer: 'true', orders: 1, total: 1.00}
                                    customer: expected BONAP, was 'true'
                                  p.yaml:34:34 cleaned.orders dropped 0 by 'unchanged', not 1
                        1 test, 1 failed.""");
    }

    @Test
    void whatIsMissingOrTooMuchIsShown() {
        assertThat(run(SHOP, """
                        - name: too few and too many
                          given: {cleaned.orders: [{order_id: 1, customer: ALFKI, total: 12.50}]}
                          expect:
                            cleaned.orders: []
                            curated.totals: [{customer: ALFKI, orders: 1, total: 12.50}, {customer: ALFKI, orders: 2, total: 20.00}]
                        """)).isEqualTo("""
                        p.yaml
                          FAILED  too few and too many
                                  p.yaml:24:7 cleaned.orders has 1 record, not 0
                                    {order_id: 1, customer: ALFKI, total: 12.50, paid_at: null}
                                  p.yaml:25:7 curated.totals has 1 record, not 2
                                    {customer: ALFKI, orders: 1, total: 12.50}
                        1 test, 1 failed.""");
    }

    @Test
    void aDeadLetterThatNobodyExpectsFailsTheTest() {
        assertThat(run(SHOP, """
                        - name: unseen
                          given: {raw.orders: [{op: c, after: {nr: 1, customer: ALFKI, total: 0}}]}
                          expect: {cleaned.orders: []}
                        - name: another one
                          given: {raw.orders: [{op: c, after: {nr: 1, customer: ALFKI, total: 0}}]}
                          expect: {dead_letters: [{stream: cleaned.orders, rule: negative}]}
                        - name: does not matter
                          given: {raw.orders: [{op: c, after: {nr: 1, customer: ALFKI, total: 0}}]}
                          expect: {dead_letters: any}
                        """)).isEqualTo("""
                        p.yaml
                          FAILED  unseen
                                  p.yaml:23:13 a dead letter is not expected
                                    cleaned.orders.validate, rule 'positive' [validate.failed]: the record does not satisfy 'value.total > 0'
                          FAILED  another one
                                  p.yaml:26:29 there is no such dead letter
                                    cleaned.orders.validate, rule 'positive' [validate.failed]: the record does not satisfy 'value.total > 0'
                          ok      does not matter
                        3 tests, 2 failed.""");
    }

    @Test
    void rowsAreFoundAmongOthersAndInPart() {
        assertThat(run(SHOP, """
                        - name: contains
                          given:
                            cleaned.orders:
                              - {order_id: 1, customer: ALFKI, total: 12.50}
                              - {order_id: 2, customer: BONAP, total: 1.00}
                          expect:
                            cleaned.orders: {contains: [{order_id: 2, $partial: true}, {order_id: 1, customer: ALFKI, total: 12.50}]}
                            curated.totals: {contains: [{customer: BONAP, total: 2}], partial: true}
                        """)).isEqualTo("""
                        p.yaml
                          FAILED  contains
                                  p.yaml:28:35 curated.totals has no such record
                                    the nearest is {customer: BONAP, orders: 1, total: 1.00}
                                    total: expected 2, was 1.00
                        1 test, 1 failed.""");
    }

    @Test
    void timePassesWhenItIsToldTo() {
        assertThat(run(HOUSE, """
                        - name: the device comes while its reading waits
                          given:
                            - raw.readings: [{device: a, ts: "2026-01-31T12:00:00Z", celsius: 2.05e1}]
                            - advance: 20s
                            - raw.devices: [{id: a, room: kitchen}]
                          expect: {enriched.readings: [{device: a, at: 2026-01-31T12:00:00Z, celsius: 20.5, room: kitchen}]}
                        - name: the device comes too late
                          given:
                            raw.readings: [{device: a, ts: "2026-01-31T12:00:00Z", celsius: 2.05e1}]
                            advance: 40s
                            raw.devices: [{$at: 2026-01-01T00:01:00Z, id: a, room: kitchen}]
                          expect:
                            enriched.readings: []
                            dead_letters: [{stream: enriched.readings, step: lookup}]
                        - name: a reading that came before is dropped for an hour
                          given:
                            raw.readings:
                              - {device: a, ts: "2026-01-31T12:00:00Z", celsius: 2.05e1}
                              - {device: a, ts: "2026-01-31T12:00:00Z", celsius: 2.05e1}
                          expect:
                            cleaned.readings: {count: 1}
                            dropped: {cleaned.readings: {dedupe: 1}}
                        """)).isEqualTo("""
                        p.yaml
                          ok      the device comes while its reading waits
                          ok      the device comes too late
                          ok      a reading that came before is dropped for an hour
                        3 tests, all passed.""");
    }

    @Test
    void whatComesTooLateForItsWindowIsExpectedOrFailsTheTest() {
        String given = """
                  given:
                    cleaned.readings:
                      - {device: a, at: 2026-01-31T12:00:10Z, celsius: 20.5}
                      - {device: a, at: 2026-01-31T12:00:50Z, celsius: 22}
                      - {device: a, at: 2026-01-31T12:05:00Z, celsius: 21}
                      - {device: a, at: 2026-01-31T12:00:20Z, celsius: 19}
                """;
        String expected = """
                  expect:
                    curated.minutes: {latest: [{max_c: 22, readings: 2}, {max_c: 21, readings: 1}], partial: true}
                    late: {curated.minutes: [{device: a, at: 2026-01-31T12:00:20Z, celsius: 19}]}
                """;
        String notExpected = "  expect: {curated.minutes: {count: 3}}\n";
        assertThat(run(HOUSE, "- name: expected\n" + given + expected + "- name: not expected\n" + given + notExpected))
                .isEqualTo("""
                        p.yaml
                          ok      expected
                          FAILED  not expected
                                  p.yaml:50:13 late of curated.minutes has 1 record, not 0
                                    {device: a, at: 2026-01-31T12:00:20Z, celsius: 19.0}
                        2 tests, 1 failed.""");
    }
}
