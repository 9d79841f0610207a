package io.millrace.plugin.record;

import io.millrace.plugin.discovery.ContextClassLoader;
import io.millrace.plugin.discovery.Plugins;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.ConverterType;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.jspecify.annotations.Nullable;

/**
 * The key, value and header converter of one task, each called under its own plugin's class loader. Exceptions of a converter pass
 * through unchanged. Owned by the task's thread.
 */
public final class ConverterSet implements AutoCloseable {
    static final String KEY = "key.converter";
    static final String VALUE = "value.converter";
    static final String HEADER = "header.converter";

    private final Loaded<Converter> key;
    private final Loaded<Converter> value;
    private final Loaded<HeaderConverter> header;

    /**
     * A configured converter and its plugin's loader.
     *
     * @param named the class that the configuration names, and that people know; a converter of ours may do its work
     */
    record Loaded<T extends AutoCloseable>(T converter, ClassLoader loader, Class<?> named) {
        ContextClassLoader.Scope enter() {
            return ContextClassLoader.enter(loader);
        }

        void close() {
            try (ContextClassLoader.Scope ignored = enter()) {
                Utils.closeQuietly(converter, converter.getClass().getName());
            }
        }
    }

    private ConverterSet(Loaded<Converter> key, Loaded<Converter> value, Loaded<HeaderConverter> header) {
        this.key = key;
        this.value = value;
        this.header = header;
    }

    /**
     * Each converter comes from the connector's configuration, with the connector's loader preferred; where that names none, from the
     * worker's; a header converter, where neither does, is Connect's SimpleHeaderConverter. A converter sees the keys below its prefix of the
     * configuration that named it, and no others.
     *
     * @throws io.millrace.foundation.error.ProblemException YOURS, with everything that is wrong: a converter is not named
     *     ({@code plugin.converter-missing}), refuses its configuration ({@code plugin.converter-config}), or is not found
     */
    public static ConverterSet create(
            Plugins plugins,
            ClassLoader connectorLoader,
            Map<String, String> connectorConfig,
            Map<String, String> workerConfig) {
        ConverterReader reader = new ConverterReader(plugins, connectorLoader, connectorConfig, workerConfig);
        try {
            Loaded<Converter> key = reader.read(
                    KEY, ConverterType.KEY, Converter.class, (converter, config) -> converter.configure(config, true));
            Loaded<Converter> value = reader.read(
                    VALUE,
                    ConverterType.VALUE,
                    Converter.class,
                    (converter, config) -> converter.configure(config, false));
            Loaded<HeaderConverter> header =
                    reader.read(HEADER, ConverterType.HEADER, HeaderConverter.class, HeaderConverter::configure);
            reader.throwIfErrors();
            return new ConverterSet(
                    Objects.requireNonNull(key), Objects.requireNonNull(value), Objects.requireNonNull(header));
        } catch (RuntimeException | Error e) {
            reader.closeAll();
            throw e;
        }
    }

    public Converter key() {
        return key.converter();
    }

    public Converter value() {
        return value.converter();
    }

    public HeaderConverter header() {
        return header.converter();
    }

    /** The class that is configured for the key, for those who say what failed. */
    public Class<?> keyClass() {
        return key.named();
    }

    public Class<?> valueClass() {
        return value.named();
    }

    public Class<?> headerClass() {
        return header.named();
    }

    /** @param headers the converted headers of the record; a converter may add to them */
    public byte @Nullable [] fromConnectKey(
            String topic, Headers headers, @Nullable Schema schema, @Nullable Object connectKey) {
        return fromConnect(key, topic, headers, schema, connectKey);
    }

    /** @param headers the converted headers of the record; a converter may add to them */
    public byte @Nullable [] fromConnectValue(
            String topic, Headers headers, @Nullable Schema schema, @Nullable Object connectValue) {
        return fromConnect(value, topic, headers, schema, connectValue);
    }

    @SuppressWarnings("NullAway") // Connect's own types are not annotated
    private static byte @Nullable [] fromConnect(
            Loaded<Converter> with, String topic, Headers headers, @Nullable Schema schema, @Nullable Object data) {
        try (ContextClassLoader.Scope ignored = with.enter()) {
            return with.converter().fromConnectData(topic, headers, schema, data);
        }
    }

    public SchemaAndValue toConnectKey(String topic, Headers headers, byte @Nullable [] bytes) {
        return toConnect(key, topic, headers, bytes);
    }

    public SchemaAndValue toConnectValue(String topic, Headers headers, byte @Nullable [] bytes) {
        return toConnect(value, topic, headers, bytes);
    }

    @SuppressWarnings("NullAway") // Connect's own types are not annotated
    private static SchemaAndValue toConnect(
            Loaded<Converter> with, String topic, Headers headers, byte @Nullable [] bytes) {
        try (ContextClassLoader.Scope ignored = with.enter()) {
            return with.converter().toConnectData(topic, headers, bytes);
        }
    }

    /** Connect headers to Kafka headers, in order. */
    public Headers convertHeaders(String topic, org.apache.kafka.connect.header.@Nullable Headers connectHeaders) {
        Headers converted = new RecordHeaders();
        if (connectHeaders == null || connectHeaders.isEmpty()) {
            return converted;
        }
        try (ContextClassLoader.Scope ignored = header.enter()) {
            for (org.apache.kafka.connect.header.Header one : connectHeaders) {
                converted.add(
                        one.key(), header.converter().fromConnectHeader(topic, one.key(), one.schema(), one.value()));
            }
        }
        return converted;
    }

    /** Kafka headers to Connect headers, in order. */
    public ConnectHeaders toConnectHeaders(String topic, @Nullable Headers kafkaHeaders) {
        ConnectHeaders converted = new ConnectHeaders();
        if (kafkaHeaders == null) {
            return converted;
        }
        try (ContextClassLoader.Scope ignored = header.enter()) {
            for (org.apache.kafka.common.header.Header one : kafkaHeaders) {
                converted.add(one.key(), header.converter().toConnectHeader(topic, one.key(), one.value()));
            }
        }
        return converted;
    }

    /** Closes all three; a failure is logged. */
    @Override
    public void close() {
        key.close();
        value.close();
        header.close();
    }
}
