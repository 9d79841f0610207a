package probeplugin;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.storage.HeaderConverter;

/** Text as UTF-8; tells every call. */
public final class ProbeHeaderConverter implements HeaderConverter {
    private final Probe probe = new Probe("headerConverter", this);

    @Override
    public void configure(Map<String, ?> configs) {
        probe.bind(configs);
        probe.did("configure", Probe.shown(configs));
    }

    @Override
    public ConfigDef config() {
        return new ConfigDef();
    }

    @Override
    public SchemaAndValue toConnectHeader(String topic, String headerKey, byte[] value) {
        String text = value == null ? null : new String(value, StandardCharsets.UTF_8);
        probe.called("to", topic + " " + headerKey + "=" + text);
        probe.failing(text);
        return new SchemaAndValue(Schema.OPTIONAL_STRING_SCHEMA, text);
    }

    @Override
    public byte[] fromConnectHeader(String topic, String headerKey, Schema schema, Object value) {
        probe.called("from", topic + " " + headerKey + "=" + value);
        probe.failing(value);
        return String.valueOf(value).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        probe.did("close", "");
    }
}
