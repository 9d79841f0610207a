package io.millrace.layers.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.millrace.layers.record.RowCodec;
import io.millrace.pipeline.model.StreamName;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys as Debezium writes them for PostgreSQL's types, and the keys that the tables have. */
class RawKeysTest {
    private static final Schema VARIABLE = SchemaBuilder.struct()
            .name("io.debezium.data.VariableScaleDecimal")
            .field("scale", Schema.INT32_SCHEMA)
            .field("value", Schema.BYTES_SCHEMA)
            .build();
    private static final String YAML = """
            pipeline: shop
            sources:
              plain: {class: x.Source, config: {}, streams: {things: table, owners: table}}
            contracts:
              Thing: {key: %2$s, fields: {%2$s: '%1$s!', name: string}}
              Owner: {key: id, fields: {id: int32!, thing: '%1$s'}}
            sinks: {}
            streams:
              cleaned.things: {from: raw.things, contract: Thing, steps: [{unwrap: debezium}%3$s]}
              cleaned.owners: {from: raw.owners, contract: Owner, steps: [{unwrap: debezium}]}
              enriched.owners: {from: cleaned.owners, steps: [{lookup: {table: cleaned.things, on: value.thing, as: t}}, {set: {name: value.t.name}}, {keep: [id, name]}]}
            """;

    @TempDir
    private Path folder;

    static Stream<Arguments> types() {
        long noon = 1_769_860_800L;
        return Stream.of(
                type("smallint", "int32", Schema.INT16_SCHEMA, (short) 7, "7"),
                type("bigint", "int64", Schema.INT64_SCHEMA, 7L, "7"),
                type("boolean", "bool", Schema.BOOLEAN_SCHEMA, true, "true"),
                type("text", "string", Schema.STRING_SCHEMA, "a \"b\"", "\"a \\\"b\\\"\""),
                type("uuid", "string", named(SchemaBuilder.string(), "io.debezium.data.Uuid"), "0b9f", "\"0b9f\""),
                type("date", "date", named(SchemaBuilder.int32(), "io.debezium.time.Date"), 20_484, "20484"),
                type("time", "int64", named(SchemaBuilder.int64(), "io.debezium.time.MicroTime"), 5L, "5"),
                type(
                        "timestamp(3)",
                        "timestamp",
                        named(SchemaBuilder.int64(), "io.debezium.time.Timestamp"),
                        noon * 1_000,
                        noon + "000000"),
                type(
                        "timestamp",
                        "timestamp",
                        named(SchemaBuilder.int64(), "io.debezium.time.MicroTimestamp"),
                        noon * 1_000_000 + 1,
                        noon + "000001"),
                type(
                        "timestamptz",
                        "timestamp",
                        named(SchemaBuilder.string(), "io.debezium.time.ZonedTimestamp"),
                        "2026-01-31T12:00:00.5Z",
                        noon + "500000"),
                type("numeric(10,2)", "decimal(10,2)", Decimal.schema(2), new BigDecimal("1.50"), "1.50"),
                type(
                        "numeric",
                        "decimal(10,2)",
                        VARIABLE,
                        new Struct(VARIABLE).put("scale", 1).put("value", new byte[] {15}),
                        "1.50"));
    }

    private static Arguments type(String postgres, String ours, Schema schema, Object value, String inKey) {
        return Arguments.of(postgres, ours, schema, value, inKey);
    }

