package io.millrace.plugin.record;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import io.millrace.plugin.discovery.ContextClassLoader;
import io.millrace.plugin.discovery.PluginClass;
import io.millrace.plugin.discovery.Plugins;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.ConverterConfig;
import org.apache.kafka.connect.storage.ConverterType;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.apache.kafka.connect.storage.SimpleHeaderConverter;
import org.jspecify.annotations.Nullable;

/**
 * The key, value and header converter of one task, each called under its own plugin's class loader. Exceptions of a converter pass
 * through unchanged. Owned by the task's thread.
 */
public final class ConverterSet implements AutoCloseable {
    private static final String KEY = "key.converter";
    private static final String VALUE = "value.converter";
    private static final String HEADER = "header.converter";

    private final Loaded<Converter> key;
    private final Loaded<Converter> value;
    private final Loaded<HeaderConverter> header;

    private record Loaded<T extends AutoCloseable>(T converter, ClassLoader loader) {
        ContextClassLoader.Scope enter() {
            return ContextClassLoader.enter(loader);
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
     * @throws ProblemException where a converter is not configured ({@code plugin.converter-missing}) or not found
     * @throws org.apache.kafka.common.config.ConfigException where a converter refuses its configuration
     */
    public static ConverterSet create(
            Plugins plugins,
            ClassLoader connectorLoader,
            Map<String, String> connectorConfig,
            Map<String, String> workerConfig) {
        List<AutoCloseable> made = new ArrayList<>();
        try {
            Choice keyChoice = choose(KEY, connectorLoader, connectorConfig, workerConfig);
            Loaded<Converter> key = keyChoice.load(plugins, Converter.class, made);
            configure(key, keyChoice.config(ConverterType.KEY), true);
            Choice valueChoice = choose(VALUE, connectorLoader, connectorConfig, workerConfig);
            Loaded<Converter> value = valueChoice.load(plugins, Converter.class, made);
            configure(value, valueChoice.config(ConverterType.VALUE), false);
            Choice headerChoice = choose(HEADER, connectorLoader, connectorConfig, workerConfig);
            Loaded<HeaderConverter> header = headerChoice.load(plugins, HeaderConverter.class, made);
            try (ContextClassLoader.Scope ignored = header.enter()) {
                header.converter().configure(headerChoice.config(ConverterType.HEADER));
            }
            return new ConverterSet(key, value, header);
        } catch (RuntimeException | Error e) {
            made.forEach(converter -> Utils.closeQuietly(converter, "converter"));
            throw e;
        }
    }

    private record Choice(
            String name, String className, @Nullable ClassLoader preferred, Map<String, String> from) {
        <T extends AutoCloseable> Loaded<T> load(Plugins plugins, Class<T> kind, List<AutoCloseable> made) {
            PluginClass<T> found = plugins.resolve(kind, className, preferred);
            T converter = found.newInstance();
            made.add(converter);
            return new Loaded<>(converter, found.loader());
        }

        Map<String, String> config(ConverterType type) {
            Map<String, String> config = new HashMap<>(Prefixed.keysBelow(name + ".", from));
            config.put(ConverterConfig.TYPE_CONFIG, type.getName());
            return config;
        }
    }

    private static Choice choose(
            String name, ClassLoader connectorLoader, Map<String, String> connector, Map<String, String> worker) {
        String ofConnector = connector.get(name);
        if (ofConnector != null) {
            return new Choice(name, ofConnector.strip(), connectorLoader, connector);
        }
        String ofWorker = worker.get(name);
        if (ofWorker != null) {
            return new Choice(name, ofWorker.strip(), null, worker);
        }
        if (name.equals(HEADER)) {
            return new Choice(name, SimpleHeaderConverter.class.getName(), null, Map.of());
        }
        throw new ProblemException(
                ExitCode.YOURS,
                Problem.error(
                        "plugin.converter-missing",
                        connector.getOrDefault("name", ""),
                        "'" + name + "' is set neither for the connector nor for the worker.",
                        "Set '" + name + "', for example to 'org.apache.kafka.connect.json.JsonConverter'."));
    }

    private static void configure(Loaded<Converter> converter, Map<String, String> config, boolean isKey) {
        try (ContextClassLoader.Scope ignored = converter.enter()) {
            converter.converter().configure(config, isKey);
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
        close(key, KEY);
        close(value, VALUE);
        close(header, HEADER);
    }

    private static void close(Loaded<?> loaded, String name) {
        try (ContextClassLoader.Scope ignored = loaded.enter()) {
            Utils.closeQuietly(loaded.converter(), name);
        }
    }
}
