package io.millrace.transforms;

import static io.millrace.transforms.Records.configured;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.transforms.Transformation;
import org.junit.jupiter.api.Test;

/** Mask, CastFields, ConvertTime, ParseField and FormatField: what becomes of values. */
class LeavesTest {

    @Test
    void maskedValuesAreGoneAndNullsStay() {
        Transformation<SinkRecord> mask = configured(
                new Mask.Value<>(),
                "fields",
                "a:redact, b:keep_first(2), c:truncate(3), d:keep_last(9), e:redact",
                "replacement",
                "x");
        SinkRecord made = mask.apply(
                Records.struct("{\"a\": 12, \"b\": \"ab😀cd\", \"c\": \"abcdef\", \"d\": \"abc\", \"e\": null}"));
        assertThat(Records.json(made))
                .isEqualTo(
                        Records.tree("{\"a\": \"x\", \"b\": \"ab***\", \"c\": \"abc\", \"d\": \"abc\", \"e\": null}"));
        assertThat(made.valueSchema().field("a").schema()).isEqualTo(Schema.OPTIONAL_STRING_SCHEMA);
    }

    @Test
    void theSameSecretGivesTheSameDigestAndAnotherAnother() {
        String json = "{\"phone\": \"08-123\"}";
        Transformation<SinkRecord> one = configured(new Mask.Value<>(), "fields", "phone:hmac", "secret", "s1");
        Transformation<SinkRecord> other = configured(new Mask.Value<>(), "fields", "phone:hmac", "secret", "s2");

        assertThat(Records.json(one.apply(Records.plain(json))))
                .isEqualTo(Records.json(one.apply(Records.struct(json))));
        assertThat(Records.json(one.apply(Records.plain(json))))
                .isNotEqualTo(Records.json(other.apply(Records.plain(json))));
        assertThatThrownBy(() -> configured(new Mask.Value<SinkRecord>(), "fields", "phone:hmac"))
                .hasMessage("Invalid value hmac for configuration fields: hmac needs the setting 'secret'");
    }

    @Test
    void aMaskedFieldThatIsNotThereFailsWithoutSayingValues() {
        Transformation<SinkRecord> mask = configured(new Mask.Value<>(), "fields", "person.emial:redact");
        String json = "{\"person\": {\"email\": \"secret@x.se\"}}";
        for (SinkRecord record : List.of(Records.plain(json), Records.struct(json))) {
            assertThatThrownBy(() -> mask.apply(record))
                    .isInstanceOf(DataException.class)
                    .hasMessage("the record has no field 'person.emial'");
        }
        Transformation<SinkRecord> whole = configured(new Mask.Value<>(), "fields", "person:redact");
        for (SinkRecord record : List.of(Records.plain(json), Records.struct(json))) {
            assertThatThrownBy(() -> whole.apply(record))
                    .hasMessageStartingWith("field 'person' is a ")
                    .hasMessageEndingWith(": name the fields within it");
        }
    }

    @Test
    void numbersNeverOverflowAndDecimalsAreExact() {
        Schema schema = SchemaBuilder.struct()
                .field("price", Schema.FLOAT32_SCHEMA)
                .field("count", Schema.FLOAT64_SCHEMA)
                .field("flag", Schema.OPTIONAL_STRING_SCHEMA)
                .build();
        Transformation<SinkRecord> cast =
                configured(new CastFields.Value<>(), "fields", "price:decimal(4,2),count:int8,flag:boolean");

        SinkRecord made = cast.apply(Records.of(
                schema,
                new Struct(schema).put("price", 0.15f).put("count", 127.0).put("flag", "TRUE")));

        Struct row = (Struct) made.value();
        assertThat(row.get("price")).isEqualTo(new BigDecimal("0.15"));
        assertThat(row.get("count")).isEqualTo((byte) 127);
        assertThat(row.get("flag")).isEqualTo(true);
        assertThat(row.schema().field("price").schema()).isEqualTo(Decimal.schema(2));
        row.validate();
        assertThatThrownBy(() -> cast.apply(
                        Records.of(schema, new Struct(schema).put("price", 100f).put("count", 1.0))))
                .hasMessage("field 'price' has '100.0', which is no decimal(4,2)");
        assertThatThrownBy(() -> cast.apply(
                        Records.of(schema, new Struct(schema).put("price", 1f).put("count", 128.0))))
                .hasMessage("field 'count' has '128.0', which is no int8");
        assertThatThrownBy(() -> cast.apply(
                        Records.of(schema, new Struct(schema).put("price", 1f).put("count", 1.5))))
                .hasMessage("field 'count' has '1.5', which is no int8");
        assertThatThrownBy(() -> cast.apply(Records.of(
                        schema, new Struct(schema).put("price", Float.NaN).put("count", 1.0))))
                .hasMessage("field 'price' has 'NaN', which is no decimal(4,2)");
    }

