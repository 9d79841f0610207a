package io.millrace.layers.parse;

import static io.millrace.layers.parse.ParseFixture.fault;
import static io.millrace.layers.parse.ParseFixture.json;
import static io.millrace.layers.parse.ParseFixture.parsed;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.expression.type.ConnectTypes;
import io.millrace.expression.type.DecimalType;
import io.millrace.expression.type.ListType;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import java.math.BigDecimal;
import java.util.List;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;

class JsonRowsTest {
    private static final RowParser ANY = json(RowType.ANY);

    @Test
    void valuesHaveTheTypesThatTheyHaveByThemselves() {
        assertThat(
                        types(
                                ANY,
                                "{\"i\":1,\"d\":1.5,\"e\":1e3,\"s\":\"x\",\"b\":true,\"n\":null,\"o\":{\"p\":1},\"l\":[1,2],\"m\":[1,2.5,null],\"z\":[]}"))
                .isEqualTo(
                        "{i: int64, d: double, e: double, s: string, b: bool, n: string, o: {p: int64}, l: list<int64>, m: list<double>, z: list<string>}");
        assertThat(parsed(ANY, "{\"i\":1,\"d\":1.5,\"n\":null,\"o\":{\"p\":1},\"m\":[1,2.5,null]}"))
                .isEqualTo("i=1|d=1.5|n=null|o={p=1}|m=[1.0, 2.5, null]");
    }

    @Test
    void elementsThatAreRowsHaveTheFieldsOfAll() {
        assertThat(types(ANY, "{\"l\":[{\"a\":null},{\"a\":1,\"b\":[]},{\"b\":[2],\"a\":0.5}]}"))
                .isEqualTo("{l: list<{a: double, b: list<int64>}>}");
        assertThat(fault(ANY, "{\"o\":{\"l\":[1,\"x\"]}}"))
                .isEqualTo("field 'o.l': a list holds int64 and string, which have no type in common");
    }

    @Test
    void rowsOfOneShapeShareTheirSchema() {
        assertThat(ANY.parse("{\"a\":1}", 0).schema())
                .isSameAs(ANY.parse("{\"a\":2}", 0).schema());
    }

    @Test
    void fractionsThatAreWantedExactStayDecimals() {
        RowParser exact = json(RowType.ANY, "price", "o.price");

        Struct row = exact.parse("{\"price\":0.1234567890123456789,\"o\":{\"price\":1.50},\"other\":1.50}", 0);

        assertThat(row.get("price")).isEqualTo(new BigDecimal("0.1234567890123456789"));
        assertThat(row.getStruct("o").get("price")).isEqualTo(new BigDecimal("1.50"));
        assertThat(row.get("other")).isEqualTo(1.5);
        assertThat(fault(exact, "{\"price\":1e400000000}"))
                .isEqualTo("field 'price': a number has more digits than a decimal, 38 before and after the point");
    }

    @Test
    void declaredFieldsHaveTheirTypesAndAreAlwaysThere() {
        RowParser declared = json(new RowType(
                List.of(
                        new RowType.Field("id", ScalarType.INT32, true),
                        new RowType.Field("price", new DecimalType(20, 10), false),
                        new RowType.Field("at", ScalarType.TIMESTAMP, false),
                        new RowType.Field("tags", new ListType(ScalarType.STRING), false)),
                true));

        assertThat(types(declared, "{\"more\":1,\"id\":7}"))
                .isEqualTo("{id: int32!, price: decimal(20,10), at: timestamp, tags: list<string>, more: int64}");
        assertThat(parsed(
                        declared,
                        "{\"id\":7,\"price\":12345678.0123456789,\"at\":\"2026-01-01T00:00:00Z\",\"tags\":[\"a\"]}"))
                .isEqualTo("id=7|price=12345678.0123456789|at=1767225600000000|tags=[a]");
        assertThat(fault(declared, "{\"price\":1}")).isEqualTo("required field 'id' is missing or null");
        assertThat(fault(declared, "{\"id\":3000000000}")).isEqualTo("field 'id': a int is out of the range of int32.");
        assertThat(fault(declared, "{\"id\":1,\"at\":5}"))
                .isEqualTo(
                        "field 'at': a int cannot become timestamp: its unit is not known. Write timestamp(value.x), which takes seconds.");
    }

    @Test
    void othersCanBeDropped() {
        RowParser closed = json(new RowType(List.of(new RowType.Field("a", ScalarType.INT64, false)), false));

        assertThat(parsed(closed, "{\"b\":1,\"a\":2}")).isEqualTo("a=2");
    }

    @Test
    void fieldsAreBounded() {
        StringBuilder wide = new StringBuilder("{\"o\":{\"f\":1");
        for (int i = 0; i < 1_000; i++) {
            wide.append(",\"f").append(i).append("\":1");
        }

        assertThat(fault(ANY, wide + "}}"))
                .isEqualTo(
                        "the object has more than 1000 fields, those inside of fields included; declare those that count and drop the others");
    }

    @Test
    void tellsThePlaceOfAFaultAndNotTheText() {
        assertThat(fault(ANY, "")).isEqualTo("the text is empty");
        assertThat(fault(ANY, "[1]")).isEqualTo("the text is not a JSON object but a list");
        assertThat(fault(ANY, "null")).isEqualTo("the text is not a JSON object but null");
        assertThat(fault(ANY, "{\"a\":1")).isEqualTo("the text ends before the JSON does: it is cut off");
        assertThat(fault(ANY, "{\"a\":secret}")).isEqualTo("column 6: this is not JSON");
        assertThat(fault(ANY, "{\n\"a\":,}")).isEqualTo("line 2, column 5: this is not JSON");
        assertThat(fault(ANY, "{\"a\":1,\"a\":2}")).isEqualTo("column 11: a field is there twice");
        assertThat(fault(ANY, "{\"a\":1}{")).isEqualTo("column 8: something follows the JSON object");
        assertThat(fault(ANY, "{\"a\":NaN}")).endsWith(": this is not JSON");
        assertThat(fault(ANY, "{\"a\":12345678901234567890}"))
                .isEqualTo(
                        "field 'a': a whole number is out of the range of int64; declare the field as decimal or string");
        assertThat(fault(ANY, "{\"a\":1e999}")).isEqualTo("field 'a': a number is out of the range of double");
        assertThat(fault(ANY, "{\"a\":" + "[".repeat(100) + "]".repeat(100) + "}"))
                .startsWith("the JSON is beyond a limit: 64 levels");
    }

    private static String types(RowParser parser, String text) {
        return ConnectTypes.typeOf(parser.parse(text, 0).schema()).text();
    }
}
