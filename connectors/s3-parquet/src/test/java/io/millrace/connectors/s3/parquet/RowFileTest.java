package io.millrace.connectors.s3.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.errors.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RowFileTest {
    private static final RowFacts FACTS = new RowFacts(
            "u", "{\"id\":1}", "raw.shop.orders-0@7", 836_697_600_123_000L, "cleaned.shop.orders", 2, 41, null);

    @TempDir
    Path folder;

    private final RowSchemas schemas = new RowSchemas();

    @Test
    void everyTypeIsReadBackAsItWasWritten() throws Exception {
        // Given
        Schema inner = SchemaBuilder.struct()
                .field("street", Schema.OPTIONAL_STRING_SCHEMA)
                .field("no", Schema.INT32_SCHEMA)
                .optional()
                .build();
        Schema schema = SchemaBuilder.struct()
                .field("flag", Schema.BOOLEAN_SCHEMA)
                .field("i8", Schema.INT8_SCHEMA)
                .field("i16", Schema.INT16_SCHEMA)
                .field("i32", Schema.INT32_SCHEMA)
                .field("i64", Schema.INT64_SCHEMA)
                .field("f32", Schema.FLOAT32_SCHEMA)
                .field("f64", Schema.FLOAT64_SCHEMA)
                .field("text", Schema.STRING_SCHEMA)
                .field("bytes", Schema.BYTES_SCHEMA)
                .field("buffer", Schema.BYTES_SCHEMA)
                .field("small", decimal(2, 9))
                .field("money", decimal(2, 12))
                .field("big", decimal(4, 38))
                .field("free", Decimal.schema(3))
                .field("day", Date.SCHEMA)
                .field("time", Time.SCHEMA)
                .field("at", Timestamp.SCHEMA)
                .field("micros", named(SchemaBuilder.int64(), "io.debezium.time.MicroTimestamp"))
                .field("epochday", named(SchemaBuilder.int32(), "io.debezium.time.Date"))
                .field("address", inner)
                .field(
                        "tags",
                        SchemaBuilder.array(Schema.OPTIONAL_STRING_SCHEMA).build())
                .field("lines", SchemaBuilder.array(inner).build())
                .field(
                        "counts",
                        SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.OPTIONAL_INT64_SCHEMA)
                                .build())
                .build();
        Struct value = new Struct(schema)
                .put("flag", true)
                .put("i8", (byte) -8)
                .put("i16", (short) -16)
                .put("i32", -32)
                .put("i64", Long.MIN_VALUE)
                .put("f32", 0.1f)
                .put("f64", 0.1)
                .put("text", "Köln")
                .put("bytes", new byte[] {0, (byte) 255})
                .put("buffer", ByteBuffer.wrap(new byte[] {1}))
                .put("small", new BigDecimal("-0.01"))
                .put("money", new BigDecimal("1234567890.12"))
                .put("big", new BigDecimal("-1234567890123456789012345678901234.5678"))
                .put("free", new BigDecimal("1.500"))
                .put("day", new java.util.Date(836_697_600_000L))
                .put("time", new java.util.Date(3_600_001L))
                .put("at", new java.util.Date(-1L))
                .put("micros", 836_697_600_123_456L)
                .put("epochday", -1)
                .put("address", new Struct(inner).put("street", "Ring").put("no", 5))
                .put("tags", Arrays.asList("a", null, "b"))
                .put("lines", List.of(new Struct(inner).put("no", 1), new Struct(inner).put("no", 2)))
                .put("counts", Map.of("x", 1L));
        // When
        Path file = write("all.parquet", schemas.of(schema, value).row(value, FACTS));
        // Then
        try (Duck duck = new Duck()) {
            assertThat(duck.columns(file))
                    .containsExactly(
                            "flag BOOLEAN",
                            "i8 TINYINT",
                            "i16 SMALLINT",
                            "i32 INTEGER",
                            "i64 BIGINT",
                            "f32 FLOAT",
                            "f64 DOUBLE",
                            "text VARCHAR",
                            "bytes BLOB",
                            "buffer BLOB",
                            "small DECIMAL(9,2)",
                            "money DECIMAL(12,2)",
                            "big DECIMAL(38,4)",
                            "free DECIMAL(38,3)",
                            "day DATE",
                            "time TIME WITH TIME ZONE",
                            "at TIMESTAMP WITH TIME ZONE",
                            "micros TIMESTAMP WITH TIME ZONE",
                            "epochday DATE",
                            "address STRUCT(street VARCHAR, \"no\" INTEGER)",
                            "tags VARCHAR[]",
                            "lines STRUCT(street VARCHAR, \"no\" INTEGER)[]",
                            "counts MAP(VARCHAR, BIGINT)",
                            "_op VARCHAR",
                            "_key VARCHAR",
                            "_origin VARCHAR",
                            "_at TIMESTAMP WITH TIME ZONE",
                            "_topic VARCHAR",
                            "_partition INTEGER",
                            "_offset BIGINT",
                            "_former_offset BIGINT");
            assertThat(duck.rows("SELECT COLUMNS(*)::VARCHAR FROM read_parquet('" + file + "')"))
                    .containsExactly(
                            "true|-8|-16|-32|-9223372036854775808|0.1|0.1|Köln|\\x00\\xFF|\\x01|-0.01|1234567890.12"
                                    + "|-1234567890123456789012345678901234.5678|1.500|1996-07-07|01:00:00.001+00"
                                    + "|1969-12-31 23:59:59.999+00|1996-07-07 00:00:00.123456+00|1969-12-31"
                                    + "|{'street': Ring, 'no': 5}|[a, NULL, b]|[{'street': NULL, 'no': 1}, {'street': NULL, 'no': 2}]|{x=1}"
                                    + "|u|{\"id\":1}|raw.shop.orders-0@7|1996-07-07 00:00:00.123+00|cleaned.shop.orders|2|41|~");
        }
    }

    @Test
    void nullMissingAndEmptyAreDifferent() throws Exception {
        Schema schema = SchemaBuilder.struct()
                .field(
                        "text",
                        SchemaBuilder.string()
                                .optional()
                                .defaultValue("default")
                                .build())
                .field(
                        "tags",
                        SchemaBuilder.array(Schema.STRING_SCHEMA).optional().build())
                .field(
                        "counts",
                        SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.INT32_SCHEMA)
                                .optional()
                                .build())
                .build();
        Struct nulls = new Struct(schema);
        Struct empties =
                new Struct(schema).put("text", "").put("tags", List.of()).put("counts", Map.of());

        RowSchema rows = schemas.of(schema, nulls);
        Path file = write("nulls.parquet", rows.row(nulls, FACTS), rows.row(empties, FACTS));

        try (Duck duck = new Duck()) {
            assertThat(duck.rows("SELECT text, tags, counts FROM read_parquet('" + file + "')"))
                    .containsExactly("~|~|~", "|[]|{}");
        }
    }

    @Test
    void aTombstoneHasOnlyTheColumnsOfEveryFile() throws Exception {
        Schema schema = SchemaBuilder.struct().field("id", Schema.INT32_SCHEMA).build();
        Struct value = new Struct(schema).put("id", 1);
        RowFacts deleted = new RowFacts("d", "{\"id\":1}", null, 0, "t", 0, 42, 7L);

        Path file = write(
                "tombstones.parquet",
                schemas.of(schema, value).row(value, FACTS),
                schemas.of(schema, value).row(null, deleted));
        Path unknown = write("unknown.parquet", schemas.ofNothing().row(null, deleted));

        try (Duck duck = new Duck()) {
            assertThat(duck.rows("SELECT id, _op, _key, _origin, _offset FROM read_parquet('" + file + "')"))
                    .containsExactly("1|u|{\"id\":1}|raw.shop.orders-0@7|41", "~|d|{\"id\":1}|~|42");
            assertThat(duck.rows("SELECT COLUMNS(*)::VARCHAR FROM read_parquet('" + unknown + "')"))
                    .containsExactly("d|{\"id\":1}|~|1970-01-01 00:00:00+00|t|0|42|7");
        }
    }

    @Test
    void valuesThatAreNoStructStandInOneColumn() throws Exception {
        Path bytes = write(
                "bytes.parquet", schemas.of(Schema.BYTES_SCHEMA, new byte[] {1}).row(new byte[] {1, 2}, FACTS));
        Path text = write("text.parquet", schemas.of(Schema.STRING_SCHEMA, "x").row("plain text", FACTS));
        Map<String, Object> map = Collections.singletonMap("price", new BigDecimal("1E+2"));
        Path json = write("json.parquet", schemas.of(null, map).row(map, FACTS));

        try (Duck duck = new Duck()) {
            assertThat(duck.rows("SELECT value::VARCHAR FROM read_parquet('" + bytes + "')"))
                    .containsExactly("\\x01\\x02");
            assertThat(duck.rows("SELECT value FROM read_parquet('" + text + "')"))
                    .containsExactly("plain text");
            assertThat(duck.rows("SELECT value FROM read_parquet('" + json + "')"))
                    .containsExactly("{\"price\":100}");
        }
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void everyCompressionIsReadBack(Compression compression) throws Exception {
        Schema schema = SchemaBuilder.struct().field("n", Schema.INT64_SCHEMA).build();
        Path path = folder.resolve(compression + ".parquet");
        RowSchema rows = schemas.of(schema, new Struct(schema));
        RowFile file = RowFile.create(path, rows.layout(), compression);
        for (long n = 0; n < 5000; n++) {
            file.write(rows.row(new Struct(schema).put("n", n), FACTS));
        }
        file.finish();

        try (Duck duck = new Duck()) {
            assertThat(duck.rows("SELECT count(*), sum(n), max(_key) FROM read_parquet('" + path + "')"))
                    .containsExactly("5000|12497500|{\"id\":1}");
            assertThat(duck.rows("SELECT DISTINCT compression FROM parquet_metadata('" + path + "')"))
                    .containsExactly(compression == Compression.NONE ? "UNCOMPRESSED" : compression.name());
        }
    }

    @Test
    void schemasThatDifferInNothingAFileShowsShareALayout() {
        Schema first = SchemaBuilder.struct()
                .version(1)
                .field("id", Schema.INT32_SCHEMA)
                .build();
        Schema second = SchemaBuilder.struct()
                .version(2)
                .field("id", Schema.OPTIONAL_INT32_SCHEMA)
                .build();
        Schema other = SchemaBuilder.struct().field("id", Schema.INT64_SCHEMA).build();

        Layout layout = schemas.of(first, new Struct(first)).layout();

        assertThat(schemas.of(second, new Struct(second)).layout()).isSameAs(layout);
        assertThat(schemas.of(other, new Struct(other)).layout()).isNotSameAs(layout);
    }

    @Test
    void aDecimalThatDoesNotFitIsRefused() {
        Schema schema = SchemaBuilder.struct().field("price", decimal(2, 5)).build();
        RowSchema rows = schemas.of(schema, new Struct(schema));

        assertThatThrownBy(() -> rows.row(new Struct(schema).put("price", new BigDecimal("1000.00")), FACTS))
                .isInstanceOf(DataException.class)
                .hasMessage("Field 'price': A decimal of 6 digits does not fit DECIMAL(5, 2).");
    }

    @Test
    void aFieldNamedLikeAColumnOfTheLakeIsRefused() {
        Schema schema =
                SchemaBuilder.struct().field("_Key", Schema.STRING_SCHEMA).build();

        assertThatThrownBy(() -> schemas.of(schema, new Struct(schema)))
                .isInstanceOf(DataException.class)
                .hasMessage(
                        "The value has a field '_Key', a name that the lake needs for its own column. Rename the field.");
    }

    @Test
    void aStructWithoutFieldsIsRefusedWithItsPlace() {
        Schema empty = SchemaBuilder.struct().build();
        Schema schema = SchemaBuilder.struct()
                .field("a", SchemaBuilder.struct().field("b", empty).build())
                .build();

        assertThatThrownBy(() -> schemas.of(schema, new Struct(schema)))
                .isInstanceOf(DataException.class)
                .hasMessage("Field 'a': Field 'b': A struct without fields cannot stand in a Parquet file.");
    }

    private Path write(String name, Row... rows) throws Exception {
        Path path = folder.resolve(name);
        RowFile file = RowFile.create(path, rows[0].layout(), Compression.ZSTD);
        for (Row row : rows) {
            file.write(row);
        }
        file.finish();
        return path;
    }

    private static Schema decimal(int scale, int precision) {
        return Decimal.builder(scale)
                .parameter("connect.decimal.precision", Integer.toString(precision))
                .build();
    }

    private static Schema named(SchemaBuilder builder, String name) {
        return builder.name(name).build();
    }
}