    @Test
    void timesAreReadByTheirSchemas() {
        Schema schema = SchemaBuilder.struct()
                .field("connect", Timestamp.SCHEMA)
                .field(
                        "micros",
                        SchemaBuilder.int64()
                                .name("io.debezium.time.MicroTimestamp")
                                .build())
                .field(
                        "zoned",
                        SchemaBuilder.string()
                                .name("io.debezium.time.ZonedTimestamp")
                                .build())
                .build();
        Transformation<SinkRecord> convert =
                configured(new ConvertTime.Value<>(), "fields", "connect,micros,zoned", "to", "epoch_us");

        SinkRecord made = convert.apply(Records.of(
                schema,
                new Struct(schema)
                        .put("connect", new Date(1_500))
                        .put("micros", 1_500_001L)
                        .put("zoned", "1970-01-01T01:00:01.5+01:00")));

        assertThat(Records.json(made))
                .isEqualTo(Records.tree("{\"connect\": 1500000, \"micros\": 1500001, \"zoned\": 1500000}"));
    }

    @Test
    void timesHaveTheZoneTheyAreSaidToHave() {
        Transformation<SinkRecord> convert = configured(
                new ConvertTime.Value<>(),
                "fields",
                "at",
                "from",
                "dd/MMM/yyyy:HH:mm:ss",
                "to",
                "iso",
                "zone",
                "Europe/Stockholm");
        assertThat(Records.json(convert.apply(Records.plain("{\"at\": \"17/May/2015:10:05:03\"}"))))
                .isEqualTo(Records.tree("{\"at\": \"2015-05-17T10:05:03+02:00\"}"));
        assertThatThrownBy(() -> convert.apply(Records.plain("{\"at\": \"yesterday\"}")))
                .hasMessage("field 'at' has 'yesterday', which is no time written as dd/MMM/yyyy:HH:mm:ss:"
                        + " Text 'yesterday' could not be parsed at index 0");
    }

    @Test
    void whatIsPackedIsUnpackedButNotWithoutEnd() {
        Transformation<SinkRecord> pack = configured(new FormatField.Value<>(), "fields", "a:gzip");
        Transformation<SinkRecord> unpack =
                configured(new ParseField.Value<>(), "fields", "a:gzip", "max.bytes", "100");
        SinkRecord small = unpack.apply(pack.apply(Records.struct("{\"a\": \"" + "x".repeat(100) + "\"}")));
        assertThat(new String((byte[]) ((Struct) small.value()).get("a"), StandardCharsets.UTF_8))
                .isEqualTo("x".repeat(100));
        SinkRecord large = pack.apply(Records.struct("{\"a\": \"" + "x".repeat(101) + "\"}"));
        assertThatThrownBy(() -> unpack.apply(large)).hasMessage("field 'a' unpacks to more than 100 bytes");
        assertThatThrownBy(() -> unpack.apply(Records.plain("{\"a\": \"no\"}")))
                .hasMessage("field 'a' is no gzip: Not in GZIP format");
    }

    @Test
    void settingsThatContradictAreRefused() {
        assertThatThrownBy(() -> configured(new CastFields.Value<SinkRecord>(), "fields", "a:string,a.b:int32"))
                .hasMessage(
                        "Invalid value [a:string, a.b:int32] for configuration fields: 'a.b' is within 'a', which is changed too");
        assertThatThrownBy(() -> configured(new CastFields.Value<SinkRecord>(), "fields", "a:number"))
                .hasMessage(
                        "Invalid value a:number for configuration fields: there are string, int8, int16, int32, int64, float,"
                                + " double, boolean, bytes and decimal(precision,scale)");
        assertThatThrownBy(() -> configured(new CastFields.Value<SinkRecord>(), "fields", "a"))
                .hasMessage("Invalid value a for configuration fields: write each as field:what");
    }

    @Test
    void aNullStructureOnTheWayStaysNull() {
        Schema inner = SchemaBuilder.struct()
                .optional()
                .field("n", Schema.STRING_SCHEMA)
                .build();
        Schema schema = SchemaBuilder.struct().field("inner", inner).build();
        Transformation<SinkRecord> cast = configured(new CastFields.Value<>(), "fields", "inner.n:int32");
        assertThat(Records.json(cast.apply(Records.of(schema, new Struct(schema)))))
                .isEqualTo(Records.tree("{\"inner\": null}"));
        assertThat(Records.json(cast.apply(
                        Records.of(null, new java.util.HashMap<>(java.util.Collections.singletonMap("inner", null))))))
                .isEqualTo(Records.tree("{\"inner\": null}"));
        assertThatThrownBy(() -> cast.apply(Records.of(null, Map.of("inner", "text"))))
                .hasMessage("'inner.n' leads into 'inner', which is a String");
    }
}
