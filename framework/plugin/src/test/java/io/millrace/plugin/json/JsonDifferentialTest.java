package io.millrace.plugin.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.json.JsonConverter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Apache's class and ours, side by side. {@code -Dmillrace.differential.rounds=200} does twenty times as much as a build. */
class JsonDifferentialTest {
    private static final int ROUNDS = Integer.getInteger("millrace.differential.rounds", 10);
    private static final int SCHEMAS = 20;
    private static final int VALUES = 6;
    private static final ObjectMapper TREES = new ObjectMapper();
    private static final String[] ODD_SCALARS = {
        "null",
        "true",
        "false",
        "0",
        "-0",
        "-0.0",
        "0.0",
        "007",
        "1",
        "300",
        "70000",
        "3000000000",
        "9223372036854775807",
        "9223372036854775808",
        "123456789012345678901234567890",
        "1.5",
        "1.50",
        "1e3",
        "1E400",
        "-1e-400",
        "1e99999999999",
        "0.1",
        "4.9e-324",
        "16777217.0",
        "\"\"",
        "\"text\"",
        "\"AAEC\"",
        "\"AAE\"",
        "\" AAEC \"",
        "\"A A\"",
        "\"\\u0061\"",
        "\"\\ud83c\\udf75\"",
        "\"\\ud800\"",
        "[]",
        "{}",
        "[1,[2]]",
        "[[1,2]]",
        "{\"a\":null}",
        "{\"a\":1,\"a\":2}",
        "NaN",
        "+1",
        "\"NaN\"",
        "86400000",
        "-1"
    };

    static Stream<Map<String, String>> configurations() {
        List<Map<String, String>> all = new ArrayList<>();
        for (String schemas : List.of("true", "false")) {
            for (String decimals : List.of("BASE64", "numeric")) {
                for (String replace : List.of("true", "false")) {
                    all.add(Map.of(
                            "schemas.enable", schemas,
                            "decimal.format", decimals,
                            "replace.null.with.default", replace,
                            "schemas.cache.size", "30"));
                }
            }
        }
        return all.stream();
    }

    private static JsonConverter apache(Map<String, String> config) {
        JsonConverter converter = new JsonConverter();
        converter.configure(config, false);
        return converter;
    }

