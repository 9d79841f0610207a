package io.millrace.connectors.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.connectors.jdbc.table.RowRejected;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonKeyTest {

    @Test
    void numbersKeepAllTheirDigits() {
        assertThat(JsonKey.parse(
                        "{\"id\":9223372036854775807,\"price\":12345678901234567890.120,\"big\":9223372036854775808}"))
                .isEqualTo(Map.of(
                        "id",
                        Long.MAX_VALUE,
                        "price",
                        new BigDecimal("12345678901234567890.120"),
                        "big",
                        new BigDecimal("9223372036854775808")));
    }

    @Test
    void fieldsKeepTheirOrderAndEveryKindIsRead() {
        Object key = JsonKey.parse("{\"b\":\"x\",\"a\":[true,false,null,{\"n\":-1}]}");

        assertThat(((Map<?, ?>) key).keySet().stream().map(Object::toString)).containsExactly("b", "a");
        assertThat(((Map<?, ?>) key).get("a")).isEqualTo(Arrays.asList(true, false, null, Map.of("n", -1L)));
        assertThat(JsonKey.parse("\"ALFKI\"")).isEqualTo("ALFKI");
        assertThat(JsonKey.parse("17")).isEqualTo(17L);
        assertThat(JsonKey.parse("null")).isNull();
        assertThat(JsonKey.parse("")).isNull();
        assertThat(JsonKey.parse("[1]")).isEqualTo(List.of(1L));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ALFKI", "{\"a\":", "{} {}", "{\"a\"}", "]", "01"})
    void whatIsNotJsonIsRejectedWithoutBeingRepeated(String text) {
        assertThatThrownBy(() -> JsonKey.parse(text))
                .isInstanceOf(RowRejected.class)
                .hasMessage("jdbc.key-json: the key is not JSON, as the keys of a pipeline's streams are.");
    }
}
