package io.millrace.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.expression.type.EvaluationException;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {
    private static final Instant SEEN = Instant.parse("2026-01-31T12:00:00.000001Z");

    private static Object of(String text) {
        return Shop.evaluate(text, Map.of("seen_at", SEEN, "ordered_on", LocalDate.parse("2026-01-31")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "value.seen_at + duration('1m') | 2026-01-31T12:01:00.000001Z",
                "duration('1h30m') + value.seen_at | 2026-01-31T13:30:00.000001Z",
                "value.seen_at - duration('2d') | 2026-01-29T12:00:00.000001Z",
                "value.seen_at - duration('-1.5s') | 2026-01-31T12:00:01.500001Z",
                "value.seen_at + (duration('1h') - duration('90m')) | 2026-01-31T11:30:00.000001Z",
                "timestamp(value.ordered_on) + duration('500ms') + duration('7us') | 2026-01-31T00:00:00.500007Z",
                "timestamp_millis(1594512094385) | 2020-07-12T00:01:34.385Z",
                "timestamp(1594512094) | 2020-07-12T00:01:34Z",
                "timestamp(1594512094.3859746) | 2020-07-12T00:01:34.385975Z",
                "timestamp(decimal('1594512094.3859745')) | 2020-07-12T00:01:34.385975Z",
                "timestamp('2020-07-12 00:01:34.5') | 2020-07-12T00:01:34.500Z",
                "timestamp('2020-07-12T02:01:34.5+02:00') | 2020-07-12T00:01:34.500Z",
                "now() | 1970-01-01T00:00:00Z"
            })
    void makesTimestamps(String text, Instant expected) {
        assertThat(of(text)).isEqualTo(expected);
        assertThat(Shop.compile(text).type()).isEqualTo(ScalarType.TIMESTAMP);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "value.seen_at - timestamp('2026-01-31T11:00:00Z') > duration('1h')",
                "value.seen_at - timestamp('2026-01-31T11:00:00Z') <= duration('61m')",
                "value.seen_at > now() && now() == meta.timestamp",
                "duration('90m') == duration('1h30m')",
                "(value.seen_at - timestamp('2026-01-31T11:00:00Z')).getMinutes() == 60",
                "duration('1h1s').getSeconds() == 3601 && duration('1.5s').getMilliseconds() == 500",
                "value.seen_at.getHours() == 12 && value.seen_at.getDayOfMonth() == 30",
                "epoch_millis(value.seen_at) == 1769860800000",
                "date(value.seen_at) == value.ordered_on",
                "'\u00c5NGSTR\u00d6M'.lower() == '\u00e5ngstr\u00f6m' && 'stra\u00dfe'.upper() == 'STRASSE'"
            })
    void holds(String text) {
        assertThat(of(text)).isEqualTo(true);
    }

    @Test
    void nowIsWhenTheRecordArrivedHoweverOftenItIsRead() {
        Scope scope = new Scope(Shop.line(Map.of()), null, null, 1_500L);

        assertThat(Shop.compile("now() - duration('1s')").evaluate(scope)).isEqualTo(Instant.ofEpochMilli(500));
    }

    @Test
    void nullIsNull() {
        assertThat(Shop.evaluate("value.seen_at + duration('1m')", Map.of())).isNull();
        assertThat(Shop.evaluate("now() - value.seen_at > duration('1m')", Map.of()))
                .isNull();
        assertThat(Shop.evaluate("duration(value.name) == null", Map.of())).isEqualTo(true);
    }

    @Test
    void aDurationIsNoResultAndATextThatIsNoneIsToldAtOnce() {
        assertThat(Shop.faults("value.seen_at - now()"))
                .containsExactly(new ExpressionException.Fault(
                        "expression.duration",
                        1,
                        15,
                        "The result is a duration, which no record can hold.",
                        "Add it to a timestamp, compare it, or take (x).getSeconds()."));
        assertThat(Shop.faults("value.seen_at + duration('1 minute')"))
                .containsExactly(new ExpressionException.Fault(
                        "expression.unsupported",
                        1,
                        25,
                        "'1 minute' is not a duration.",
                        "Write a number with a unit, or several: 1m, 1h30m, 1.5s, 500ms, 2d."));
        assertThat(Shop.faults("value.seen_at + 1")).singleElement().satisfies(fault -> assertThat(fault.message())
                .isEqualTo("'+' is not defined for (timestamp, int)."));
    }

    @Test
    void whatIsFoundAtRunTimeIsAFaultOfTheRecord() {
        assertThatThrownBy(() -> Shop.evaluate("now() + duration(value.name)", Map.of("name", "soon")))
                .isInstanceOf(EvaluationException.class)
                .hasMessage("a value of type string that is not a duration such as 1h30m cannot become duration.");
        assertThatThrownBy(() -> of("value.seen_at + duration('106751991d') + duration('106751991d') == now()"
                        + " || timestamp('+999999999-12-31T00:00:00Z') + duration('999d') > now()"))
                .isInstanceOf(EvaluationException.class)
                .hasMessage("the result of '+' is beyond the range of times.");
    }

    /** The expressions of the shop pipeline over rows that are parsed from JSON, whose types are not known before. */
    @Test
    void theReadingsOfTheShopAreTakenApart() throws Exception {
        ExpressionCompiler compiler = new ExpressionCompiler();
        Struct data = new Struct(SchemaBuilder.struct()
                        .field("temp", SchemaBuilder.float64().optional().build())
                        .field("light", SchemaBuilder.bool().optional().build())
                        .build())
                .put("temp", 27.0)
                .put("light", true);
        Struct reading = new Struct(SchemaBuilder.struct()
                        .field("ts", SchemaBuilder.float64().build())
                        .field("data", data.schema())
                        .build())
                .put("ts", 1594512094.3859746)
                .put("data", data);
        Struct exact = new Struct(SchemaBuilder.struct()
                        .field("ts", org.apache.kafka.connect.data.Decimal.schema(7))
                        .build())
                .put("ts", new BigDecimal("1594512094.3859746"));
        Expression at = compiler.compile("timestamp(value.ts)", RowType.ANY, RowType.ANY);

        assertThat(at.type()).isEqualTo(ScalarType.TIMESTAMP);
        assertThat(at.evaluate(Scope.of(reading))).isEqualTo(Instant.parse("2020-07-12T00:01:34.385975Z"));
        assertThat(at.evaluate(Scope.of(exact))).isEqualTo(Instant.parse("2020-07-12T00:01:34.385975Z"));
        assertThat(any(compiler, "value.data.temp", reading)).isEqualTo(27.0);
        assertThat(any(compiler, "value.data.light", reading)).isEqualTo(true);
        assertThat(any(compiler, "value.data.smoke", reading)).isNull();
        assertThat(any(compiler, "has(value.data.temp) && !has(value.data.smoke) && !has(value.none.temp)", reading))
                .isEqualTo(true);
        assertThat(any(compiler, "value.data.temp > -60.0 && value.data.temp < 80.0", reading))
                .isEqualTo(true);
    }

    private static Object any(ExpressionCompiler compiler, String text, Struct row) throws Exception {
        return compiler.compile(text, RowType.ANY, RowType.ANY).evaluate(Scope.of(row));
    }

    @Test
    void theOtherExpressionsOfTheShopHold() {
        Map<String, ?> line =
                Map.of("unit_price", new BigDecimal("14.00"), "quantity", 12L, "discount", new BigDecimal("0.15"));

        assertThat(Shop.evaluate("value.unit_price > 0", line)).isEqualTo(true);
        assertThat(Shop.evaluate("value.discount >= 0 && value.discount < 1", line))
                .isEqualTo(true);
        assertThat(Shop.evaluate("has(value.order) ? value.order.country : 'unknown'", line))
                .isEqualTo("unknown");
        assertThat(Shop.evaluate("value.order.ordered_on", line)).isNull();
        Struct found = Shop.line(line).put("order", Shop.order("Germany"));
        assertThat(Shop.compile("has(value.order) ? value.order.country : 'unknown'")
                        .evaluate(Scope.of(found)))
                .isEqualTo("Germany");
        assertThat(Shop.evaluate("!value.name.startsWith('/health')", Map.of("name", "/healthz")))
                .isEqualTo(false);
        assertThat(Shop.evaluate("!value.name.startsWith('/health')", Map.of())).isNull();
    }
}
