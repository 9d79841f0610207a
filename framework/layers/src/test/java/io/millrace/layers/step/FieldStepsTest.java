package io.millrace.layers.step;

import static io.millrace.layers.step.StepFixture.failure;
import static io.millrace.layers.step.StepFixture.passed;
import static io.millrace.layers.step.StepFixture.row;
import static io.millrace.layers.step.StepFixture.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.expression.Expression;
import io.millrace.expression.type.ConnectTypes;
import io.millrace.expression.type.DataType;
import io.millrace.expression.type.DecimalType;
import io.millrace.expression.type.EvaluationException;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import io.millrace.layers.TestExpression;
import io.millrace.pipeline.step.Cast;
import io.millrace.pipeline.step.Drop;
import io.millrace.pipeline.step.Filter;
import io.millrace.pipeline.step.Keep;
import io.millrace.pipeline.step.Rename;
import io.millrace.pipeline.step.SetFields;
import io.millrace.pipeline.step.Standardise;
import io.millrace.pipeline.step.Validate;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;

class FieldStepsTest {
    private static final Schema TEXT = Schema.OPTIONAL_STRING_SCHEMA;
    private static final Struct ROW = row("id", Schema.INT16_SCHEMA, (short) 7, "name", TEXT, " Anna ");

    @Test
    void renameKeepsPlacesAndPassesOverWhatIsNotThere() {
        Struct renamed = passed(run(new Rename("rename", Map.of("id", "number", "none", "x")), ROW));

        assertThat(renamed.schema().fields()).extracting(field -> field.name()).containsExactly("number", "name");
        assertThat(renamed.get("number")).isEqualTo((short) 7);
    }

    @Test
    void renameToATakenNameFails() {
        assertThat(failure(run(new Rename("rename", Map.of("id", "name")), ROW)))
                .isEqualTo("rename rename layers.duplicate-field the row would have two fields 'name'");
    }

    @Test
    void keepGivesItsFieldsInItsOrder() {
        Struct kept = passed(run(new Keep("keep", List.of("name", "id")), ROW));

        assertThat(kept.schema().fields()).extracting(field -> field.name()).containsExactly("name", "id");
        assertThat(failure(run(new Keep("keep-2", List.of("none")), ROW)))
                .isEqualTo("keep-2 keep-2 layers.missing-field the row has no field 'none'");
    }

    @Test
    void dropPassesOverWhatIsNotThere() {
        Struct rest = passed(run(new Drop("drop", List.of("name", "none")), ROW));

        assertThat(rest.schema().fields()).extracting(field -> field.name()).containsExactly("id");
    }

    @Test
    void aDeletePassesEveryStep() {
        assertThat(run(new Keep("keep", List.of("none")), StepFixture.delete()))
                .isInstanceOfSatisfying(StepRecord.class, passed -> assertThat(passed.isDelete())
                        .isTrue());
    }

    @Test
    void setReplacesInPlaceAddsAtTheEndAndSeesTheRowAsItCame() {
        SetFields set = new SetFields(
                "set",
                List.of(
                        assign("sum", TestExpression.field("id", ScalarType.INT64)),
                        assign("id", TestExpression.of("1", ScalarType.INT64, scope -> 1L))));

        Struct output = passed(run(set, ROW));

        assertThat(output.schema().fields()).extracting(field -> field.name()).containsExactly("id", "name", "sum");
        assertThat(output.get("id")).isEqualTo(1L);
        assertThat(output.get("sum")).isEqualTo(7L);
    }

    @Test
    void setInfersTheTypeFromTheValueWhereItIsNotKnown() {
        SetFields set = new SetFields(
                "set",
                List.of(
                        assign("a", TestExpression.of("a", ScalarType.UNKNOWN, scope -> new BigDecimal("1.50"))),
                        assign("b", TestExpression.of("b", ScalarType.UNKNOWN, scope -> null)),
                        assign("id", TestExpression.of("c", ScalarType.UNKNOWN, scope -> null))));

        Struct output = passed(run(set, ROW));

        assertThat(output.schema().field("a").schema().name()).isEqualTo(Decimal.LOGICAL_NAME);
        assertThat(output.schema().field("b").schema()).isEqualTo(Schema.OPTIONAL_STRING_SCHEMA);
        assertThat(output.schema().field("id").schema()).isEqualTo(Schema.OPTIONAL_INT32_SCHEMA);
    }

    @Test
    void setNamesTheFieldThatCannotBeEvaluated() {
        SetFields set = new SetFields("set", List.of(assign("a", TestExpression.of("a", ScalarType.INT64, scope -> {
            throw new EvaluationException("expression.overflow", "int overflow in '+'");
        }))));

        assertThat(failure(run(set, ROW))).isEqualTo("set set expression.overflow 'a': int overflow in '+'");
    }

    @Test
    void expressionsSeeKeyHeadersAndTimestamp() {
        SetFields set = new SetFields(
                "set",
                List.of(
                        assign("key", TestExpression.of("k", ScalarType.INT64, scope -> scope.key()
                                .get("id"))),
                        assign("device", TestExpression.of("h", ScalarType.STRING, scope -> scope.headers()
                                .lastWithName("device")
                                .value())),
                        assign("at", TestExpression.of("t", ScalarType.INT64, scope -> scope.timestamp()))));

        Struct output = passed(run(set, ROW));

        assertThat(output.get("key")).isEqualTo(7L);
        assertThat(output.get("device")).isEqualTo("d1");
        assertThat(output.get("at")).isEqualTo(1000L);
    }

