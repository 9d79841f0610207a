package io.millrace.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.expression.type.DataType;
import io.millrace.expression.type.DecimalType;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.junit.jupiter.api.Test;

class ExpressionCompilerTest {
    private final ExpressionCompiler compiler = new ExpressionCompiler();

    @Test
    void revenueIsExactAndItsScaleIsKnownBefore() {
        Expression revenue = Shop.compile("value.unit_price * value.quantity * (1 - value.discount)");

        assertThat(revenue.type()).isEqualTo(new DecimalType(38, 4));
        assertThat(revenue.evaluate(Scope.of(Shop.line(Map.of(
                        "unit_price", new BigDecimal("14.00"), "quantity", 12L, "discount", new BigDecimal("0.15"))))))
                .isEqualTo(new BigDecimal("142.8000"));
    }

    @Test
    void aFieldThatIsNotThereIsNamedWithItsPlaceAndWhatWasMeant() {
        assertThat(Shop.faults("value.quantity > 0 &&\n  value.discuont < 1 && value.nme == 'x'"))
                .containsExactly(
                        new ExpressionException.Fault(
                                "expression.unknown-field",
                                2,
                                9,
                                "'discuont' is not a field of value.",
                                "Did you mean 'discount'? Fields: order_id, unit_price, quantity, discount, weight, ratio, big,"
                                        + " name, gift, ordered_on, seen_at, raw, tags, prices, labels, order."),
                        new ExpressionException.Fault(
                                "expression.unknown-field",
                                2,
                                31,
                                "'nme' is not a field of value.",
                                "Did you mean 'name'? Fields: order_id, unit_price, quantity, discount, weight, ratio, big,"
                                        + " name, gift, ordered_on, seen_at, raw, tags, prices, labels, order."));
    }

    @Test
    void aFieldOfANestedRowIsCheckedToo() {
        assertThat(Shop.faults("value.order.contry"))
                .containsExactly(new ExpressionException.Fault(
                        "expression.unknown-field",
                        1,
                        13,
                        "'contry' is not a field of value.order.",
                        "Did you mean 'country'? Fields: order_id, country, ordered_on."));
        assertThat(Shop.faults("value['contry']"))
                .extracting(fault -> fault.column() + " " + fault.message())
                .containsExactly("8 'contry' is not a field of value.");
        assertThat(Shop.faults("key.produkt_id"))
                .containsExactly(new ExpressionException.Fault(
                        "expression.unknown-field",
                        1,
                        5,
                        "'produkt_id' is not a field of key.",
                        "Did you mean 'product_id'? Fields: order_id, product_id."));
    }

    @Test
    void operandsThatDoNotGoTogetherAreFaultsAtTheOperator() {
        assertThat(Shop.faults("value.name + value.quantity == 'x' || !value.big"))
                .containsExactly(
                        new ExpressionException.Fault(
                                "expression.type",
                                1,
                                12,
                                "'+' is not defined for (string, int).",
                                "Convert one side with int(x) or string(x)."),
                        new ExpressionException.Fault("expression.type", 1, 39, "'!' is not defined for (int).", ""));
        assertThat(Shop.faults("value.ordered_on < '1996-07-04'"))
                .containsExactly(new ExpressionException.Fault(
                        "expression.type",
                        1,
                        18,
                        "'<' is not defined for (date, string).",
                        "Write the date as date('2026-01-31')."));
    }

    @Test
    void namesAndFunctionsThatAreNotThereAreFaults() {
        assertThat(Shop.faults("quantity > 0"))
                .containsExactly(new ExpressionException.Fault(
                        "expression.unknown-name",
                        1,
                        1,
                        "'quantity' is not a name in an expression.",
                        "Did you mean 'value.quantity'? Names: value, key, headers, meta."));
        assertThat(Shop.faults("1 < ruond(value.weight)")).singleElement().satisfies(fault -> {
            assertThat(fault.code()).isEqualTo("expression.unknown-function");
            assertThat(fault.column()).isEqualTo(5);
            assertThat(fault.message()).isEqualTo("'ruond' is not a function.");
            assertThat(fault.remedy()).startsWith("Did you mean 'round'? Functions: abs, ");
        });
    }

