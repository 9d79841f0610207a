package io.millrace.plugin.converter;

import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.AppInfoParser;
import org.apache.kafka.connect.components.Versioned;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.ConverterConfig;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.jspecify.annotations.Nullable;

/** Keys, values and headers that are one value, as Kafka's serializers write it. */
abstract class SingleValueConverter<T> implements Converter, HeaderConverter, Versioned {
    private static final ConfigDef CONFIG = ConverterConfig.newConfigDef();

    private final Class<T> type;
    private final Schema schema;
    private final Serializer<T> serializer;
    private final Deserializer<T> deserializer;

    /**
     * @param schema of the values that it reads, optional
     */
    SingleValueConverter(Class<T> type, Schema schema, Serializer<T> serializer, Deserializer<T> deserializer) {
        this.type = type;
        this.schema = schema;
        this.serializer = serializer;
        this.deserializer = deserializer;
    }

    @Override
    public String version() {
        return AppInfoParser.getVersion();
    }

    @Override
    public ConfigDef config() {
        return CONFIG;
    }

    @Override
    public void configure(Map<String, ?> configs) {
        // nothing can be set
    }

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
        // nothing can be set
    }

    @Override
    public byte @Nullable [] fromConnectData(String topic, @Nullable Schema given, @Nullable Object value) {
        if (given != null && given.type() != schema.type()) {
            throw new DataException("a " + given.type().getName() + " cannot be written as " + name());
        }
        if (value == null) {
            return null;
        }
        try {
            return serializer.serialize(topic, type.cast(value));
        } catch (ClassCastException | SerializationException e) {
            throw new DataException("a " + value.getClass().getSimpleName() + " cannot be written as " + name(), e);
        }
    }

    @Override
    public SchemaAndValue toConnectData(String topic, byte @Nullable [] bytes) {
        try {
            return new SchemaAndValue(schema, bytes == null ? null : deserializer.deserialize(topic, bytes));
        } catch (SerializationException e) {
            throw new DataException("the bytes are no " + name() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public byte @Nullable [] fromConnectHeader(
            String topic, String headerKey, @Nullable Schema given, @Nullable Object value) {
        return fromConnectData(topic, given, value);
    }

    @Override
    public SchemaAndValue toConnectHeader(String topic, String headerKey, byte @Nullable [] bytes) {
        return toConnectData(topic, bytes);
    }

    @Override
    public void close() {
        // nothing is open
    }

    private String name() {
        return schema.type().getName();
    }
}
