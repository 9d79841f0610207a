package io.millrace.layers.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.expression.type.DataType;
import io.millrace.expression.type.DecimalType;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;
import org.junit.jupiter.api.Test;

class KeysTest {

    @Test
    void writesWhatASourcesConverterWrites() {
        JsonConverter converter = new JsonConverter();
        converter.configure(Map.of("schemas.enable", "false", "decimal.format", "NUMERIC"), true);
        Schema schema = SchemaBuilder.struct()
                .field("order_id", Schema.INT16_SCHEMA)
                .field("name", Schema.STRING_SCHEMA)
                .build();
        Struct key = new Struct(schema).put("order_id", (short) 7).put("name", "Ü \"q\" / \\ \u0001 \u2028");

        Bytes written = keys("order_id", ScalarType.INT32, "name", ScalarType.STRING)
                .write(List.of(7L, "Ü \"q\" / \\ \u0001 \u2028"));

        assertThat(text(written))
                .isEqualTo(new String(converter.fromConnectData("", schema, key), StandardCharsets.UTF_8));
    }

    @Test
    void equalValuesAreEqualBytesWhateverTheyCameAs() {
        Keys whole = keys("id", ScalarType.INT32);
        assertThat(whole.write(List.of(11L)))
                .isEqualTo(whole.write(List.of(new BigDecimal("11.00"))))
                .isEqualTo(whole.write(List.of(11.0)));
        Keys decimal = keys("id", new DecimalType(10, 2));
        assertThat(text(decimal.write(List.of(new BigDecimal("11.5")))))
                .isEqualTo("{\"id\":11.50}")
                .isEqualTo(text(decimal.write(List.of(new BigDecimal("11.500")))));
    }

    @Test
    void readsWhatItWrites() {
        Keys keys = keys(
                "day",
                ScalarType.DATE,
                "at",
                ScalarType.TIMESTAMP,
                "amount",
                new DecimalType(6, 2),
                "ok",
                ScalarType.BOOL);
        LocalDate day = LocalDate.of(1996, 7, 4);
        Instant at = Instant.parse("1969-12-31T23:59:59.999999Z");

        Bytes key = keys.write(List.of(day, at, new BigDecimal("1.5"), true));

        assertThat(text(key)).isEqualTo("{\"day\":9681,\"at\":-1,\"amount\":1.50,\"ok\":true}");
        assertThat(keys.read(key))
                .isEqualTo(Map.of("day", day, "at", at, "amount", new BigDecimal("1.50"), "ok", true));
        assertThat(keys.lazily(key)).isEqualTo(keys.read(key));
        assertThat(keys.fault(key)).isEmpty();
    }

    @Test
    void aNullGroupIsALegalPartOfAKey() {
        assertThat(text(keys("country", ScalarType.STRING).write(Collections.singletonList(null))))
                .isEqualTo("{\"country\":null}");
    }

    @Test
    void namesWhatIsWrongWithAKey() {
        Keys keys = keys("id", ScalarType.INT32);

        assertThat(keys.fault(null)).contains("the record has no key, its stream has the key [id]");
        assertThat(keys.fault(bytes("x"))).contains("the record's key is not JSON");
        assertThat(keys.fault(bytes("7"))).contains("the record's key is not a JSON object");
        assertThat(keys.fault(bytes("{\"id\":1,\"x\":2}")))
                .contains("the record's key has the fields [id, x], its stream has the key [id]");
        assertThat(keys.fault(bytes("{\"id\":1}"))).isEmpty();
        assertThat(keys.read(bytes("x"))).isNull();
        assertThat(keys.lazily(bytes("x"))).isEmpty();
    }

    private static Keys keys(Object... fieldAndType) {
        List<RowType.Field> fields = new ArrayList<>();
        for (int i = 0; i < fieldAndType.length; i += 2) {
            fields.add(new RowType.Field((String) fieldAndType[i], (DataType) fieldAndType[i + 1], true));
        }
        RowType row = new RowType(fields, false);
        return Keys.of(row.names(), row);
    }

    private static Bytes bytes(String text) {
        return Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(Bytes bytes) {
        return new String(bytes.get(), StandardCharsets.UTF_8);
    }
}
