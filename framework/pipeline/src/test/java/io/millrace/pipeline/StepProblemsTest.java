package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is told of one step over a typed table: enriched.x, whose first step stands at line 13, column 9. */
class StepProblemsTest {
    private static final String BEFORE = """
            pipeline: p
            sources: {db: {type: postgres-cdc, url: x, tables: [public.orders, public.customers, public.lines]}, web: {type: logs, path: x}}
            contracts:
              Order: {key: id, fields: {id: int32!, customer_id: string, amount: "decimal(10,2)", email: string}}
              Line: {key: [id, line], fields: {id: int32!, line: int32!, text: string}}
            streams:
              cleaned.orders: {from: raw.orders, contract: Order, steps: [{unwrap: debezium}]}
              cleaned.lines: {from: raw.lines, contract: Line, steps: [{unwrap: debezium}]}
              cleaned.keyless: {from: raw.customers, steps: [{unwrap: debezium}]}
              enriched.x:
                from: cleaned.orders
                steps:
            """;

    static Stream<Arguments> faults() {
        return Stream.of(
                fault(
                        "keep: [id, mail]",
                        "13:20 [pipeline.no-such-field] 'mail' is not a field of what enters 'keep' of enriched.x. Did you mean 'email'? Fields: amount, customer_id, email, id."),
                fault(
                        "keep: [email]",
                        "13:15 [pipeline.key-table] 'keep' of enriched.x changes 'id', which is in the key [id] of its table: the key says which row a record is. Leave the fields of the key as they are, and set another field; or aggregate by the other key."),
                fault("keep: [id, id]", "13:20 [pipeline.duplicate-field] 'id' is written twice. Keep one of them."),
                fault("keep: {id: 1}", "13:15 [pipeline.wrong-kind] 'keep' must be a list, not a map."),
                fault(
                        "drop: [id]",
                        "13:16 [pipeline.key-table] 'drop' of enriched.x changes 'id', which is in the key [id] of its table: the key says which row a record is. Leave the fields of the key as they are, and set another field; or aggregate by the other key."),
                fault(
                        "drop: emial",
                        "13:15 [pipeline.no-such-field] 'emial' is not a field of what enters 'drop' of enriched.x. Did you mean 'email'? Fields: amount, customer_id, email, id."),
                fault(
                        "rename: {id: order_id}",
                        "13:18 [pipeline.key-table] 'rename' of enriched.x changes 'id', which is in the key [id] of its table: the key says which row a record is. Leave the fields of the key as they are, and set another field; or aggregate by the other key."),
                fault(
                        "rename: {email: amount}",
                        "13:25 [pipeline.duplicate-field] 'amount' is there already. Drop it first, or choose another name."),
                fault(
                        "rename: {email: e-mail}",
                        "13:25 [pipeline.name] 'e-mail' cannot be the name of a field. Use letters, digits and '_', the first not a digit."),
                fault(
                        "cast: {amount: money}",
                        "13:24 [pipeline.type] 'money' is not a type. Types: string, int, int32, long, int64, float, double, bool, boolean, decimal(p,s), timestamp, date, bytes, list<T>, map<T>."),
                fault(
                        "cast: {id: string}",
                        "13:16 [pipeline.key-table] 'cast' of enriched.x changes 'id', which is in the key [id] of its table: the key says which row a record is. Leave the fields of the key as they are, and set another field; or aggregate by the other key."),
                fault(
                        "standardise: {email: lowr}",
                        "13:30 [pipeline.bad-value] 'lowr' is not a rule of standardise. Did you mean 'lower'? Rules: collapse, digits, empty_to_null, lower, nfc, trim, upper."),
                fault(
                        "standardise: {amount: trim}",
                        "13:23 [pipeline.type] 'amount' is decimal(10,2); standardise works on string. Leave it out, or cast it to string first."),
                fault(
                        "set: {id: value.id + 1}",
                        "13:15 [pipeline.key-table] 'set' of enriched.x changes 'id', which is in the key [id] of its table: the key says which row a record is. Leave the fields of the key as they are, and set another field; or aggregate by the other key."),
                fault("set: {a: }", "13:17 [pipeline.wrong-kind] 'a' must be a single value; it has no value."),
                fault(
                        "set: {a: value.emial}",
                        "13:24 [expression.unknown-field] 'emial' is not a field of value. Did you mean 'email'? Fields: id, customer_id, amount, email."),
                fault(
                        "filter: {big: value.amount * 2}",
                        "13:23 [pipeline.not-a-condition] 'value.amount * 2' is decimal(38,2), not a condition. Compare it with something: the result must be true or false."),
                fault(
                        "validate: {Big: value.amount > 2}",
                        "13:20 [pipeline.name] 'Big' cannot be the name of a rule. Use a-z, 0-9, '_' and '-', at most 63 characters, the first a letter or a digit."),
                fault(
                        "set: {a: value.amount * double(value.id)}",
                        "13:31 [expression.type] '*' mixes decimal(10,2) and double: the scale of the result would depend on the record. Convert one side: decimal(x, 2), with the digits after the point that count, or double(x)."),
                fault(
                        "unwrap: debezium",
                        "13:9 [pipeline.unwrap] There is nothing to unwrap: what enters 'unwrap' of enriched.x is rows already. Unwrap once, in the first stream after the source."),
                fault("smt: {clas: x}", "13:9 [pipeline.missing-field] 'class' is missing: smt needs it."),
                fault(
                        "dedupe: {by: value.id}",
                        "13:9 [pipeline.dedupe-table] 'dedupe' is for events, and enriched.x is a table: it has one row for each key. Leave it out."),
                fault(
                        "window: {tumbling: 1m}",
                        "13:9 [pipeline.window-alone] 'window' has no 'aggregate' beside it. Write both in one step: - window: {...}, and 'aggregate: {...}' under it in the same column."),
                fault(
                        "fliter: {a: 'true'}",
                        "13:9 [pipeline.unknown-step] 'fliter' is not a step. Did you mean 'filter'? Steps: aggregate, cast, dedupe, drop, explode, filter, flatten, keep, key, lookup, mask, parse, rename, route, set, smt, standardise, table, unwrap, validate, window."),
                fault(
                        "{keep: [id], drop: [id]}",
                        "13:9 [pipeline.step-shape] A step is one word with what it is given; this one has [keep, drop]. Start each step with its own '- '."),
                fault("keep", "13:9 [pipeline.wrong-kind] 'steps' must be a map, not a single value."),
                fault(
                        "lookup: {table: cleaned.lines, on: value.id, as: line}",
                        "13:44 [pipeline.lookup-key] 'on' has 1 expression, and the key of cleaned.lines has 2 fields: [id, line]. Write one expression for each field of the key, in its order."),
                fault(
                        "lookup: {table: cleaned.lines, on: [value.id, value.email], as: line}",
                        "13:55 [pipeline.lookup-key] 'value.email' is string, and 'line', of the key of cleaned.lines, is int32. They would never be equal: convert one of them."),
                fault(
                        "lookup: {table: cleaned.keyless, on: value.id, as: line}",
                        "13:25 [pipeline.lookup-table] 'cleaned.keyless' cannot be looked up: its key is not known. Give the stream, or one that it reads, a contract with a key."),
                fault(
                        "lookup: {table: raw.lines, on: value.id, as: line}",
                        "13:25 [pipeline.lookup-table] 'raw.lines' cannot be looked up: it holds change events, not rows. Look up a stream that unwraps it."),
                fault(
                        "lookup: {table: raw.web, on: value.id, as: line}",
                        "13:25 [pipeline.lookup-table] 'raw.web' cannot be looked up: it is events, not a table. Look up a table."),
                fault(
                        "lookup: {table: cleaned.orders, on: value.id, as: email}",
                        "13:59 [pipeline.duplicate-field] 'email' is there already. Choose another name for what is looked up."),
                fault(
                        "lookup: {table: cleaned.orders, on: value.id, as: o, missing: wait 5s}",
                        "13:71 [pipeline.lookup-missing] 'missing: wait 5s' is for events: between tables a row that comes later is joined when it comes. Write 'missing: keep', or leave it out; a 'filter' on has(value.<as>) after it leaves the row out until the other comes."),
                fault(
                        "lookup: {table: cleaned.orders, on: value.id, as: o, missing: dead_letter}",
                        "13:71 [pipeline.lookup-missing] 'missing: dead_letter' is for events: between tables a row that comes later is joined when it comes. Write 'missing: keep', or leave it out; a 'filter' on has(value.<as>) after it leaves the row out until the other comes."),
                fault(
                        "lookup: {table: cleaned.orders, on: value.id, as: o, missing: maybe}",
                        "13:71 [pipeline.bad-value] 'maybe' is no value for 'missing'. Write keep."),
                fault(
                        "lookup: {tabel: cleaned.orders, on: value.id, as: o}",
                        "13:9 [pipeline.missing-field] 'table' is missing: lookup needs it.\n13:18 [pipeline.unknown-field] 'tabel' is not a field of lookup. Did you mean 'table'? Fields: as, missing, on, table, then."),
                fault(
                        "lookup: {table: cleaned.order, on: value.id, as: o}",
                        "13:25 [pipeline.unknown-stream] 'cleaned.order' is not a stream. Did you mean 'cleaned.orders'? Streams: cleaned.keyless, cleaned.lines, cleaned.orders, enriched.x, raw.customers, raw.lines, raw.orders, raw.web."),
                fault(
                        "lookup: {table: enriched.x, on: value.id, as: o}",
                        "13:25 [pipeline.cycle] 'enriched.x' reads itself: enriched.x reads enriched.x. Break the circle: a stream can read only what does not depend on it."),
                fault(
                        "aggregate: {lines: count()}",
                        "13:9 [pipeline.missing-field] 'by' is missing: aggregate needs it."),
                fault(
                        "aggregate: {by: [value.amount * 2], lines: count()}",
                        "13:26 [pipeline.group-name] 'value.amount * 2' does not say what its field is called. Name it: by: {name: value.amount * 2}."),
                fault(
                        "aggregate: {by: [value.email], email: count()}",
                        "13:40 [pipeline.duplicate-field] 'email' is made twice by this aggregate. Give each group and each aggregate its own name."));
    }

