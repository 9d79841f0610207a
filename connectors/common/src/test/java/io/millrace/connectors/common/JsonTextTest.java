package io.millrace.connectors.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.errors.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JsonTextTest {
    private static final byte[] NOT_UTF8 = {(byte) 0xff, 0};

    static Stream<Arguments> scalars() {
        return Stream.of(
                Arguments.of(true, "true"),
                Arguments.of((byte) -7, "-7"),
                Arguments.of((short) 12, "12"),
                Arguments.of(2_000_000_000, "2000000000"),
                Arguments.of(Long.MIN_VALUE, "-9223372036854775808"),
                Arguments.of(new BigInteger("123456789012345678901234567890"), "123456789012345678901234567890"),
                Arguments.of(new BigDecimal("1E+3"), "1000"),
                Arguments.of(new BigDecimal("0.10"), "0.10"),
                Arguments.of(1.5f, "1.5"),
                Arguments.of(0.1d, "0.1"),
                Arguments.of("Gr\u00fc\u00df \"dich\"\n", "\"Gr\u00fc\u00df \\\"dich\\\"\\n\""),
                Arguments.of(NOT_UTF8, "\"/wA=\""),
                Arguments.of(ByteBuffer.wrap(NOT_UTF8), "\"/wA=\""));
    }

    @ParameterizedTest
    @MethodSource("scalars")
    void aScalarInAnArrayIsItsJson(Object value, String json) {
        assertThat(JsonText.ofNested(null, List.of(value))).isEqualTo("[" + json + "]");
        assertThat(JsonText.ofNested(null, value)).isEqualTo(json);
    }

    @Test
    void aWholeStringStandsWithoutQuotesAndWholeBytesAsTheirText() {
        assertThat(JsonText.of(null, "a \"b\"")).isEqualTo("a \"b\"");
        assertThat(JsonText.of(null, "gr\u00fcn".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("gr\u00fcn");
        assertThat(JsonText.of(null, ByteBuffer.wrap("gr\u00fcn".getBytes(StandardCharsets.UTF_8))))
                .isEqualTo("gr\u00fcn");
        assertThat(JsonText.of(null, NOT_UTF8)).isEqualTo("/wA=");
        assertThat(JsonText.of(Schema.INT64_SCHEMA, 7L)).isEqualTo("7");
    }

    @Test
    void aBufferIsReadFromWhereItStandsAndStaysThere() {
        ByteBuffer buffer = ByteBuffer.wrap("xabc".getBytes(StandardCharsets.UTF_8));
        buffer.get();

        assertThat(JsonText.of(null, buffer)).isEqualTo("abc");
        assertThat(JsonText.ofNested(null, buffer)).isEqualTo("\"YWJj\"");
        assertThat(buffer.remaining()).isEqualTo(3);
    }

    @Test
    void aStructKeepsItsFieldsOrderItsNullsAndItsTypes() {
        Schema tags = SchemaBuilder.map(Schema.STRING_SCHEMA, Date.SCHEMA).build();
        Schema schema = SchemaBuilder.struct()
                .field("z", Schema.INT32_SCHEMA)
                .field("price", Decimal.schema(2))
                .field("day", Date.SCHEMA)
                .field("at", Timestamp.SCHEMA)
                .field("days", SchemaBuilder.array(Date.SCHEMA).build())
                .field("tags", tags)
                .field(
                        "none",
                        SchemaBuilder.string().optional().defaultValue("given").build());
        Struct row = new Struct(schema)
                .put("z", 1)
                .put("price", new BigDecimal("9.90"))
                .put("day", java.util.Date.from(Instant.parse("1969-12-31T00:00:00Z")))
                .put("at", java.util.Date.from(Instant.parse("1970-01-01T00:00:01Z")))
                .put("days", List.of(java.util.Date.from(Instant.parse("1970-01-03T00:00:00Z"))))
                .put("tags", Map.of("due", java.util.Date.from(Instant.parse("1970-01-02T00:00:00Z"))))
                .put("none", null);

        assertThat(JsonText.of(schema, row))
                .isEqualTo(
                        "{\"z\":1,\"price\":9.90,\"day\":-1,\"at\":1000,\"days\":[2],\"tags\":{\"due\":1},\"none\":null}");
        assertThat(JsonText.ofNested(schema, row)).isEqualTo(JsonText.of(schema, row));
    }

    @Test
    void mapsWithoutSchemaKeepTheirOrderAndTheirNulls() {
        Map<String, Object> key = new LinkedHashMap<>();
        key.put("order_id", 10248L);
        key.put("lines", Arrays.asList(1, null, "x"));

        assertThat(JsonText.of(null, key)).isEqualTo("{\"order_id\":10248,\"lines\":[1,null,\"x\"]}");
    }

    @Test
    void aClassThatConnectDoesNotKnowIsRefused() {
        assertThatThrownBy(() -> JsonText.of(null, List.of(Instant.EPOCH)))
                .isInstanceOf(DataException.class)
                .hasMessage("A value of class 'java.time.Instant' has no JSON text.");
    }
}
