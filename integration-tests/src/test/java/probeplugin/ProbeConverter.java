package probeplugin;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.storage.Converter;

/** Text as UTF-8; tells every call. */
public final class ProbeConverter implements Converter {
    private final Probe probe = new Probe("converter", this);
    private String side = "";

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
        side = isKey ? "key" : "value";
        probe.bind(configs);
        probe.did("configure", side + " " + Probe.shown(configs));
    }

    @Override
    public ConfigDef config() {
        return new ConfigDef();
    }

    @Override
    public byte[] fromConnectData(String topic, Schema schema, Object value) {
        probe.called(side + ".from", topic + " " + shown(value) + " without headers");
        probe.failing(value);
        return bytes(value);
    }

    private static byte[] bytes(Object value) {
        return value == null ? null : value.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] fromConnectData(String topic, Headers headers, Schema schema, Object value) {
        probe.called(side + ".from", topic + " " + shown(value) + " headers " + names(headers));
        probe.failing(value);
        return bytes(value);
    }

    private static String shown(Object value) {
        String text = String.valueOf(value);
        return text.length() > 20 ? text.substring(0, 2) + "(large)" : text;
    }

    private static String names(Headers headers) {
        return StreamSupport.stream(headers.spliterator(), false)
                .map(header -> header.key())
                .collect(Collectors.joining(",", "[", "]"));
    }

    @Override
    public SchemaAndValue toConnectData(String topic, byte[] value) {
        throw new IllegalStateException("called without headers");
    }

    @Override
    public SchemaAndValue toConnectData(String topic, Headers headers, byte[] value) {
        String text = value == null ? null : new String(value, StandardCharsets.UTF_8);
        probe.called(side + ".to", topic + " " + text + " headers " + names(headers));
        probe.failing(text);
        return new SchemaAndValue(Schema.OPTIONAL_STRING_SCHEMA, text);
    }

    @Override
    public void close() {
        probe.did(side + ".close", "");
    }
}