    private static Schema named(SchemaBuilder builder, String name) {
        return builder.name(name).build();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("types")
    void aTablesKeyIsMadeOfItsRowSoThatALookupFindsIt(
            String postgres, String ours, Schema schema, Object value, String inKey) {
        try (TopologyFixture shop = new TopologyFixture(YamlPlan.of(YAML.formatted(ours, "code", "")), folder)) {
            shop.send("raw.shop.things", key("code", schema, value), event("c", thing("code", schema, value)));
            shop.send("raw.shop.owners", key("id", Schema.INT32_SCHEMA, 1), event("c", owner(schema, value)));

            assertThat(shop.changes("enriched.shop.owners")).containsExactly("{\"id\":1}={\"id\":1,\"name\":\"it\"}");
            shop.send("raw.shop.things", key("code", schema, value), event("d", thing("code", schema, value)));
            shop.send("raw.shop.things", key("code", schema, value), null);

            assertThat(shop.changes("enriched.shop.owners")).containsExactly("{\"id\":1}={\"id\":1,\"name\":null}");
            List<TestRecord<byte[], byte[]>> things = shop.take("cleaned.shop.things");
            assertThat(things)
                    .extracting(record -> TopologyFixture.text(record.key()))
                    .containsExactly("{\"code\":" + inKey + "}", "{\"code\":" + inKey + "}");
            assertThat(things.get(1).value()).isNull();
            assertThat(TopologyFixture.header(things.get(1), "millrace.origin")).isEqualTo("raw.shop.things-0@1");
            assertThat(shop.take("deadletter.shop")).isEmpty();
        }
    }

    @Test
    void aColumnOfTheKeyMayBeRenamed() {
        String yaml = YAML.formatted("string", "code", ", {rename: {thing_code: code}}");
        try (TopologyFixture shop = new TopologyFixture(YamlPlan.of(yaml), folder)) {
            shop.send(
                    "raw.shop.things",
                    key("thing_code", Schema.STRING_SCHEMA, "x"),
                    event("c", thing("thing_code", Schema.STRING_SCHEMA, "x")));
            shop.send(
                    "raw.shop.things",
                    key("thing_code", Schema.STRING_SCHEMA, "x"),
                    event("d", thing("thing_code", Schema.STRING_SCHEMA, "x")));

            assertThat(shop.changes("cleaned.shop.things"))
                    .containsExactly("{\"code\":\"x\"}={\"code\":\"x\",\"name\":\"it\"}", "{\"code\":\"x\"}=null");
        }
    }

    @Test
    void rowsOfAnAggregateKeepTheirOwnKeysWhateverItsKeyIs() {
        try (TopologyFixture shop = new TopologyFixture(YamlPlan.of("""
                pipeline: shop
                sources:
                  plain: {class: x.Source, config: {}, streams: {things: table}}
                contracts:
                  Count: {key: label, fields: {label: string, things: int64}}
                sinks: {}
                streams:
                  curated.counts:
                    from: raw.things
                    contract: Count
                    steps: [{unwrap: debezium}, {rename: {name: label}}, {aggregate: {by: [value.label], things: count()}}]
                """), folder)) {
            for (String code : List.of("a", "b")) {
                shop.send(
                        "raw.shop.things",
                        key("code", Schema.STRING_SCHEMA, code),
                        event("c", thing("code", Schema.STRING_SCHEMA, code)));
            }

            assertThat(shop.state("curated.shop.counts"))
                    .containsExactly(entry("{\"label\":\"it\"}", "{\"label\":\"it\",\"things\":2}"));
        }
    }

    @Test
    void aReplayOfAMovedRecordDoesNotOverwriteANewerRow() {
        String yaml = YAML.formatted("timestamp", "code", ", {validate: {named: value.name != 'bad'}}");
        Schema millis = named(SchemaBuilder.int64(), "io.debezium.time.Timestamp");
        byte[] key = key("code", millis, 1_000L);
        try (TopologyFixture shop = new TopologyFixture(YamlPlan.of(yaml), folder)) {
            shop.send(
                    "raw.shop.things",
                    key,
                    event("c", thing("code", millis, 1_000L).put("name", "bad")));
            TestRecord<byte[], byte[]> letter = shop.take("deadletter.shop").get(0);
            assertThat(letter.key()).as("as it came").isEqualTo(key);
            shop.send(
                    "raw.shop.things",
                    key,
                    event("u", thing("code", millis, 1_000L).put("name", "new")));
            shop.take("cleaned.shop.things");

            shop.replay(letter, event("c", thing("code", millis, 1_000L).put("name", "old")));

            assertThat(shop.changes("cleaned.shop.things")).isEmpty();
            assertThat(shop.counters(new StreamName("cleaned", "things")).dropped())
                    .containsExactly(entry("superseded", 1L));
        }
    }

    @Test
    void aReplayOfAMovedRecordPassesWhereNothingFollowedIt() {
        String yaml = YAML.formatted("timestamp", "code", ", {validate: {named: value.name != 'bad'}}");
        Schema millis = named(SchemaBuilder.int64(), "io.debezium.time.Timestamp");
        try (TopologyFixture shop = new TopologyFixture(YamlPlan.of(yaml), folder)) {
            shop.send(
                    "raw.shop.things",
                    key("code", millis, 1_000L),
                    event("c", thing("code", millis, 1_000L).put("name", "bad")));
            TestRecord<byte[], byte[]> letter = shop.take("deadletter.shop").get(0);

            shop.replay(letter, event("c", thing("code", millis, 1_000L)));

            assertThat(shop.changes("cleaned.shop.things"))
                    .containsExactly("{\"code\":1000000}={\"code\":1000000,\"name\":\"it\"}");
        }
    }

    @Test
    void whatCannotBeReadIsADeadLetterAsItCame() {
        String yaml = YAML.formatted("timestamp", "code", "");
        try (TopologyFixture shop = new TopologyFixture(YamlPlan.of(yaml), folder)) {
            shop.send("raw.shop.things", "k".getBytes(StandardCharsets.UTF_8), "no".getBytes(StandardCharsets.UTF_8));

            List<TestRecord<byte[], byte[]>> dead = shop.take("deadletter.shop");
            assertThat(dead).hasSize(1);
            assertThat(TopologyFixture.text(dead.get(0).key())).isEqualTo("k");
            assertThat(TopologyFixture.text(dead.get(0).value())).isEqualTo("no");
            assertThat(TopologyFixture.header(dead.get(0), "millrace.origin")).isEqualTo("raw.shop.things-0@0");
        }
    }

    private static byte[] key(String field, Schema schema, Object value) {
        Schema key = SchemaBuilder.struct().field(field, schema).build();
        JsonConverter converter = new JsonConverter();
        converter.configure(java.util.Map.of("schemas.enable", "false", "decimal.format", "NUMERIC"), true);
        return converter.fromConnectData("", key, new Struct(key).put(field, value));
    }

    private static Struct thing(String field, Schema schema, Object value) {
        Schema row = SchemaBuilder.struct()
                .optional()
                .field(field, schema)
                .field("name", Schema.OPTIONAL_STRING_SCHEMA)
                .build();
        return new Struct(row).put(field, value).put("name", "it");
    }

    private static Struct owner(Schema schema, Object value) {
        Schema row = SchemaBuilder.struct()
                .optional()
                .field("id", Schema.INT32_SCHEMA)
                .field("thing", schema)
                .build();
        return new Struct(row).put("id", 1).put("thing", value);
    }

    private static byte[] event(String op, Struct row) {
        Schema envelope = SchemaBuilder.struct()
                .field("before", row.schema())
                .field("after", row.schema())
                .field("op", Schema.STRING_SCHEMA)
                .build();
        Struct event = new Struct(envelope).put("op", op).put(op.equals("d") ? "before" : "after", row);
        return new RowCodec().write(envelope, event);
    }
}
