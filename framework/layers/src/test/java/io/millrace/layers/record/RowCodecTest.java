package io.millrace.layers.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.expression.type.EvaluationException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.json.JsonConverter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowCodecTest {
    private static final Schema SCHEMA = SchemaBuilder.struct()
            .name("a \"name\" with {braces}")
            .field("id", Schema.INT32_SCHEMA)
            .field("amount", Decimal.builder(4).optional().build())
            .field("ratio", Schema.OPTIONAL_FLOAT32_SCHEMA)
            .field("note", SchemaBuilder.string().optional().defaultValue("x").build())
            .build();

    private final RowCodec codec = new RowCodec();

    @Test
    void writesTheBytesOfKafkaConnectsConverter() {
        JsonConverter converter = new JsonConverter();
        converter.configure(
                Map.of("schemas.enable", "true", "decimal.format", "NUMERIC", "replace.null.with.default", "false"),
                false);

        assertThat(codec.write(SCHEMA, row()))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(new String(converter.fromConnectData("", SCHEMA, row()), StandardCharsets.UTF_8));
    }

    @Test
    void readsWhatItWroteAndSharesTheSchema() {
        byte[] bytes = codec.write(SCHEMA, row());

        SchemaAndValue first = codec.read(bytes);
        SchemaAndValue second = codec.read(bytes);

        assertThat(first.value()).isEqualTo(row());
        assertThat(second.schema()).isSameAs(first.schema());
        assertThat(((Struct) first.value()).getWithoutDefault("note")).isNull();
    }

    @Test
    void readsFieldsInAnyOrderAndWithWhiteSpace() {
        String json = "{ \"payload\": {\"id\": 1}, \"schema\": {\"type\":\"struct\",\"optional\":false,"
                + "\"fields\":[{\"type\":\"int32\",\"optional\":false,\"field\":\"id\"}]}}";

        assertThat(((Struct) codec.read(json.getBytes(StandardCharsets.UTF_8)).value()).get("id"))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void whatIsNoNumberInJsonIsReadAsItWasAndNeverWritten(float ratio) {
        Schema list =
                SchemaBuilder.array(Schema.OPTIONAL_FLOAT64_SCHEMA).optional().build();
        Schema outer =
                SchemaBuilder.struct().field("row", SCHEMA).field("list", list).build();
        Struct value = new Struct(outer)
                .put("row", row().put("ratio", ratio))
                .put("list", Arrays.asList(1.5, null, (double) ratio));
        JsonConverter converter = new JsonConverter();
        converter.configure(Map.of("schemas.enable", "true", "decimal.format", "NUMERIC"), false);

        Struct read =
                (Struct) codec.read(converter.fromConnectData("", outer, value)).value();

        assertThat(read.getStruct("row").get("ratio")).isEqualTo(ratio);
        assertThat(read.getArray("list")).isEqualTo(Arrays.asList(1.5, null, (double) ratio));
        assertThatThrownBy(() -> codec.write(outer, value))
                .isInstanceOf(EvaluationException.class)
                .hasMessage("'ratio' is infinity or not-a-number, which JSON cannot carry");
    }

    @Test
    void aTextWhereANumberMustStandIsUnreadable() {
        String json = new String(codec.write(SCHEMA, row()), StandardCharsets.UTF_8)
                .replace("\"ratio\":0.15", "\"ratio\":\"To Infinity\"");

        assertThatThrownBy(() -> codec.read(json.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(DataException.class);
    }

    @Test
    void randomAndMutilatedBytesAreNeverAnotherException() {
        Random random = new Random(11);
        byte[] good = codec.write(SCHEMA, row());
        for (int i = 0; i < 5_000; i++) {
            byte[] bytes = good.clone();
            for (int hits = random.nextInt(4); hits >= 0; hits--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(128);
            }
            byte[] cut = random.nextBoolean() ? bytes : Arrays.copyOf(bytes, random.nextInt(bytes.length));
            try {
                codec.read(cut);
            } catch (DataException expected) {
                assertThat(expected).isNotNull();
            }
        }
        assertThatThrownBy(() -> codec.read(new byte[] {1})).isInstanceOf(DataException.class);
    }

    private static Struct row() {
        return new Struct(SCHEMA)
                .put("id", 7)
                .put("amount", new BigDecimal("10.5000"))
                .put("ratio", 0.15f);
    }
}
