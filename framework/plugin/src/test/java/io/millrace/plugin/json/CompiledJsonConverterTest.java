package io.millrace.plugin.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Date;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.json.JsonConverter;
import org.junit.jupiter.api.Test;

class CompiledJsonConverterTest {
    private static final Schema ROW = SchemaBuilder.struct()
            .name("shop.Row")
            .version(2)
            .doc("a row")
            .parameter("table", "orders")
            .field("id", Schema.INT32_SCHEMA)
            .field("name", Schema.OPTIONAL_STRING_SCHEMA)
            .field("price", Decimal.builder(2).optional().build())
            .field("state", SchemaBuilder.string().defaultValue("new").build())
            .build();

    @Test
    void writesWithTheCompiledWriterFromTheSecondRecordOn() {
        CompiledJsonConverter converter = converter(Map.of());
        assertThat(converter.tryWrite(ROW, row(1))).isNull();

        byte[] first = converter.fromConnectData("t", ROW, row(1));

        assertThat(converter.tryWrite(ROW, row(1))).isEqualTo(first);
        assertThat(text(converter.tryWrite(ROW, row(2))))
                .isEqualTo(text(first).replace("\"id\":1", "\"id\":2"))
                .startsWith("{\"schema\":{\"type\":\"struct\"")
                .endsWith(",\"payload\":{\"id\":2,\"name\":\"Chai\",\"price\":\"Bvg=\",\"state\":\"new\"}}");
    }

    @Test
    void readsWithTheCompiledReaderFromTheSecondRecordOn() {
        CompiledJsonConverter converter = converter(Map.of());
        byte[] message = converter.fromConnectData("t", ROW, row(1));
        assertThat(converter.tryRead(message)).isNull();

        SchemaAndValue first = converter.toConnectData("t", message);

        assertThat(converter.tryRead(message)).isEqualTo(first).isEqualTo(new SchemaAndValue(ROW, read(1)));
        assertThat(converter.tryRead(message).schema()).isSameAs(first.schema());
    }

    @Test
    void readsAMessageThatIsSpelledOtherwise() {
        CompiledJsonConverter converter = converter(Map.of());
        String spaced = " { \"payload\" : 1 , \"schema\" : { \"type\" : \"int32\" } } ";
        String python = "{\"schema\": {\"type\": \"int32\"}, \"payload\": 1}";

        for (String message : List.of(spaced, python, python)) {
            assertThat(converter.toConnectData("t", bytes(message)))
                    .isEqualTo(new SchemaAndValue(Schema.INT32_SCHEMA, 1));
        }
        assertThat(converter.tryRead(bytes(python.replace("1}", "23 } "))))
                .isEqualTo(new SchemaAndValue(Schema.INT32_SCHEMA, 23));
        assertThat(converter.tryRead(bytes(spaced))).isNull();
    }

    @Test
    void isNotMisledByAMessageThatNamesItsSchemaTwice() {
        CompiledJsonConverter converter = converter(Map.of());
        String twice = "{\"schema\":{\"type\":\"int32\"},\"payload\":1,\"schema\":{\"type\":\"int64\"}}";
        String once = "{\"schema\":{\"type\":\"int32\"},\"payload\":1}";

        for (String message : List.of(twice, once, twice, once)) {
            assertThat(converter.toConnectData("t", bytes(message)).schema().type())
                    .isEqualTo(message.equals(twice) ? Schema.Type.INT64 : Schema.Type.INT32);
        }
    }

    @Test
    void keepsMoreSchemasThanThoseOfTheLastRecords() {
        CompiledJsonConverter converter = converter(Map.of());
        List<byte[]> messages = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Schema schema =
                    SchemaBuilder.struct().field("f" + i, Schema.INT32_SCHEMA).build();
            messages.add(converter.fromConnectData("t", schema, new Struct(schema).put("f" + i, i)));
        }

        messages.forEach(message -> converter.toConnectData("t", message));

