package io.millrace.plugin.converter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.plugin.discovery.PluginClass;
import io.millrace.plugin.discovery.Plugins;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.junit.jupiter.api.Test;

class SingleValueConverterTest {

    @Test
    void apachesNamesAreFound() {
        try (Plugins plugins = Plugins.scan(List.of())) {
            for (String name : List.of("Boolean", "ByteArray", "Double", "Float", "Integer", "Long", "Short")) {
                String apaches = "org.apache.kafka.connect.converters." + name + "Converter";
                PluginClass<Converter> found = plugins.resolve(Converter.class, apaches, null);
                assertThat(found.type().getSimpleName()).isEqualTo(name + "Converter");
                assertThat(plugins.resolve(HeaderConverter.class, name + "Converter", null)
                                .type())
                        .isEqualTo(found.type());
            }
        }
    }

    @Test
    void bytesPassAsTheyAre() {
        ByteArrayConverter converter = new ByteArrayConverter();
        byte[] bytes = "å".getBytes(StandardCharsets.UTF_8);
        assertThat(converter.fromConnectData("t", Schema.BYTES_SCHEMA, bytes)).isSameAs(bytes);
        assertThat(converter.fromConnectData("t", null, ByteBuffer.wrap(bytes))).isEqualTo(bytes);
        assertThat(converter.fromConnectData("t", null, null)).isNull();
        assertThat(converter.toConnectData("t", bytes))
                .isEqualTo(new SchemaAndValue(Schema.OPTIONAL_BYTES_SCHEMA, bytes));
        assertThat(converter.toConnectData("t", null).value()).isNull();
        assertThatThrownBy(() -> converter.fromConnectData("t", Schema.STRING_SCHEMA, "text"))
                .isInstanceOf(DataException.class)
                .hasMessage("a string cannot be written as bytes");
        assertThatThrownBy(() -> converter.fromConnectData("t", null, "text"))
                .hasMessage("a String cannot be written as bytes");
    }

    @Test
    void numbersAreThoseOfKafkasSerializers() {
        LongConverter longs = new LongConverter();
        byte[] written = longs.fromConnectData("t", Schema.INT64_SCHEMA, 258L);
        assertThat(written).containsExactly(0, 0, 0, 0, 0, 0, 1, 2);
        assertThat(longs.toConnectData("t", written)).isEqualTo(new SchemaAndValue(Schema.OPTIONAL_INT64_SCHEMA, 258L));
        assertThat(longs.toConnectHeader("t", "h", written).value()).isEqualTo(258L);
        assertThatThrownBy(() -> longs.toConnectData("t", new byte[3]))
                .hasMessage("the bytes are no int64: Size of data received by LongDeserializer is not 8");
        BooleanConverter truths = new BooleanConverter();
        assertThat(truths.toConnectData("t", truths.fromConnectData("t", null, true))
                        .value())
                .isEqualTo(true);
    }
}
