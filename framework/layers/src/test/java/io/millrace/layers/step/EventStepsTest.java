package io.millrace.layers.step;

import static io.millrace.layers.step.StepFixture.failure;
import static io.millrace.layers.step.StepFixture.passed;
import static io.millrace.layers.step.StepFixture.record;
import static io.millrace.layers.step.StepFixture.row;
import static io.millrace.layers.step.StepFixture.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.expression.Expression;
import io.millrace.expression.type.ConnectTypes;
import io.millrace.expression.type.RowType;
import io.millrace.layers.TestExpression;
import io.millrace.pipeline.step.Explode;
import io.millrace.pipeline.step.Flatten;
import io.millrace.pipeline.step.Keep;
import io.millrace.pipeline.step.Mask;
import io.millrace.pipeline.step.Parse;
import io.millrace.pipeline.step.ParsedRows;
import io.millrace.pipeline.step.Route;
import io.millrace.pipeline.step.Validate;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;

/** parse, mask, flatten, explode, route. */
class EventStepsTest {
    private static final Schema TEXT = Schema.OPTIONAL_STRING_SCHEMA;
    private static final String LINE = "1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 1";

    @Test
    void parseReadsBytesAndTexts() {
        Parse parse = parse(Parse.Format.COMMON, ParsedRows.COMMON, StandardCharsets.UTF_8);

        assertThat(passed(run(parse, record(Schema.BYTES_SCHEMA, bytes(LINE)))).get("ip"))
                .isEqualTo("1.2.3.4");
        assertThat(passed(run(parse, record(Schema.STRING_SCHEMA, "\uFEFF" + LINE + "\r\n")))
                        .get("bytes"))
                .isEqualTo(1L);
        assertThat(failure(run(parse, record(Schema.BYTES_SCHEMA, bytes("x")))))
                .isEqualTo("parse parse parse.common column 1: the client does not end: ' ' is missing");
        assertThat(failure(run(parse, record(Schema.INT32_SCHEMA, 7))))
                .isEqualTo("parse parse layers.not-text the value is neither bytes nor text");
    }

    @Test
    void bytesThatAreNotOfTheCharsetAreADeadLetter() {
        byte[] latin = "{\"a\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);

        assertThat(failure(run(
                        parse(Parse.Format.JSON, RowType.ANY, StandardCharsets.UTF_8),
                        record(Schema.BYTES_SCHEMA, latin))))
                .isEqualTo(
                        "parse parse parse.json byte 7: this is not UTF-8; another charset is chosen with 'charset'");
        assertThat(passed(run(
                                parse(Parse.Format.JSON, RowType.ANY, StandardCharsets.ISO_8859_1),
                                record(Schema.BYTES_SCHEMA, latin)))
                        .get("a"))
                .isEqualTo("\u00e9");
    }

    @Test
    void parseOfAFieldMakesARowInsideTheRow() {
        Parse parse = new Parse(
                "parse-2",
                Parse.Format.JSON,
                Optional.of(new Parse.Target(List.of("inner", "text"), "parsed")),
                RowType.ANY,
                Parse.Settings.STANDARD);
        Struct inner = row("text", TEXT, "{\"a\":1}");
        Struct full = row("inner", inner.schema(), inner, "id", Schema.INT32_SCHEMA, 7);
        Struct empty = row("inner", inner.schema(), new Struct(inner.schema()), "id", Schema.INT32_SCHEMA, 7);

        Struct parsed = passed(run(parse, full));
        assertThat(parsed.get("id")).isEqualTo(7);
        assertThat(parsed.getStruct("parsed").get("a")).isEqualTo(1L);
        assertThat(passed(run(parse, empty)).get("parsed")).isNull();
        assertThat(failure(run(parse, row("id", Schema.INT32_SCHEMA, 7))))
                .isEqualTo("parse-2 parse-2 layers.missing-field the row has no field 'inner.text'");
    }