    @Test
    void aNumberBeyond64BitsIsTold() {
        assertThat(Shop.faults("value.quantity > 99999999999999999999"))
                .containsExactly(new ExpressionException.Fault(
                        "expression.syntax",
                        1,
                        18,
                        "A number has no place in 64 bits.",
                        "Write a greater one as decimal('...')."));
    }

    @Test
    void syntaxErrorsHaveAPlace() {
        assertThat(Shop.faults("value.quantity >"))
                .containsExactly(new ExpressionException.Fault(
                        "expression.syntax",
                        1,
                        17,
                        "The expression ends too early.",
                        "Complete it, or close what is open."));
        assertThat(Shop.faults("1 +\n* 2"))
                .extracting(fault -> fault.code() + " " + fault.line() + ":" + fault.column())
                .containsExactly("expression.syntax 2:1");
    }

    @Test
    void whatCelHasAndWeDoNotRunIsAFaultAndNeverAWrongResult() {
        assertThat(Shop.faults("1u == 2u"))
                .extracting(ExpressionException.Fault::message)
                .contains("An unsigned number is not supported: write it without 'u'.");
        assertThat(Shop.faults("value.name.matches('(')"))
                .extracting(ExpressionException.Fault::message)
                .containsExactly("'(' is not a pattern: missing closing ).");
    }

    @Test
    void anOpenRowChecksWhatItKnowsAndTakesTheRestAtRunTime() throws Exception {
        RowType open = RowType.ANY.with(new RowType.Field("amount", new DecimalType(10, 2), false));
        Expression expression = compiler.compile("value.amount * value.count", open, RowType.ANY);
        Struct row = new Struct(SchemaBuilder.struct()
                        .field("amount", org.apache.kafka.connect.data.Decimal.schema(2))
                        .field("count", SchemaBuilder.int32().build())
                        .build())
                .put("amount", new BigDecimal("1.25"))
                .put("count", 3);

        assertThat(expression.type()).isEqualTo(ScalarType.UNKNOWN);
        assertThat(expression.evaluate(Scope.of(row))).isEqualTo(new BigDecimal("3.75"));
        assertThatThrownBy(() -> compiler.compile("value.amount == 'x'", open, RowType.ANY))
                .hasMessage("'==' is not defined for (decimal, string).");
    }

    @Test
    void keyHeadersAndMetaAreThere() {
        Scope scope = new Scope(
                Shop.line(Map.of()),
                Map.of("order_id", 10248L, "product_id", 11L),
                new ConnectHeaders()
                        .addString("trace", "first")
                        .addString("trace", "abc")
                        .addBytes("raw", new byte[] {65}),
                1_500L);

        assertThat(Shop.compile("key.product_id + 1").evaluate(scope)).isEqualTo(12L);
        assertThat(Shop.compile("headers['trace'] + headers.raw").evaluate(scope))
                .isEqualTo("abcA");
        assertThat(Shop.compile("has(headers.missing) || 'trace' in headers").evaluate(scope))
                .isEqualTo(true);
        assertThat(Shop.compile("headers['missing']").evaluate(scope)).isNull();
        assertThat(Shop.compile("meta.timestamp").evaluate(scope)).isEqualTo(Instant.ofEpochMilli(1_500));
        assertThat(Shop.compile("headers['trace']").evaluate(Scope.of(null))).isNull();
    }

    @Test
    void aggregatesHaveTheTypesOfTheirSums() throws Exception {
        assertThat(compiler.compileAggregate("count()", Shop.LINE)).satisfies(count -> {
            assertThat(count.function()).isEqualTo(AggregateExpression.Function.COUNT);
            assertThat(count.argument()).isEmpty();
            assertThat(count.type()).isEqualTo(ScalarType.INT64);
        });
        AggregateExpression sum = compiler.compileAggregate("sum(value.unit_price * value.quantity)", Shop.LINE);
        assertThat(sum.function()).isEqualTo(AggregateExpression.Function.SUM);
        assertThat(sum.type()).isEqualTo(new DecimalType(38, 2));
        assertThat(sum.argument()
                        .orElseThrow()
                        .evaluate(Scope.of(Shop.line(Map.of("unit_price", new BigDecimal("2.50"), "quantity", 3L)))))
                .isEqualTo(new BigDecimal("7.50"));
        assertThat(sumType("sum(value.quantity)")).isEqualTo(ScalarType.INT64);
        assertThat(sumType("sum(value.ratio)")).isEqualTo(ScalarType.DOUBLE);
    }

