package io.millrace.worker.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SourceLetterTest {
    private static final Arrival ARRIVAL = new Arrival(1_700_000_000_000L, 3);
    private static final Schema MICROS = SchemaBuilder.int64()
            .name("io.debezium.time.MicroTimestamp")
            .version(1)
            .build();
    private static final Schema ROW = SchemaBuilder.struct()
            .name("shop.orders.Value")
            .version(2)
            .doc("an order")
            .parameter("table", "orders")
            .field("id", Schema.INT32_SCHEMA)
            .field("price", Decimal.schema(2))
            .field("at", MICROS)
            .field(
                    "note",
                    SchemaBuilder.string().optional().defaultValue("none").build())
            .field("picture", Schema.OPTIONAL_BYTES_SCHEMA)
            .build();

    private final SourceLetter letters = new SourceLetter();

    private static Struct row() {
        return new Struct(ROW)
                .put("id", 7)
                .put("price", new BigDecimal("10.50"))
                .put("at", 1_700_000_000_000_001L)
                .put("note", null)
                .put("picture", new byte[] {0, (byte) 0xff});
    }

    static Stream<Arguments> records() {
        Schema floats = SchemaBuilder.struct().field("x", Schema.FLOAT64_SCHEMA).build();
        Schema outer = SchemaBuilder.struct()
                .field(
                        "before",
                        SchemaBuilder.struct()
                                .optional()
                                .field("id", Schema.INT32_SCHEMA)
                                .build())
                .field("rows", SchemaBuilder.array(ROW).build())
                .build();
        return Stream.of(
                Arguments.of("JSON", Schema.INT8_SCHEMA, (byte) -1),
                Arguments.of("JSON", Schema.INT16_SCHEMA, (short) -300),
                Arguments.of("JSON", Schema.INT32_SCHEMA, Integer.MIN_VALUE),
                Arguments.of("JSON", Schema.INT64_SCHEMA, Long.MAX_VALUE),
                Arguments.of("JSON", Schema.FLOAT32_SCHEMA, 0.1f),
                Arguments.of("JSON", Schema.FLOAT64_SCHEMA, 1e300),
                Arguments.of("JSON", Schema.BOOLEAN_SCHEMA, true),
                Arguments.of("JSON", Schema.STRING_SCHEMA, "a \u00e4 \ud83d\ude00"),
                Arguments.of("JSON", Schema.OPTIONAL_STRING_SCHEMA, "a"),
                Arguments.of("JSON", Decimal.schema(3), new BigDecimal("12345678901234567890.100")),
                Arguments.of("JSON", org.apache.kafka.connect.data.Date.SCHEMA, new Date(86_400_000L * 3)),
                Arguments.of("JSON", Time.SCHEMA, new Date(1_234L)),
                Arguments.of("JSON", Timestamp.SCHEMA, new Date(1_700_000_000_123L)),
                Arguments.of("JSON", MICROS, 1_700_000_000_000_001L),
                Arguments.of(
                        "JSON",
                        SchemaBuilder.array(Schema.OPTIONAL_INT32_SCHEMA).build(),
                        Arrays.asList(1, null)),
                Arguments.of(
                        "JSON",
                        SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.INT64_SCHEMA)
                                .build(),
                        Map.of("a", 1L, "b", 2L)),
                Arguments.of(
                        "JSON",
                        SchemaBuilder.map(Schema.INT32_SCHEMA, Schema.STRING_SCHEMA)
                                .build(),
                        Map.of(1, "a", 2, "b")),
                Arguments.of("JSON", ROW, row()),
                Arguments.of("JSON", outer, new Struct(outer).put("rows", List.of(row(), row()))),
                Arguments.of("JSON", null, Map.of("text", "a", "yes", true, "long", 5L)),
                Arguments.of("BYTES", Schema.BYTES_SCHEMA, new byte[] {'{', (byte) 0xff, '}'}),
                Arguments.of("BYTES", Schema.OPTIONAL_BYTES_SCHEMA, new byte[0]),
                Arguments.of("BYTES", null, new byte[] {1}),
                Arguments.of("NONE", null, null),
                Arguments.of("NONE", Schema.OPTIONAL_STRING_SCHEMA, null),
                Arguments.of("NONE", ROW, null),
                Arguments.of("EXACT", Schema.FLOAT32_SCHEMA, Float.NEGATIVE_INFINITY),
                Arguments.of("EXACT", floats, new Struct(floats).put("x", Double.NaN)),
                Arguments.of("EXACT", floats, new Struct(floats)),
                Arguments.of("JSON", Schema.STRING_SCHEMA, "half a pair \ud83d"),
                Arguments.of(
                        "EXACT",
                        null,
                        Map.of("int", 5, "small", 1.5f, "decimal", new BigDecimal("1.10"), "row", row())),
                Arguments.of("EXACT", null, List.of(new byte[] {1}, "a")),
                // what no converter takes is why it died
                Arguments.of("EXACT", Schema.INT32_SCHEMA, "no number"));
    }

    @ParameterizedTest
    @MethodSource("records")
    void aRecordIsTheSameAgain(String form, Schema schema, Object data) {
        SourceRecord original = record(schema, data);

        SourceLetter.Written written = letters.write(original, ARRIVAL);
        SourceLetter.Read again = new SourceLetter().read(written.key(), written.value(), written.facts());

        assertThat(written.facts()).contains("\"value\":{\"form\":\"" + form + "\"");
        assertThat(again.arrival()).isEqualTo(ARRIVAL);
        assertThat(again.original().valueSchema()).isEqualTo(schema);
        if (data instanceof List<?> list) {
            assertThat(((List<?>) again.original().value()).toArray())
                    .usingRecursiveComparison()
                    .isEqualTo(list.toArray());
        } else {
            assertThat(again.original().value()).isEqualTo(data);
        }
        assertThat(again.original().keySchema()).isEqualTo(Schema.INT64_SCHEMA);
        assertThat(again.original().key()).isEqualTo(9L);
        assertThat(again.original().topic()).isEqualTo("raw.shop.orders");
        assertThat(again.original().kafkaPartition()).isEqualTo(2);
        assertThat(again.original().timestamp()).isEqualTo(836_000_000_000L);
        assertThat(again.original().headers()).isEqualTo(original.headers());
        assertThat(again.original().sourcePartition()).isEqualTo(Map.of("server", "a"));
        assertThat(again.original().sourceOffset()).isEqualTo(Map.of("lsn", 5L, "txn", 7));
    }

    @Test
    void aBufferIsReadAsBytes() {
        Schema schema = SchemaBuilder.struct().field("b", Schema.BYTES_SCHEMA).build();
        SourceRecord original = record(schema, new Struct(schema).put("b", ByteBuffer.wrap(new byte[] {1, 2})));

        SourceLetter.Written written = letters.write(original, ARRIVAL);
        Struct again = (Struct) letters.read(written.key(), written.value(), written.facts())
                .original()
                .value();

        assertThat(again.getBytes("b")).isEqualTo(new byte[] {1, 2});
    }

    @Test
    void aRecordThatSaysNothingIsTheSameAgain() {
        SourceLetter.Written written =
                letters.write(new SourceRecord(null, null, null, null, null, null, null, null), ARRIVAL);

        SourceRecord again =
                letters.read(written.key(), written.value(), written.facts()).original();

        assertThat(again).isEqualTo(new SourceRecord(null, null, null, null, null, null, null, null));
        assertThat(again.kafkaPartition()).isNull();
        assertThat(again.timestamp()).isNull();
    }

    @Test
    void whatIsNoConnectDataIsTextAndCannotBeMadeAgain() {
        SourceLetter.Written written = letters.write(record(null, new StringBuilder("odd")), ARRIVAL);

        assertThat(written.facts()).isNull();
        assertThat(new String(written.value(), StandardCharsets.UTF_8))
                .isEqualTo("{\"schema\":{\"type\":\"string\",\"optional\":false},\"payload\":\"odd\"}");
    }

    @Test
    void aSchemaThatWouldBeReadAsAnotherIsNotKept() {
        Schema odd = SchemaBuilder.float64().defaultValue(Double.NaN).build();

        assertThat(letters.write(record(odd, 1.0), ARRIVAL).facts()).isNull();
        assertThat(letters.write(record(odd, null), ARRIVAL).facts()).isNull();
    }

    @Test
    void tellsALetterThatHoldsNoRecord() {
        SourceLetter.Written written = letters.write(record(ROW, row()), ARRIVAL);
        List<String> bad = new ArrayList<>(List.of("", "{", "{}", "[1]"));
        bad.add(written.facts().replace("\"JSON\"", "\"EXACT\""));

        for (String facts : bad) {
            assertThatThrownBy(() -> letters.read(written.key(), written.value(), facts))
                    .as("facts '%s'", facts)
                    .isInstanceOf(DataException.class);
        }
        assertThatThrownBy(() -> letters.read(written.key(), new byte[] {'x'}, written.facts()))
                .isInstanceOf(DataException.class);
    }

    private static SourceRecord record(Schema schema, Object data) {
        return new SourceRecord(
                Map.of("server", "a"),
                Map.of("lsn", 5L, "txn", 7),
                "raw.shop.orders",
                2,
                Schema.INT64_SCHEMA,
                9L,
                schema,
                data,
                836_000_000_000L,
                new ConnectHeaders()
                        .addString("file", "a.log")
                        .addInt("n", 5)
                        .add("row", row(), ROW)
                        .add("nothing", null, null));
    }
}