    @Test
    void masksMakeTextsThatCannotBeRead() {
        Mask mask = mask(
                "name", new Mask.KeepFirst(1),
                "card", new Mask.KeepLast(4),
                "ip", new Mask.Sha256(),
                "zip", new Mask.Truncate(3),
                "id", new Mask.Redact());
        Struct masked = passed(run(
                mask,
                row(
                        "name",
                        TEXT,
                        "Zo\uD83D\uDE00e",
                        "card",
                        Schema.INT64_SCHEMA,
                        4111222233334444L,
                        "ip",
                        TEXT,
                        "1.2.3.4",
                        "zip",
                        TEXT,
                        "12345",
                        "id",
                        Schema.OPTIONAL_INT32_SCHEMA,
                        null)));

        assertThat(masked.get("name")).isEqualTo("Z***");
        assertThat(masked.get("card")).isEqualTo("************4444");
        assertThat(masked.get("ip")).isEqualTo("6694f83c9f476da31f5df6bcc520034e7e57d421d247b9d34f49edbfc84a764c");
        assertThat(masked.get("zip")).isEqualTo("123");
        assertThat(masked.get("id")).isNull();
        assertThat(ConnectTypes.typeOf(masked.schema()).text())
                .isEqualTo("{name: string, card: string!, ip: string, zip: string, id: string}");
    }

    @Test
    void aTextThatIsNotLongerThanWhatIsKeptIsNotKept() {
        Mask mask = mask("a", new Mask.KeepLast(4), "b", new Mask.KeepFirst(4));

        Struct masked = passed(run(mask, row("a", TEXT, "1234", "b", TEXT, "")));

        assertThat(masked.get("a")).isEqualTo("****");
        assertThat(masked.get("b")).isEqualTo("");
    }

    @Test
    void aMaskGoesIntoRowsAndLists() {
        Schema person = SchemaBuilder.struct()
                .field("mail", TEXT)
                .field("id", Schema.INT32_SCHEMA)
                .build();
        Schema people = SchemaBuilder.array(person).optional().build();
        Struct one = new Struct(person).put("mail", "a@b.se").put("id", 1);
        Struct masked = passed(run(mask("people.mail", new Mask.Redact()), row("people", people, List.of(one))));

        Struct first = (Struct) masked.getArray("people").get(0);
        assertThat(first.get("mail")).isEqualTo("***");
        assertThat(first.get("id")).isEqualTo(1);
        assertThat(failure(run(mask("people.male", new Mask.Redact()), row("people", people, List.of(one)))))
                .isEqualTo("mask mask layers.missing-field the row has no field 'people.male'");
        assertThat(failure(run(mask("people", new Mask.Redact()), row("people", people, List.of(one)))))
                .isEqualTo("mask mask layers.not-a-single-value 'people' is of type struct, not a single value");
    }

    @Test
    void flattenPutsInnerFieldsInThePlaceOfTheirRow() {
        Struct deep = row("x", Schema.INT32_SCHEMA, 1);
        Struct inner = row("deep", deep.schema(), deep, "y", TEXT, "t");
        Struct full = row("a", Schema.INT32_SCHEMA, 7, "in", inner.schema(), inner, "z", TEXT, "e");

        Struct flat = passed(run(new Flatten("flatten", List.of(), "_"), full));
        assertThat(ConnectTypes.typeOf(flat.schema()).text())
                .isEqualTo("{a: int32!, in_deep_x: int32!, in_y: string, z: string}");
        assertThat(flat.get("in_deep_x")).isEqualTo(1);
        assertThat(passed(run(new Flatten("flatten", List.of("in"), "__"), full))
                        .get("in__deep__x"))
                .isEqualTo(1);
        assertThat(failure(run(new Flatten("flatten", List.of("inn"), "_"), full)))
                .isEqualTo("flatten flatten layers.missing-field the row has no field 'inn'");
        assertThat(failure(run(
                        new Flatten("flatten", List.of(), "_"), row("in_y", TEXT, "", "in", inner.schema(), inner))))
                .isEqualTo("flatten flatten layers.duplicate-field the row would have two fields 'in_y'");
    }

    @Test
    void whatWasInsideOfANullRowIsNull() {
        Schema inner = SchemaBuilder.struct()
                .optional()
                .field("x", Schema.INT32_SCHEMA)
                .build();

        Struct flat = passed(run(new Flatten("flatten", List.of(), "_"), row("in", inner, null)));

        assertThat(flat.get("in_x")).isNull();
        assertThat(flat.schema().field("in_x").schema().isOptional()).isTrue();
    }