    @Test
    void castRoundsDecimalsHalfUpByTheShortestDecimalOfAFloat() {
        Struct row = row("price", Schema.FLOAT32_SCHEMA, 0.15f, "more", Schema.STRING_SCHEMA, "2.345");
        Map<String, DataType> types = new LinkedHashMap<>();
        types.put("price", new DecimalType(10, 2));
        types.put("more", new DecimalType(10, 2));

        Struct output = passed(run(new Cast("cast", types), row));

        assertThat(output.get("price")).isEqualTo(new BigDecimal("0.15"));
        assertThat(output.get("more")).isEqualTo(new BigDecimal("2.35"));
        assertThat(output.schema().field("price").schema().isOptional()).isFalse();
    }

    @Test
    void castNamesTheFieldThatHasNoPlaceInItsType() {
        assertThat(failure(run(new Cast("cast", Map.of("name", ScalarType.INT32)), ROW)))
                .isEqualTo("cast cast expression.cast 'name': a string that is not a number cannot become int32.");
    }

    @Test
    void standardiseAppliesItsRulesInOrderAndLeavesNull() {
        Struct row = row(
                "a",
                TEXT,
                "\u00a0 Grün  Straße\u2003",
                "b",
                TEXT,
                " +49 (30) 12-34 ",
                "c",
                TEXT,
                "  ",
                "d",
                TEXT,
                null);
        Map<String, List<Standardise.Rule>> rules = new LinkedHashMap<>();
        rules.put("a", List.of(Standardise.Rule.COLLAPSE, Standardise.Rule.UPPER));
        rules.put("b", List.of(Standardise.Rule.DIGITS));
        rules.put("c", List.of(Standardise.Rule.TRIM, Standardise.Rule.EMPTY_TO_NULL));
        rules.put("d", List.of(Standardise.Rule.TRIM));

        Struct output = passed(run(new Standardise("standardise", rules), row));

        assertThat(output.get("a")).isEqualTo("GRÜN STRASSE");
        assertThat(output.get("b")).isEqualTo("+493012" + "34");
        assertThat(output.get("c")).isNull();
        assertThat(output.get("d")).isNull();
        assertThat(failure(run(new Standardise("standardise", Map.of("id", List.of(Standardise.Rule.TRIM))), ROW)))
                .isEqualTo("standardise standardise layers.not-a-string 'id' is of type int16, not a string");
    }

    @Test
    void validateFailsUnderTheFirstRuleThatIsNotTrueAndNullIsNotTrue() {
        Map<String, Expression> conditions = new LinkedHashMap<>();
        conditions.put("fine", TestExpression.condition("true", scope -> true));
        conditions.put("maybe", TestExpression.condition("value.x > 1", scope -> null));
        conditions.put("never", TestExpression.condition("false", scope -> false));

        assertThat(failure(run(new Validate("validate", conditions), ROW)))
                .isEqualTo("validate maybe validate.failed the record does not satisfy 'value.x > 1'");
    }

    @Test
    void filterDropsUnderItsRule() {
        Map<String, Expression> conditions = Map.of("grown", TestExpression.condition("false", scope -> false));

        assertThat(run(new Filter("filter", conditions), StepFixture.record(ROW)))
                .isEqualTo(new Outcome.Dropped("grown", true));
    }

    @Test
    void aContractWidensExactlyAndRefusesTheRest() {
        RowType contract = new RowType(
                List.of(
                        new RowType.Field("id", ScalarType.INT32, true),
                        new RowType.Field("price", new DecimalType(6, 2), true),
                        new RowType.Field("note", ScalarType.STRING, false)),
                false);
        ContractStep step = new ContractStep(contract);
        Schema price = Decimal.schema(4);

        Struct fits = row("price", price, new BigDecimal("1.5000"), "id", Schema.INT16_SCHEMA, (short) 7);
        Struct output = passed(run(step, StepFixture.record(fits)));
        assertThat(output.schema()).isEqualTo(ConnectTypes.schema(contract, true));
        assertThat(output.get("id")).isEqualTo(7);
        assertThat(output.get("price")).isEqualTo(new BigDecimal("1.50"));
        assertThat(output.get("note")).isNull();

        assertThat(contractFailure(
                        step, row("price", price, new BigDecimal("1.5050"), "id", Schema.INT16_SCHEMA, (short) 7)))
                .isEqualTo(
                        "contract contract contract.type field 'price': a decimal of scale 4 has no exact value as decimal(6,2): round it first.");
        assertThat(contractFailure(step, row("id", Schema.INT16_SCHEMA, (short) 7)))
                .isEqualTo("contract contract contract.missing-field required field 'price' is missing");
        assertThat(contractFailure(
                        step, row("id", Schema.OPTIONAL_INT16_SCHEMA, null, "price", price, new BigDecimal("1.0000"))))
                .isEqualTo("contract contract contract.null required field 'id' is null");
        assertThat(contractFailure(step, row("id", Schema.INT16_SCHEMA, (short) 7, "other", TEXT, "x")))
                .isEqualTo("contract contract contract.unexpected-field field 'other' is not in the contract");
    }

    @Test
    void aValueThatIsNotARowFails() {
        assertThat(failure(run(
                        new Drop("drop", List.of("x")),
                        StepFixture.record(SchemaBuilder.bytes().build(), new byte[0]))))
                .isEqualTo("drop drop layers.not-a-row the value is of type BYTES, not a row");
    }

    private static String contractFailure(ContractStep step, Struct row) {
        return failure(run(step, StepFixture.record(row)));
    }

    private static SetFields.Assignment assign(String field, TestExpression expression) {
        return new SetFields.Assignment(field, expression);
    }
}