        assertThat(messages)
                .allSatisfy(message -> assertThat(converter.tryRead(message)).isNotNull());
        Schema again = SchemaBuilder.struct().field("f3", Schema.INT32_SCHEMA).build();
        assertThat(converter.tryWrite(again, new Struct(again).put("f3", 3))).isEqualTo(messages.get(3));
    }

    @Test
    void forgetsSchemasBeyondTheSizeOfItsCache() {
        CompiledJsonConverter converter = converter(Map.of("schemas.cache.size", "2"));
        List<byte[]> messages = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Schema schema =
                    SchemaBuilder.struct().field("f" + i, Schema.INT32_SCHEMA).build();
            messages.add(converter.fromConnectData("t", schema, new Struct(schema).put("f" + i, i)));
            converter.toConnectData("t", messages.get(i));
        }

        assertThat(converter.tryRead(messages.get(0))).isNull();
        assertThat(converter.toConnectData("t", messages.get(0)).value()).isNotNull();
    }

    @Test
    void givesApachesErrorsWordForWord() {
        CompiledJsonConverter ours = converter(Map.of());
        JsonConverter apache = new JsonConverter();
        apache.configure(Map.of(), false);
        ours.fromConnectData("t", ROW, row(1));
        Struct other = new Struct(
                        SchemaBuilder.struct().field("a", Schema.INT32_SCHEMA).build())
                .put("a", 1);
        Struct wrongScale = row(1);
        Struct missing = new Struct(ROW).put("name", "Chai");
        wrongScale.put("price", new BigDecimal("1.234"));

        for (Object value : new Object[] {other, wrongScale, missing, "text", List.of(), null}) {
            assertThat(Shown.outcome(() -> ours.fromConnectData("t", ROW, value)))
                    .startsWith("org.apache.kafka.connect.errors.DataException")
                    .isEqualTo(Shown.outcome(() -> apache.fromConnectData("t", ROW, value)));
        }
        assertThatThrownBy(() -> ours.toConnectData("t", bytes("{}")))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith("JsonConverter with schemas.enable requires");
        assertThatThrownBy(() -> converter(Map.of("decimal.format", "HEX"))).isInstanceOf(ConfigException.class);
    }

    @Test
    void leavesToApacheWhatHasNoOneForm() {
        CompiledJsonConverter ours = converter(Map.of("schemas.enable", "false"));
        Map<String, Object> equalKeys = new IdentityHashMap<>();
        equalKeys.put(new String("a"), 1);
        equalKeys.put(new String("a"), 2);
        Object nested = 1;
        for (int i = 0; i < 600; i++) {
            nested = List.of(nested);
        }

        assertThat(ours.tryWrite(null, equalKeys)).isNull();
        assertThat(text(ours.fromConnectData("t", null, equalKeys))).isIn("{\"a\":1}", "{\"a\":2}");
        assertThat(ours.tryWrite(null, nested)).isNull();
        assertThat(ours.fromConnectData("t", null, nested)).hasSize(1201);
        assertThatThrownBy(() -> ours.fromConnectData("t", null, new Date())).isInstanceOf(DataException.class);
    }

    @Test
    void writesTextOfAllLengthsAsApacheDoes() {
        JsonConverter apache = new JsonConverter();
        apache.configure(Map.of("schemas.enable", "false"), false);
        CompiledJsonConverter ours = converter(Map.of("schemas.enable", "false"));
        for (int length : new int[] {1, 100, 1022, 1023, 1024, 1025, 3999, 4000, 4001, 8000, 70_000}) {
            for (String end : List.of("", "\n", "é", "中", "🍵", "\ud83c", "\u0007")) {
                String value = "x".repeat(length) + end + "y".repeat(length);
                assertThat(ours.tryWrite(null, value))
                        .as(length + end)
                        .isEqualTo(apache.fromConnectData("t", null, value));
            }
        }
    }

    @Test
    void passesTombstonesAsApacheDoes() {
        CompiledJsonConverter converter = converter(Map.of());

        assertThat(converter.fromConnectData("t", null, null)).isNull();
        assertThat(converter.toConnectData("t", null)).isEqualTo(SchemaAndValue.NULL);
        assertThat(text(converter.fromConnectData("t", Schema.OPTIONAL_STRING_SCHEMA, null)))
                .isEqualTo("{\"schema\":{\"type\":\"string\",\"optional\":true},\"payload\":null}");
    }

    @Test
    void convertsHeadersToo() {
        CompiledJsonConverter converter = converter(Map.of());

        byte[] header = converter.fromConnectHeader("t", "h", Schema.INT64_SCHEMA, 7L);

        assertThat(converter.toConnectHeader("t", "h", header)).isEqualTo(new SchemaAndValue(Schema.INT64_SCHEMA, 7L));
    }

    @Test
    void servesManyThreadsAtOnce() throws Exception {
        CompiledJsonConverter converter = converter(Map.of("schemas.cache.size", "3"));
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<String>> tasks = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                int offset = t;
                tasks.add(() -> roundTrips(converter, offset));
            }
            for (Future<String> done : threads.invokeAll(tasks)) {
                assertThat(done.get()).isEqualTo("all alike");
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static String roundTrips(CompiledJsonConverter converter, int offset) {
        for (int i = 0; i < 3000; i++) {
            String name = "f" + (i + offset) % 13;
            Schema schema =
                    SchemaBuilder.struct().field(name, Schema.STRING_SCHEMA).build();
            Struct value = new Struct(schema).put(name, "value " + i + "of" + offset);
            SchemaAndValue back = converter.toConnectData("t", converter.fromConnectData("t", schema, value));
            if (!back.equals(new SchemaAndValue(schema, value))) {
                return value + " came back as " + back;
            }
        }
        return "all alike";
    }

    private static CompiledJsonConverter converter(Map<String, String> config) {
        CompiledJsonConverter converter = new CompiledJsonConverter();
        converter.configure(config, false);
        return converter;
    }

    private static Struct row(int id) {
        return new Struct(ROW).put("id", id).put("name", "Chai").put("price", new BigDecimal("17.84"));
    }

    private static Struct read(int id) {
        return row(id).put("state", "new");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