    private DataType sumType(String text) throws ExpressionException {
        return compiler.compileAggregate(text, Shop.LINE).type();
    }

    @Test
    void theOtherAggregatesHaveTheTypesOfSql() throws Exception {
        assertThat(sumType("count(value.name)")).isEqualTo(ScalarType.INT64);
        assertThat(sumType("count_distinct(value.name)")).isEqualTo(ScalarType.INT64);
        assertThat(sumType("avg(value.quantity)")).isEqualTo(new DecimalType(38, 6));
        assertThat(sumType("avg(value.unit_price)")).isEqualTo(new DecimalType(38, 6));
        assertThat(sumType("avg(decimal(value.name, 9))")).isEqualTo(new DecimalType(38, 9));
        assertThat(sumType("avg(value.ratio)")).isEqualTo(ScalarType.DOUBLE);
        assertThat(sumType("min(value.name)")).isEqualTo(ScalarType.STRING);
        assertThat(sumType("max(value.unit_price * 2)")).isEqualTo(new DecimalType(38, 2));
        assertThat(sumType("first(value.quantity > 1)")).isEqualTo(ScalarType.BOOL);
        assertThat(sumType("last(value.quantity)")).isIn(ScalarType.INT32, ScalarType.INT64);
    }

    @Test
    void whatIsNoAggregateIsAFault() {
        String aggregates =
                "Aggregates: count(), avg(x), count(x), count_distinct(x), first(x), last(x), max(x), min(x), sum(x).";
        assertThat(aggregateFault("value.quantity"))
                .isEqualTo(new ExpressionException.Fault(
                        "expression.aggregate", 1, 6, "'value.quantity' is not an aggregate.", aggregates));
        assertThat(aggregateFault("summ(value.quantity)").remedy()).isEqualTo("Did you mean 'sum'? " + aggregates);
        assertThat(aggregateFault("max()").message()).isEqualTo("'max()' is not an aggregate.");
        assertThat(aggregateFault("max(value.quantity, 2)").message())
                .isEqualTo("'max(value.quantity, 2)' is not an aggregate.");
        assertThat(aggregateFault("avg(value.name)"))
                .isEqualTo(new ExpressionException.Fault(
                        "expression.aggregate",
                        1,
                        4,
                        "'avg' needs a number whose type is known and found a value of type string.",
                        "Write avg(decimal(x, scale)), avg(int(x)) or avg(double(x))."));
        assertThat(aggregateFault("min([value.name])"))
                .isEqualTo(new ExpressionException.Fault(
                        "expression.aggregate",
                        1,
                        4,
                        "'min' needs a number, string, bool, date or timestamp whose type is known and found a value of"
                                + " type list<string>.",
                        "Convert it: min(string(x)), or give the field a type with 'cast' or a contract."));
        assertThat(aggregateFault("sum(value.quantiti)").message()).isEqualTo("'quantiti' is not a field of value.");
    }

    private ExpressionException.Fault aggregateFault(String text) {
        try {
            compiler.compileAggregate(text, Shop.LINE);
        } catch (ExpressionException e) {
            assertThat(e.faults()).hasSize(1);
            return e.faults().get(0);
        }
        throw new AssertionError("no fault: " + text);
    }

    @Test
    void aResultWithTooManyDigitsAfterThePointIsAFault() {
        assertThat(Shop.faults("decimal(value.name, 20) * decimal(value.name, 20)"))
                .containsExactly(new ExpressionException.Fault(
                        "expression.scale",
                        1,
                        25,
                        "The result has 40 digits after the point; a decimal has at most 38.",
                        "Round a part first: round(x, scale)."));
    }

    @Test
    void rowsOfOtherSchemasAreReadByName() {
        Expression expression = Shop.compile("value.quantity");
        Struct other = new Struct(SchemaBuilder.struct()
                        .field("name", SchemaBuilder.string().build())
                        .field("quantity", SchemaBuilder.int16().build())
                        .build())
                .put("name", "x")
                .put("quantity", (short) 7);

        for (int i = 0; i < 3; i++) {
            assertThat(expression.evaluate(Scope.of(Shop.line(Map.of("quantity", 5L)))))
                    .isEqualTo(5L);
            assertThat(expression.evaluate(Scope.of(other))).isEqualTo(7L);
        }
    }
}
