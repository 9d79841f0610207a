package io.millrace.connectors.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.errors.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OperationsTest {
    private static final Schema PAIR = SchemaBuilder.struct()
            .field("order_id", Schema.INT32_SCHEMA)
            .field("price", Decimal.schema(2))
            .build();

    private static Operations operations(String... more) {
        return new Operations(SearchIndexSinkConfig.of(Orders.config("http://a:9200", more)));
    }

    static Stream<Arguments> keys() {
        Map<String, Object> two = new LinkedHashMap<>();
        two.put("order_id", 10248L);
        two.put("product_id", 11L);
        return Stream.of(
                Arguments.of("{\"order_id\":10248}", null, "10248"),
                Arguments.of("{\"customer_id\":\"ALFKI\"}", null, "ALFKI"),
                Arguments.of("{\"price\":1.50}", null, "1.50"),
                Arguments.of("{\"order_id\":10248,\"product_id\":11}", null, "{\"order_id\":10248,\"product_id\":11}"),
                Arguments.of("plain", null, "plain"),
                Arguments.of("{no json", null, "{no json"),
                Arguments.of(7L, Schema.INT64_SCHEMA, "7"),
                Arguments.of(Map.of("customer_id", "ALFKI"), null, "ALFKI"),
                Arguments.of(two, null, "{\"order_id\":10248,\"product_id\":11}"),
                Arguments.of(
                        new Struct(PAIR).put("order_id", 1).put("price", new BigDecimal("1.50")),
                        PAIR,
                        "{\"order_id\":1,\"price\":1.50}"));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void theKeyIsTheId(Object key, Schema schema, String id) {
        var record = Orders.record(0, 0, key, Schema.STRING_SCHEMA, "x");
        var keyed = record.newRecord(
                record.topic(), 0, schema, key, record.valueSchema(), record.value(), record.timestamp());

        assertThat(operations().of(keyed).id()).isEqualTo(id);
    }

    @Test
    void aLongIdIsItsHash() {
        String id = operations()
                .of(Orders.record(0, 0, "k".repeat(513), Schema.STRING_SCHEMA, "x"))
                .id();

        assertThat(id).startsWith("sha256:").hasSize(7 + 64);
        assertThat(operations()
                        .of(Orders.record(0, 0, "k".repeat(512), Schema.STRING_SCHEMA, "x"))
                        .id())
                .isEqualTo("k".repeat(512));
    }

    @Test
    void anActionCarriesTheOffsetAsExternalVersion() {
        Operation upsert = operations().of(Orders.record(3, 0, 1, Orders.order(1, "a", "1.00")));
        Operation delete = operations().of(Orders.record(3, 41, 1, (Struct) null));

        assertThat(new String(upsert.action(), StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"index\":{\"_index\":\"orders\",\"_id\":\"1\",\"version\":1,\"version_type\":\"external\"}}");
        assertThat(new String(delete.action(), StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"delete\":{\"_index\":\"orders\",\"_id\":\"1\",\"version\":42,\"version_type\":\"external\"}}");
        assertThat(delete.document()).isEmpty();
        assertThat(delete.size()).isEqualTo(delete.action().length + 1L);
    }

    @Test
    void allKindsOfValuesHaveTheirForm() {
        Schema inner = SchemaBuilder.struct().field("a", Schema.FLOAT32_SCHEMA).build();
        Schema schema = SchemaBuilder.struct()
                .field("time", Time.SCHEMA)
                .field(
                        "days",
                        SchemaBuilder.int32().name("io.debezium.time.Date").build())
                .field(
                        "nanos",
                        SchemaBuilder.int64()
                                .name("io.debezium.time.NanoTimestamp")
                                .build())
                .field("bytes", Schema.BYTES_SCHEMA)
                .field("list", SchemaBuilder.array(inner).build())
                .field(
                        "map",
                        SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.INT64_SCHEMA)
                                .build())
                .field(
                        "pairs",
                        SchemaBuilder.map(Schema.INT32_SCHEMA, Schema.BOOLEAN_SCHEMA)
                                .build())
                .field("none", Schema.OPTIONAL_STRING_SCHEMA)
                .build();
        Struct value = new Struct(schema)
                .put("time", new java.util.Date(3_723_004))
                .put("days", -1)
                .put("nanos", 1_000_000_001L)
                .put("bytes", new byte[] {1, 2})
                .put("list", List.of(new Struct(inner).put("a", 0.1f)))
                .put("map", Map.of("k", 1L))
                .put("pairs", Map.of(1, true));

        Operation operation = operations().of(Orders.record(0, 0, "k", schema, value));

        assertThat(new String(operation.document().orElseThrow(), StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"time\":\"01:02:03.004\",\"days\":\"1969-12-31\",\"nanos\":\"1970-01-01T00:00:01.000000001Z\","
                                + "\"bytes\":\"AQI=\",\"list\":[{\"a\":0.1}],\"map\":{\"k\":1},\"pairs\":[[1,true]],\"none\":null,"
                                + "\"_origin\":\"raw.shop.orders-0@0\"}");
        assertThat(new Mappings(false, true).properties(schema).toString())
                .isEqualTo("{\"time\":{\"type\":\"keyword\"},\"days\":{\"type\":\"date\",\"format\":\"strict_date\"},"
                        + "\"nanos\":{\"type\":\"date\",\"format\":\"strict_date_optional_time\"},\"bytes\":{\"type\":\"binary\"},"
                        + "\"list\":{\"properties\":{\"a\":{\"type\":\"float\"}}},\"map\":{\"type\":\"object\",\"enabled\":false},"
                        + "\"pairs\":{\"type\":\"object\",\"enabled\":false},\"none\":{\"type\":\"text\",\"fields\":{\"keyword\":"
                        + "{\"type\":\"keyword\",\"ignore_above\":8191}}},\"_origin\":{\"type\":\"keyword\"}}");
    }

    @Test
    void whatHasNoIdIsPoison() {
        assertThatThrownBy(() ->
                        operations("search.id", "order_no").of(Orders.record(0, 0, 1, Orders.order(1, "a", "1.00"))))
                .isInstanceOf(DataException.class)
                .hasMessage("The value has no field 'order_no' for the document's id. Correct 'id'.");
        assertThatThrownBy(() -> operations("search.id", "order_id").of(Orders.record(0, 0, 1, (Struct) null)))
                .isInstanceOf(DataException.class)
                .hasMessage(
                        "The record has no value: only with 'id: key' does such a record say which document it deletes. Set 'id:"
                                + " key', or filter these records in an earlier layer.");
        assertThatThrownBy(() -> operations().of(Orders.record(0, 0, "{\"id\":null}", Schema.STRING_SCHEMA, "x")))
                .isInstanceOf(DataException.class)
                .hasMessage("The only field of the key is null, so the document has no id.");
    }

    @Test
    void halfOfACharacterIsWrittenAsItsEscape() {
        Operation operation = operations().of(Orders.record(0, 0, "k", Schema.STRING_SCHEMA, "x\ud83d"));

        assertThat(new String(operation.document().orElseThrow(), StandardCharsets.UTF_8))
                .isEqualTo("{\"value\":\"x\\uD83D\",\"_origin\":\"raw.shop.orders-0@0\"}");
    }

    @Test
    void theOriginIsLeftOutWhereItIsNotWanted() {
        Operation operation =
                operations("search.origin", "false").of(Orders.record(0, 0, "k", Schema.STRING_SCHEMA, "x"));

        assertThat(new String(operation.document().orElseThrow(), StandardCharsets.UTF_8))
                .isEqualTo("{\"value\":\"x\"}");
        assertThat(new Mappings(false, false).properties(Schema.BOOLEAN_SCHEMA).toString())
                .isEqualTo("{\"value\":{\"type\":\"boolean\"}}");
    }

    @Test
    void aFieldOfTheValueThatIsNamedLikeTheOriginIsKept() {
        Schema schema =
                SchemaBuilder.struct().field("_origin", Schema.INT32_SCHEMA).build();

        Operation operation = operations().of(Orders.record(0, 0, "k", schema, new Struct(schema).put("_origin", 7)));

        assertThat(new String(operation.document().orElseThrow(), StandardCharsets.UTF_8))
                .isEqualTo("{\"_origin\":7}");
        assertThat(new Mappings(false, true).properties(schema).toString())
                .isEqualTo("{\"_origin\":{\"type\":\"integer\"}}");
    }
}