    private static CompiledJsonConverter ours(Map<String, String> config) {
        CompiledJsonConverter converter = new CompiledJsonConverter();
        converter.configure(config, false);
        return converter;
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void writesTheSameBytesOrTheSameErrors(Map<String, String> config) {
        int covered = 0;
        int all = 0;
        for (int seed = 0; seed < ROUNDS; seed++) {
            RandomData data = new RandomData(seed);
            JsonConverter apache = apache(config);
            CompiledJsonConverter ours = ours(config);
            for (int s = 0; s < SCHEMAS; s++) {
                Schema schema = data.chance(0.1) ? null : data.schema();
                for (int v = 0; v < VALUES; v++) {
                    Object value = schema == null ? data.schemaless(3) : data.value(schema);
                    String expected = Shown.outcome(() -> text(apache.fromConnectData("t", schema, value)));
                    String given = Shown.outcome(() -> text(ours.fromConnectData("t", schema, value)));
                    assertThat(given)
                            .as("seed %d, schema %d, value %d", seed, s, v)
                            .isEqualTo(expected);
                    if (v > 0 && expected.startsWith("value String")) {
                        all++;
                        covered += ours.tryWrite(schema, value) == null ? 0 : 1;
                    }
                }
            }
        }
        // If everything were left to Apache's class, all of the above would hold too.
        assertThat(covered).isGreaterThan((int) (all * 0.97));
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void readsTheSameSchemasAndValuesOrTheSameErrors(Map<String, String> config) {
        int covered = 0;
        int all = 0;
        for (int seed = 0; seed < ROUNDS; seed++) {
            RandomData data = new RandomData(1000 + seed);
            JsonConverter apache = apache(config);
            CompiledJsonConverter ours = ours(config);
            for (byte[] message : messages(data, apache)) {
                String as = "seed " + seed + ": " + text(message);
                boolean known = ours.tryRead(message) != null;
                assertSameReading(apache, ours, message, as);
                all++;
                covered += known || ours.tryRead(message) != null ? 1 : 0;
            }
        }
        assertThat(covered).isGreaterThan((int) (all * 0.9));
    }

    private static List<byte[]> messages(RandomData data, JsonConverter writer) {
        List<byte[]> messages = new ArrayList<>();
        for (int s = 0; s < SCHEMAS; s++) {
            Schema schema = data.chance(0.1) ? null : data.schema();
            for (int v = 0; v < VALUES; v++) {
                Object value = schema == null ? data.schemaless(3) : data.value(schema);
                try {
                    byte[] bytes = writer.fromConnectData("t", schema, value);
                    if (bytes != null) {
                        messages.add(bytes);
                    }
                } catch (RuntimeException e) {
                    // a value that breaks its schema has no bytes to be read
                }
            }
        }
        return messages;
    }

    private static void assertSameReading(JsonConverter apache, JsonConverter ours, byte[] message, String as) {
        String expected = Shown.outcome(() -> apache.toConnectData("t", message));
        String given = Shown.outcome(() -> ours.toConnectData("t", message));
        assertThat(given).as(as).isEqualTo(expected);
        if (expected.startsWith("value ")) {
            SchemaAndValue theirs = apache.toConnectData("t", message);
            // Not equals(): a list of byte arrays as a default value makes a schema unequal to its own copy.
            assertThat(Shown.schema(ours.toConnectData("t", message).schema()))
                    .as(as)
                    .isEqualTo(Shown.schema(theirs.schema()));
        }
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void readsMessagesThatDoNotFitTheirSchemaAsApacheDoes(Map<String, String> config) throws IOException {
        for (int seed = 0; seed < ROUNDS; seed++) {
            RandomData data = new RandomData(2000 + seed);
            JsonConverter apache = apache(config);
            CompiledJsonConverter ours = ours(config);
            for (byte[] message : messages(data, apache)) {
                // Ours learns the beginning from the message as it should be.
                assertSameReading(apache, ours, message, text(message));
                byte[] bent = bent(message, data, config.get("schemas.enable").equals("true"));
                assertSameReading(apache, ours, bent, "seed " + seed + ": " + text(bent));
            }
        }
    }

    /** The message with a part of its payload replaced, removed, doubled or moved. */
    private static byte[] bent(byte[] message, RandomData data, boolean enveloped) throws IOException {
        String text = text(message);
        int start = enveloped ? text.lastIndexOf("\"payload\":") + "\"payload\":".length() : 0;
        int end = enveloped ? text.length() - 1 : text.length();
        String payload;
        try {
            payload = TREES.writeValueAsString(bend(TREES.readTree(text.substring(start, end)), data));
        } catch (JsonProcessingException e) {
            // 'payload' was part of the payload
            return message;
        }
        payload = payload.replace("\"<odd>\"", ODD_SCALARS[data.below(ODD_SCALARS.length)]);
        String whole = text.substring(0, start)
                + (data.chance(0.2) ? " " : "")
                + payload
                + (data.chance(0.2) ? "\n" : "")
                + text.substring(end);
        if (data.chance(0.05)) {
            whole += List.of(" ", "}", " x", ",\"payload\":1}", "\n\n").get(data.below(5));
        }
        if (enveloped && data.chance(0.05)) {
            whole = whole.substring(0, whole.length() - 1)
                    + List.of(",\"payload\":2}", ",\"schema\":null}", ",\"more\":1}")
                            .get(data.below(3));
        }
        return whole.getBytes(StandardCharsets.UTF_8);
    }

    private static JsonNode bend(JsonNode node, RandomData data) {
        if (node instanceof ObjectNode object && !object.isEmpty() && data.chance(0.85)) {
            return bendObject(object, data);
        }
        if (node instanceof ArrayNode array && !array.isEmpty() && data.chance(0.8)) {
            int place = data.below(array.size());
            array.set(place, bend(array.get(place), data));
            return array;
        }
        return TREES.getNodeFactory().textNode("<odd>");
    }

    private static JsonNode bendObject(ObjectNode object, RandomData data) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        String name = data.pick(names);
        switch (data.below(5)) {
            case 0 -> object.remove(name);
            case 1 -> object.put("unknown" + data.below(3), "<odd>");
            case 2 -> {
                ObjectNode shuffled = TREES.createObjectNode();
                Collections.shuffle(names, new Random(data.below(1000)));
                names.forEach(each -> shuffled.set(each, object.get(each)));
                return shuffled;
            }
            default -> object.set(name, bend(object.get(name), data));
        }
        return object;
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void readsDamagedMessagesAsApacheDoes(Map<String, String> config) {
        for (int seed = 0; seed < ROUNDS; seed++) {
            RandomData data = new RandomData(3000 + seed);
            JsonConverter apache = apache(config);
            CompiledJsonConverter ours = ours(config);
            for (byte[] message : messages(data, apache)) {
                assertSameReading(apache, ours, message, text(message));
                byte[] damaged = damaged(message, data);
                assertSameReading(apache, ours, damaged, "seed " + seed + ": " + Arrays.toString(damaged));
            }
        }
    }

    private static byte[] damaged(byte[] message, RandomData data) {
        int place = data.below(message.length);
        byte[] bytes = message.clone();
        return switch (data.below(4)) {
            case 0 -> Arrays.copyOf(bytes, place);
            case 1 -> {
                bytes[place] = (byte) data.below(256);
                yield bytes;
            }
            case 2 -> {
                System.arraycopy(message, place, bytes, 0, message.length - place);
                yield Arrays.copyOf(bytes, message.length - place);
            }
            default -> {
                byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
                System.arraycopy(message, place, longer, place + 1, message.length - place);
                longer[place] = (byte) " {}[],:\"0\0".charAt(data.below(10));
                yield longer;
            }
        };
    }

    @Test
    void keysAndTheOneSchemaOfTheConfigurationAreReadAlike() {
        Map<String, String> config = Map.of(
                "schema.content",
                "{\"type\":\"struct\",\"fields\":[{\"field\":\"a\",\"type\":\"int32\"},{\"field\":\"b\",\"type\":\"string\",\"optional\":true}]}");
        for (boolean key : new boolean[] {true, false}) {
            JsonConverter apache = new JsonConverter();
            apache.configure(config, key);
            CompiledJsonConverter ours = new CompiledJsonConverter();
            ours.configure(config, key);
            for (String message : List.of(
                    "{\"a\":1,\"b\":\"x\"}",
                    "{\"a\":2}",
                    "{\"b\":null}",
                    " {\"a\":3} trailing",
                    "{\"a\":4,\"c\":[1,2]}",
                    "7",
                    "",
                    "null",
                    "{")) {
                assertSameReading(apache, ours, message.getBytes(StandardCharsets.UTF_8), message);
            }
            assertThat(ours.tryRead("{\"a\":5}".getBytes(StandardCharsets.UTF_8)))
                    .isNotNull();
        }
    }

    private static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }
}
