package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is told of a stream, its contract and what it reads; the stream stands at line 9, column 3. */
class StreamProblemsTest {
    private static final String BEFORE = """
            pipeline: p
            sources: {db: {type: postgres-cdc, url: x, tables: [public.orders]}, web: {type: logs, path: x}, text: {class: example.Source, config: {}, streams: {text: events}}}
            contracts:
              Order: {key: id, fields: {id: int32!, email: string}}
              NoKey: {fields: {id: int32!, email: string}}
              Mail: {key: email, fields: {id: int32!, email: string}}
            streams:
              cleaned.orders: {from: raw.orders, contract: Order, steps: [{unwrap: debezium}]}
            """;

    static Stream<Arguments> faults() {
        return Stream.of(
                fault(
                        "cleaned.x: {from: cleaned.ordres}",
                        "9:21 [pipeline.unknown-stream] 'cleaned.ordres' is not a stream. Did you mean 'cleaned.orders'? Streams: cleaned.orders, cleaned.x, raw.orders, raw.text, raw.web."),
                fault(
                        "cleaned.x: {form: cleaned.orders}",
                        "9:3 [pipeline.missing-field] 'from' is missing: a stream needs it.\n9:15 [pipeline.unknown-field] 'form' is not a field of a stream. Did you mean 'from'? Fields: contract, from, on_error, steps, table."),
                fault(
                        "cleaned.x: {from: {a: b}}",
                        "9:21 [pipeline.wrong-kind] 'from' must be a single value, not a map."),
                fault(
                        "cleaned.x: nothing",
                        "9:14 [pipeline.wrong-kind] 'cleaned.x' must be a map, not a single value."),
                fault(
                        "x: {from: cleaned.orders}",
                        "9:3 [pipeline.name] 'x' cannot be the name of a stream: it has no layer. Write <layer>.<name>, for example cleaned.x."),
                fault(
                        "cleaned.X: {from: cleaned.orders}",
                        "9:3 [pipeline.name] 'X' cannot be the name of a stream. Use a-z, 0-9, '_' and '-', at most 63 characters, the first a letter or a digit."),
                fault(
                        "claened.x: {from: cleaned.orders}",
                        "9:3 [pipeline.unknown-layer] 'claened' is not a layer that a stream can be in. Did you mean 'cleaned'? Layers: cleaned, enriched, curated."),
                fault(
                        "raw.x: {from: cleaned.orders}",
                        "9:3 [pipeline.unknown-layer] 'raw' is not a layer that a stream can be in. Streams in it are made by sources. Layers: cleaned, enriched, curated."),
                fault(
                        "cleaned.x: {from: curated.y}\n  curated.y: {from: cleaned.orders}",
                        "9:21 [pipeline.layer-order] cleaned.x reads 'curated.y', which is in a later layer. A stream reads its own layer or an earlier one: raw, cleaned, enriched, curated."),
                fault(
                        "cleaned.x: {from: cleaned.y}\n  cleaned.y: {from: cleaned.x}",
                        "10:21 [pipeline.cycle] 'cleaned.x' reads itself: cleaned.x reads cleaned.y reads cleaned.x. Break the circle: a stream can read only what does not depend on it."),
                fault(
                        "cleaned.x: {from: cleaned.orders, contract: Ordr}",
                        "9:47 [pipeline.unknown-contract] 'Ordr' is not a contract. Did you mean 'Order'? Contracts: Mail, NoKey, Order."),
                fault(
                        "cleaned.x: {from: cleaned.orders, contract: NoKey}",
                        "9:47 [pipeline.key-missing] Contract 'NoKey' has no key, and cleaned.x is a table. Add 'key: <field>' or 'key: [<field>, <field>]' to the contract."),
                fault(
                        "cleaned.x: {from: cleaned.orders, contract: Mail}",
                        "9:47 [pipeline.key-table] cleaned.x has the key [id], and contract 'Mail' [email]: the key of a table says which row a record is. Use the fields of the key, in their order; or aggregate by the other key."),
                fault(
                        "cleaned.x: {from: cleaned.orders, contract: Order, steps: [{set: {more: 1}}, {cast: {email: date}}]}",
                        "9:47 [pipeline.contract] 'email' of cleaned.x is date, and in contract 'Order' string. Add 'cast: {email: string}', or change the contract.\n9:47 [pipeline.contract] cleaned.x makes [more], which contract 'Order' does not have. Drop what is too much, or add it to the contract."),
                fault(
                        "cleaned.x: {from: cleaned.orders, steps: [{aggregate: {by: value.email, n: count()}}], contract: Mail}",
                        "9:100 [pipeline.contract] cleaned.x does not make 'id', which contract 'Mail' requires. Make it with 'set', keep it, or take it out of the contract.\n9:100 [pipeline.contract] cleaned.x makes [n], which contract 'Mail' does not have. Drop what is too much, or add it to the contract."),
                fault(
                        "cleaned.x: {from: raw.orders}",
                        "9:3 [pipeline.not-unwrapped] cleaned.x passes Debezium's change events on as they are. Start its steps with 'unwrap: debezium' to have rows."),
                fault(
                        "cleaned.x: {from: raw.web}",
                        "9:21 [pipeline.not-parsed] 'raw.web' holds bytes, and cleaned.x does not parse them first. Start its steps with 'parse', or let a sink read 'raw.web' as it is."),
                fault(
                        "cleaned.x: {from: raw.web, steps: [{parse: json}, {dedupe: {by: value.a}}]}",
                        "9:54 [pipeline.missing-field] 'within' is missing: dedupe needs it."),
                fault(
                        "cleaned.x: {from: raw.web, steps: [{parse: json}, {aggregate: {by: value.a, n: count()}}, {lookup: {table: cleaned.orders, on: value.id, as: o}}]}",
                        "9:136 [expression.unknown-field] 'id' is not a field of value. Fields: a, n."),
                fault(
                        "cleaned.x: {from: raw.orders, contract: Order, steps: [{unwrap: debezium}, {validate: {a: value.id > 'none'}}]}",
                        "9:102 [expression.type] '>' is not defined for (int, string). Convert one side with int(x) or string(x)."),
                fault(
                        "cleaned.x: {from: raw.orders, contract: Order, steps: [{unwrap: debezium}, {filter: {a: value.e > 5}}, {rename: {e: email}}]}",
                        "9:99 [expression.type] '>' is not defined for (string, int). Convert one side with int(x) or string(x)."),
                fault(
                        "cleaned.x: {from: cleaned.orders, table: {key: id}}",
                        "9:37 [pipeline.table-table] 'table' makes a table of events, and cleaned.x is one already. Leave it out."),
                fault(
                        "cleaned.x: {from: cleaned.orders, on_error: {retry: 3, backoff: 1s, then: later}}",
                        "9:48 [pipeline.stream-retry] 'retry' has no meaning for a stream: its steps reach nothing outside, so a record that fails there once fails there always. Write 'then: dead_letter', 'skip' or 'stop' here, and 'retry' on a source or a sink, or under 'defaults' for all of them.\n9:58 [pipeline.stream-retry] 'backoff' has no meaning for a stream: its steps reach nothing outside, so a record that fails there once fails there always. Write 'then: dead_letter', 'skip' or 'stop' here, and 'backoff' on a source or a sink, or under 'defaults' for all of them.\n9:77 [pipeline.bad-value] 'later' is no value for 'then'. Write dead_letter, skip or stop."),
                fault(
                        "cleaned.x: {from: cleaned.orders, steps: [{join: {with: raw.text}}]}",
                        "9:46 [pipeline.no-join] 'join' is not a step: a stream is joined with a table, by 'lookup'. Write 'lookup: {table: ..., on: ..., as: ...}': a left join; a 'filter' on has(value.<as>) after it makes it an inner one."),
                fault(
                        "cleaned.x: {from: raw.text, steps: [{join: {with: cleaned.orders}}]}",
                        "9:40 [pipeline.no-join] 'join' is not a step: a stream is joined with a table, by 'lookup'. Write 'lookup: {table: ..., on: ..., as: ...}'; of other events make a table first, by 'table: {key: ...}' at their stream."),
                fault(
                        "cleaned.x: {from: cleaned.orders}\n  cleaned.x: {from: cleaned.orders}",
                        "10:3 [pipeline.duplicate-key] 'cleaned.x' is written twice; the first is at line 9. Keep one of them."),
                fault(
                        "cleaned.x: {from: raw.text, steps: [{lookup: {table: cleaned.orders, on: int(now()), as: a}}]}",
                        "9:76 [pipeline.lookup-on] 'int(now())' is not made of the row and its key alone. Set a field to it first, and look up by the field."),
                fault(
                        "cleaned.x: {from: raw.text, table: {}}",
                        "9:31 [pipeline.missing-field] 'key' is missing: table needs it."),
                fault(
                        "cleaned.x: {from: raw.text, steps: [{keep: [id]}, {key: [id, ib, id]}]}",
                        "9:64 [pipeline.no-such-field] 'ib' is not a field of what enters 'key' of cleaned.x. Did you mean 'id'? Fields: id.\n9:68 [pipeline.duplicate-field] 'id' is in the key twice. Keep one of them."),
                fault(
                        "cleaned.x: {from: cleaned.orders, steps: [{key: email}]}",
                        "9:46 [pipeline.key-table] 'key' is for events, and cleaned.x is a table: its key says which row a record is. Aggregate by the other key, or look the rows up by it."),
                fault(
                        "cleaned.x: {from: raw.text, steps: [{set: {a: \"['x']\"}}, {keep: [a]}, {key: a}]}",
                        "9:79 [pipeline.type] 'a' is list<string>, which cannot be in a key. Use single values."),
                fault(
                        "cleaned.x: {from: raw.text, steps: [{dedupe: {by: [], within: 0s}}, {dedupe: {form: value.a, within: soon}}]}",
                        "9:53 [pipeline.bad-value] 'by' has nothing that makes two records the same. Write what does, or leave 'by' out to compare whole values.\n9:65 [pipeline.bad-value] '0s' is no value for 'within'. Write a number with a unit: 500ms, 30s, 10m, 2h, 7d.\n9:81 [pipeline.unknown-field] 'form' is not a field of dedupe. Fields: by, within.\n9:104 [pipeline.bad-value] 'soon' is no value for 'within'. Write a number with a unit: 500ms, 30s, 10m, 2h, 7d."),
                fault(
                        "cleaned.x: {from: raw.text, steps: [{lookup: {table: cleaned.orders, on: int(value.id), as: a, missing: wait, then: stop}}, {lookup: {table: cleaned.orders, on: int(value.id), as: b, missing: skip}}, {lookup: {table: cleaned.orders, on: int(value.id), as: c, then: keep}}]}",
                        "9:107 [pipeline.bad-value] 'wait' is no value for 'missing'. Write wait and a number with a unit: 500ms, 30s, 10m, 2h, 7d.\n9:119 [pipeline.bad-value] 'stop' is no value for 'then'. Write dead_letter or keep.\n9:195 [pipeline.bad-value] 'skip' is no value for 'missing'. Write keep, dead_letter, or wait and a time: wait 30s.\n9:268 [pipeline.lookup-missing] 'then' says what follows a wait, and nothing waits here. Write 'missing: wait 30s', or leave 'then' out."),
                fault(
                        "cleaned.x: {from: raw.orders, contract: Order, steps: [{unwrap: debezium}, {validate: {a: value.emial != ''}}]}",
                        "9:99 [expression.unknown-field] 'emial' is not a field of value. Did you mean 'email'? Fields: id, email."));
    }

    private static Arguments fault(String stream, String expected) {
        return Arguments.of(stream, expected);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void tellsWhatIsWrongWithAStream(String stream, String expected) {
        assertThat(Pipelines.problems(BEFORE + "  " + stream + "\nsinks: {}\n"))
                .isEqualTo("p.yaml:" + expected.replace("\n", "\np.yaml:"));
    }
}
