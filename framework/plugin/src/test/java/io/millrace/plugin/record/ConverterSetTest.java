package io.millrace.plugin.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.plugin.discovery.PluginClass;
import io.millrace.plugin.discovery.PluginFixture;
import io.millrace.plugin.discovery.Plugins;
import io.millrace.plugin.json.CompiledJsonConverter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.connect.connector.Connector;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.SimpleHeaderConverter;
import org.apache.kafka.connect.storage.StringConverter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConverterSetTest {
    private static final String JSON = JsonConverter.class.getName();
    private static final String STRING = StringConverter.class.getName();
    private static final Headers NONE = new RecordHeaders();

    @TempDir
    Path temp;

    @Test
    void takesTheConnectorsConvertersBeforeTheWorkers() {
        Map<String, String> connector = Map.of(
                "key.converter",
                JSON,
                "key.converter.schemas.enable",
                "false",
                "value.converter.schemas.enable",
                "true");
        Map<String, String> worker =
                Map.of("key.converter", STRING, "value.converter", JSON, "value.converter.schemas.enable", "false");

        try (Plugins plugins = Plugins.scan(List.of());
                ConverterSet converters = ConverterSet.create(plugins, loader(), connector, worker)) {
            Schema key = SchemaBuilder.struct()
                    .field("order_id", Schema.INT32_SCHEMA)
                    .field("product_id", Schema.INT32_SCHEMA)
                    .build();

            assertThat(text(converters.fromConnectKey(
                            "orders",
                            NONE,
                            key,
                            new Struct(key).put("order_id", 10248).put("product_id", 11))))
                    .isEqualTo("{\"order_id\":10248,\"product_id\":11}");
            // The worker named the value converter, so the worker's keys configure it, as in Connect.
            assertThat(text(converters.fromConnectValue("orders", NONE, Schema.INT32_SCHEMA, 7)))
                    .isEqualTo("7");
            assertThat(converters.header()).isInstanceOf(SimpleHeaderConverter.class);
        }
    }

    @Test
    void tellsTheConfiguredClassWhoeverDoesItsWork() {
        Map<String, String> compiled = Map.of("key.converter", STRING, "value.converter", JSON);
        Map<String, String> plain = new HashMap<>(compiled);
        plain.put(RecordPath.SETTING, "plain");

        try (Plugins plugins = Plugins.scan(List.of());
                ConverterSet ours = ConverterSet.create(plugins, loader(), Map.of(), compiled);
                ConverterSet apaches = ConverterSet.create(plugins, loader(), Map.of(), plain)) {
            assertThat(ours.value()).isExactlyInstanceOf(CompiledJsonConverter.class);
            assertThat(apaches.value()).isExactlyInstanceOf(JsonConverter.class);
            assertThat(List.of(ours.valueClass(), apaches.valueClass())).containsOnly(JsonConverter.class);
            assertThat(ours.keyClass()).isEqualTo(StringConverter.class);
            assertThat(ours.headerClass()).isEqualTo(SimpleHeaderConverter.class);
        }
    }

    @Test
    void readsBackWhatItWrote() {
        try (Plugins plugins = Plugins.scan(List.of());
                ConverterSet converters = ConverterSet.create(
                        plugins, loader(), Map.of(), Map.of("key.converter", STRING, "value.converter", JSON))) {
            byte[] value = converters.fromConnectValue("t", NONE, Schema.STRING_SCHEMA, "Chai");

            assertThat(converters.toConnectValue("t", NONE, value))
                    .isEqualTo(new SchemaAndValue(Schema.STRING_SCHEMA, "Chai"));
            assertThat(converters.toConnectKey("t", NONE, bytes("k")).value()).isEqualTo("k");
            assertThat(converters.toConnectValue("t", NONE, null)).isEqualTo(SchemaAndValue.NULL);
            assertThat(converters.fromConnectKey("t", NONE, null, null)).isNull();
        }
    }

    @Test
    void convertsHeadersInOrderAndBack() {
        try (Plugins plugins = Plugins.scan(List.of());
                ConverterSet converters = ConverterSet.create(
                        plugins, loader(), Map.of(), Map.of("key.converter", STRING, "value.converter", STRING))) {
            ConnectHeaders headers = new ConnectHeaders();
            headers.addString("file", "access.log").addInt("line", 12).addString("file", "again");

            Headers kafka = converters.convertHeaders("t", headers);

            assertThat(kafka)
                    .extracting(header -> header.key() + "=" + text(header.value()))
                    .containsExactly("file=access.log", "line=12", "file=again");
            assertThat(converters.toConnectHeaders("t", kafka))
                    .extracting(header -> header.key() + "=" + header.value())
                    .containsExactly("file=access.log", "line=12", "file=again");
            assertThat(converters.convertHeaders("t", null)).isEmpty();
            assertThat(converters.toConnectHeaders("t", null)).isEmpty();
        }
    }

    @Test
    void prefersTheConnectorsOwnCopyOfAConverterAndCallsItUnderItsLoader() {
        PluginFixture.plugin()
                .converter("acme.Text", "mine")
                .connector("acme.Mine", "\"1\"")
                .service(Converter.class, "acme.Text")
                .jar(temp.resolve("mine/acme-mine-1.0.jar"));
        PluginFixture.plugin()
                .converter("acme.Text", "newer")
                .service(Converter.class, "acme.Text")
                .jar(temp.resolve("newer/acme-newer-2.0.jar"));
        Map<String, String> named = Map.of("key.converter", "acme.Text", "value.converter", "acme.Text");
        Map<String, String> keyOnly = Map.of("key.converter", "acme.Text");

        try (Plugins plugins = Plugins.scan(List.of(temp))) {
            PluginClass<Connector> connector = plugins.resolve(Connector.class, "acme.Mine", null);
            try (ConverterSet converters = ConverterSet.create(plugins, connector.loader(), keyOnly, named)) {
                assertThat(text(converters.fromConnectKey("t", NONE, null, "x")))
                        .isEqualTo("mine@true");
                assertThat(text(converters.fromConnectValue("t", NONE, null, "x")))
                        .isEqualTo("newer@true");
            }
        }
    }

    @Test
    void tellsAllThatIsWrongAtOnce() {
        Map<String, String> connector = new HashMap<>();
        connector.put("name", "shop.lake");
        connector.put("value.converter", JSON);
        connector.put("value.converter.decimal.format", "ROMAN");

        try (Plugins plugins = Plugins.scan(List.of())) {
            assertThatThrownBy(() -> ConverterSet.create(plugins, loader(), connector, Map.of()))
                    .hasMessage(
                            "shop.lake [plugin.converter-missing] 'key.converter' is set neither for the connector nor for"
                                    + " the worker. Set 'key.converter', for example to 'org.apache.kafka.connect.json.JsonConverter'.\n"
                                    + "shop.lake [plugin.converter-config] 'value.converter' (org.apache.kafka.connect.json.JsonConverter)"
                                    + " cannot be set up: Invalid value ROMAN for configuration decimal.format: String must be one of (case insensitive):"
                                    + " NUMERIC, BASE64. Check the keys below 'value.converter.'.");
        }
    }

    private static ClassLoader loader() {
        return ConverterSetTest.class.getClassLoader();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
