package io.millrace.plugin.json;

import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.json.DecimalFormat;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.json.JsonConverterConfig;
import org.jspecify.annotations.Nullable;

/**
 * Apache's JsonConverter with compiled writers and readers, which it uses where they cover a record, and itself where they do not. Same
 * settings, same bytes, same values, same errors; thread-safe once configured, as Apache's is.
 */
public final class CompiledJsonConverter extends JsonConverter {
    private @Nullable JsonWriting writing;
    private @Nullable JsonReading reading;

    /** Without Jackson's Blackbird, which has nothing to do here: trees have no properties to access. */
    public CompiledJsonConverter() {
        super(false);
    }

    @Override
    public void configure(Map<String, ?> configs) {
        super.configure(configs);
        // Not a second JsonConverterConfig: each one logs all its values.
        AbstractConfig values = new AbstractConfig(JsonConverterConfig.configDef(), configs, false);
        boolean enveloped = values.getBoolean(JsonConverterConfig.SCHEMAS_ENABLE_CONFIG);
        boolean replace = values.getBoolean(JsonConverterConfig.REPLACE_NULL_WITH_DEFAULT_CONFIG);
        int cacheSize = values.getInt(JsonConverterConfig.SCHEMAS_CACHE_SIZE_CONFIG);
        String decimals = values.getString(JsonConverterConfig.DECIMAL_FORMAT_CONFIG);
        String content = values.getString(JsonConverterConfig.SCHEMA_CONTENT_CONFIG);
        boolean bare = !enveloped || (content != null && !content.isEmpty());
        writing = new JsonWriting(
                new WriterCompiler(DecimalFormat.valueOf(decimals.toUpperCase(Locale.ROOT)), replace),
                enveloped,
                cacheSize);
        reading = bare
                ? new BareReading(new ReaderCompiler(replace))
                : new EnvelopeReading(new ReaderCompiler(replace), cacheSize);
    }

    @Override
    public byte @Nullable [] fromConnectData(String topic, @Nullable Schema schema, @Nullable Object value) {
        byte[] bytes = tryWrite(schema, value);
        if (bytes == null) {
            bytes = super.fromConnectData(topic, schema, value);
            if (writing != null) {
                writing.learn(schema, value, bytes);
            }
        }
        return bytes;
    }

    /** @return null where Apache's class is to write it */
    byte @Nullable [] tryWrite(@Nullable Schema schema, @Nullable Object value) {
        boolean tombstone = schema == null && value == null;
        return writing == null || tombstone ? null : writing.write(schema, value);
    }

    @Override
    public SchemaAndValue toConnectData(String topic, byte @Nullable [] value) {
        SchemaAndValue data = tryRead(value);
        if (data == null) {
            data = super.toConnectData(topic, value);
            if (reading != null && value != null) {
                reading.learn(value, data);
            }
        }
        return data;
    }

    /** @return null where Apache's class is to read it */
    @Nullable
    SchemaAndValue tryRead(byte @Nullable [] value) {
        return reading == null || value == null ? null : reading.read(value);
    }
}
