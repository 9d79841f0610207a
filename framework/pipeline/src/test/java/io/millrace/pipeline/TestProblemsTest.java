package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TestProblemsTest {
    private static final String SHOP = """
            pipeline: shop
            sources:
              db: {type: postgres-cdc, url: "jdbc:postgresql://h:1/x", tables: [public.orders]}
              web: {type: logs, path: /log}
            contracts:
              Order: {key: order_id, fields: {order_id: int32!, total: "decimal(10,2)", on: date}}
            streams:
              cleaned.orders: {from: raw.orders, contract: Order, steps: [{unwrap: debezium}]}
            sinks:
              lake: {type: s3-parquet, from: cleaned.*, bucket: b}
            tests:
            """;

    private static String problems(String tests) {
        return Pipelines.problems(SHOP + tests.indent(2));
    }

    @Test
    void namesThatAreNotThere() {
        assertThat(problems("""
                        - name: a
                          given: {raw.order: [{op: c}], cleaned.orders: [{order_id: 1, totl: 2}]}
                          expect: {cleaned.order: [], dead_letter: [], cleaned.orders: [{$partal: true, order_id: 1, totl: 1}]}
                          expected: {}
                        """)).isEqualTo("""
                        p.yaml:13:13 [test.unknown-stream] 'raw.order' is not a stream of this pipeline. Did you mean 'raw.orders'? Streams: raw.orders, raw.web, cleaned.orders. Also: advance.
                        p.yaml:13:66 [test.unknown-field] 'totl' is not a field of the row. Did you mean 'total'? Fields: order_id, total, on.
                        p.yaml:14:14 [test.unknown-stream] 'cleaned.order' is not a stream of this pipeline. Did you mean 'cleaned.orders'? Streams: cleaned.orders. Also: dead_letters, dropped, late.
                        p.yaml:14:33 [test.unknown-stream] 'dead_letter' is not a stream of this pipeline. Did you mean 'dead_letters'? Streams: cleaned.orders. Also: dead_letters, dropped, late.
                        p.yaml:14:68 [pipeline.unknown-field] '$partal' is not a field of an expected record. Did you mean '$partial'? Fields: $headers, $key, $partial, $value.
                        p.yaml:14:96 [test.unknown-field] 'totl' is not a field of the row. Did you mean 'total'? Fields: order_id, total, on.
                        p.yaml:15:5 [pipeline.unknown-field] 'expected' is not a field of a test. Did you mean 'expect'? Fields: at, expect, given, name.""");
    }

    @Test
    void valuesThatDoNotFit() {
        assertThat(problems("""
                        - name: a
                          at: yesterday
                          given:
                            cleaned.orders:
                              - {order_id: 1.5, total: 1.005, on: 4.7.1996}
                              - {total: 1}
                              - {$value: null}
                              - {$at: 2020-01-01T00:00:00Z, order_id: 1}
                            advance: soon
                          expect: {cleaned.orders: [{order_id: one}, {$key: {order_id: 1}}]}
                        - {name: a, given: {}, expect: {cleaned.orders: {latest: [], count: 1}, raw.web: []}}
                        """)).isEqualTo("""
                        p.yaml:13:9 [pipeline.bad-value] 'yesterday' is no value for 'at'. Write a time with its zone: 2026-01-31T12:00:00Z.
                        p.yaml:16:22 [test.bad-value] '1.5' is no value for 'order_id', which is int32. Write a whole number in its range.
                        p.yaml:16:34 [test.bad-value] '1.005' is no value for 'total', which is decimal(10,2). Write a number of at most 10 digits, 2 of them after the point.
                        p.yaml:16:45 [test.bad-value] '4.7.1996' is no value for 'on', which is date. Write a date: 1996-07-04.
                        p.yaml:17:11 [test.missing-field] 'order_id' is missing: each row of 'cleaned.orders' has it. Write it: what enters a stream at its topic is not made whole.
                        p.yaml:18:11 [test.no-key] The key of this record of 'cleaned.orders' cannot be told, and each record of a table has one. Write it beside the value: {$key: {id: 1}, $value: ...}.
                        p.yaml:19:17 [test.time] '2020-01-01T00:00:00Z' has passed: the test's clock stands at 2026-01-01T00:00:00Z. Records arrive in the order written: put this one before, or start earlier with the test's 'at'.
                        p.yaml:20:16 [pipeline.bad-value] 'soon' is no value for 'advance'. Write a number with a unit: 500ms, 30s, 10m, 2h, 7d.
                        p.yaml:21:42 [test.bad-value] 'one' is no value for 'order_id', which is int32. Write a whole number in its range.
                        p.yaml:21:48 [test.no-value] Nothing is said of the record's value. Write its fields, '$value: null' for a delete, or '$partial: true' if it does not matter.
                        p.yaml:22:12 [test.duplicate-name] 'a' is the name of another test too, at line 12. Give each test a name of its own: results are found by it.
                        p.yaml:22:35 [test.form] 'cleaned.orders' says several things to compare with. Write one of records (all, in order), latest (the table at the end), contains, count.
                        p.yaml:22:75 [test.raw-stream] 'raw.web' is what a source makes, and no source runs in a test. Expect something of a stream of the layers: cleaned.orders.""");
    }

    @Test
    void whatWouldGetLostUnseen() {
        assertThat(problems("""
                        - name: a
                          given:
                            raw.orders: [{op: c, after: {order_id: 1}}, {after: {order_id: 1}}, {op: c, after: {id: 1}}]
                            cleaned.orders: [{order_id: 1}]
                          expect: {}
                        """)).isEqualTo("""
                        p.yaml:14:20 [test.not-read] Nothing reads 'raw.orders' in this test: [cleaned.orders] is given too, and a stream that is given is not made. Give one or the other.
                        p.yaml:14:51 [test.no-op] The change has no 'op'. Write c (created), r (read), u (updated) or d (deleted): {op: c, after: {...}}.
                        p.yaml:14:75 [test.no-key] The key of this record of 'raw.orders' cannot be told, and each record of a table has one. Write it beside the value: {$key: {id: 1}, $value: ...}.""");
    }
}