    @Test
    void keepsSomething() {
        assertThat(Pipelines.problems(BEFORE + "      - keep: []\nsinks: {}\n"))
                .isEqualTo("p.yaml:13:15 [pipeline.bad-value] 'keep' keeps nothing. Write the fields to keep.");
    }

    private static Arguments fault(String step, String expected) {
        return Arguments.of(step, expected);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void tellsWhatIsWrongWithAStep(String step, String expected) {
        String problems = Pipelines.problems(BEFORE + "      - " + step + "\nsinks: {}\n");

        assertThat(problems).isEqualTo("p.yaml:" + expected.replace("\n", "\np.yaml:"));
    }

    static Stream<String> rightSteps() {
        return Stream.of(
                "keep: [amount, id]",
                "drop: email",
                "rename: {email: mail}",
                "rename: {email: customer_id, customer_id: email}",
                "cast: {id: int64}",
                "set: {double_amount: value.amount * 2}",
                "set: {n: 5}",
                "standardise: {email: [trim, lower]}",
                "filter: {big: value.amount > 5}",
                "smt: {class: org.example.Any, offset.field: o}",
                "lookup: {table: cleaned.lines, on: [value.id, value.id], as: line}",
                "lookup: {table: cleaned.orders, on: value.id, as: o, missing: keep}",
                "aggregate: {by: {half: value.amount * 0.5}, n: count(), total: sum(value.amount)}",
                "aggregate: {by: value.email, n: count()}");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rightSteps")
    void acceptsWhatIsRight(String step) {
        assertThat(Pipelines.problems(BEFORE + "      - " + step + "\nsinks: {}\n"))
                .isEmpty();
    }
}