    @Test
    void explodeMakesARecordOfEachElement() {
        Outcome outcome = run(new Explode("explode", "items", "item", false), items("a", null));

        assertThat(outcome.kind()).isEqualTo(Outcome.Kind.EXPLODED);
        List<Outcome> parts = ((Outcome.Exploded) outcome).parts();
        assertThat(parts).extracting(part -> passed(part).get("item")).containsExactly("a", null);
        assertThat(parts).extracting(part -> passed(part).get("id")).containsExactly(7, 7);
        assertThat(parts)
                .extracting(part -> ((StepRecord) part).source().origin())
                .containsOnly("raw.shop.things-0@5");
    }

    @Test
    void aRecordWithoutElementsIsDroppedOrKept() {
        assertThat(run(new Explode("explode", "items", "item", false), items()))
                .isEqualTo(new Outcome.Dropped("explode.empty", true));
        assertThat(passed(run(new Explode("explode", "items", "item", true), items()))
                        .get("item"))
                .isNull();
        assertThat(failure(run(new Explode("explode", "id", "item", true), items())))
                .isEqualTo("explode explode layers.not-a-list 'id' is of type int32, not a list");
        String[] many = new String[Explode.MOST_ELEMENTS + 1];
        Arrays.fill(many, "x");
        assertThat(failure(run(new Explode("explode", "items", "item", true), items(many))))
                .isEqualTo(
                        "explode explode explode.too-many 'items' has 10001 elements, and explode makes at most 10000 records of one");
    }

    @Test
    void anElementThatFailsIsTheFailureOfTheWholeRecord() {
        RecordSteps steps = new RecordSteps(List.of(
                RecordSteps.of(new Explode("explode", "items", "item", false), none -> null),
                RecordSteps.of(new Keep("keep", List.of("item")), none -> null),
                RecordSteps.of(
                        new Validate("validate", Map.of("not_b", condition("item != 'b'", row -> !"b"
                                .equals(row.get("item"))))),
                        none -> null)));

        assertThat(failure(steps.apply(record(items("a", "b")))))
                .isEqualTo("validate not_b validate.failed element 2 of 2: the record does not satisfy 'item != 'b''");
        assertThat(((Outcome.Exploded) steps.apply(record(items("a", "c")))).parts())
                .hasSize(2);
    }

    @Test
    void routeAssignsTheFirstBranchThatHolds() {
        Map<String, Expression> branches = new LinkedHashMap<>();
        branches.put("large", condition("id > 10", row -> row.getInt32("id") > 10));
        branches.put("odd", condition("id % 2 == 1", row -> row.getInt32("id") % 2 == 1));
        Route route = new Route("route", branches);

        assertThat(branch(run(route, row("id", Schema.INT32_SCHEMA, 11)))).contains("large");
        assertThat(branch(run(route, row("id", Schema.INT32_SCHEMA, 7)))).contains("odd");
        assertThat(branch(run(route, row("id", Schema.INT32_SCHEMA, 2)))).isEmpty();
    }

    private static Optional<String> branch(Outcome outcome) {
        return ((StepRecord) outcome).branch();
    }

    private static Struct items(String... items) {
        return row(
                "id", Schema.INT32_SCHEMA, 7, "items", SchemaBuilder.array(TEXT).build(), Arrays.asList(items));
    }

    private static Expression condition(String text, Function<Struct, Object> condition) {
        return TestExpression.condition(text, scope -> condition.apply(scope.value()));
    }

    private static Parse parse(Parse.Format format, RowType row, Charset charset) {
        Parse.Settings settings =
                new Parse.Settings(charset, ZoneOffset.UTC, Optional.empty(), ',', '"', false, Set.of());
        return new Parse("parse", format, Optional.empty(), row, settings);
    }

    private static Mask mask(Object... pathAndWay) {
        List<Mask.Field> fields = new ArrayList<>();
        for (int i = 0; i < pathAndWay.length; i += 2) {
            fields.add(new Mask.Field(List.of(((String) pathAndWay[i]).split("\\.")), (Mask.Way) pathAndWay[i + 1]));
        }
        return new Mask("mask", fields);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
