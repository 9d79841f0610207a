package io.millrace.plugin.record;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.ProblemException;
import io.millrace.foundation.error.Problems;
import io.millrace.plugin.discovery.ContextClassLoader;
import io.millrace.plugin.discovery.PluginClass;
import io.millrace.plugin.discovery.Plugins;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.kafka.connect.storage.ConverterConfig;
import org.apache.kafka.connect.storage.ConverterType;
import org.apache.kafka.connect.storage.SimpleHeaderConverter;
import org.jspecify.annotations.Nullable;

/** Makes the converters that a connector's and the worker's configuration name, and tells all that is wrong at once. Used once. */
final class ConverterReader {
    private final Plugins plugins;
    private final ClassLoader connectorLoader;
    private final Map<String, String> connector;
    private final Map<String, String> worker;
    private final String place;
    private final RecordPath path;
    private final Problems problems = new Problems();
    private final List<ConverterSet.Loaded<?>> made = new ArrayList<>();

    /** What one configuration names. */
    private record Choice(String className, @Nullable ClassLoader preferred, Map<String, String> from) {}

    ConverterReader(
            Plugins plugins, ClassLoader connectorLoader, Map<String, String> connector, Map<String, String> worker) {
        this.plugins = plugins;
        this.connectorLoader = connectorLoader;
        this.connector = connector;
        this.worker = worker;
        this.place = connector.getOrDefault("name", "");
        this.path = RecordPath.of(worker);
    }

    /** @return null where a problem was found */
    <T extends AutoCloseable> ConverterSet.@Nullable Loaded<T> read(
            String name, ConverterType type, Class<T> kind, BiConsumer<T, Map<String, String>> configure) {
        Choice choice = choose(name);
        if (choice == null) {
            problems.error(
                    "plugin.converter-missing",
                    place,
                    "'" + name + "' is set neither for the connector nor for the worker.",
                    "Set '" + name + "', for example to 'org.apache.kafka.connect.json.JsonConverter'.");
            return null;
        }
        Map<String, String> config = new HashMap<>(Prefixed.keysBelow(name + ".", choice.from()));
        config.put(ConverterConfig.TYPE_CONFIG, type.getName());
        try {
            PluginClass<T> found = plugins.resolve(kind, choice.className(), choice.preferred());
            T converter = path.newConverter(found);
            ConverterSet.Loaded<T> loaded = new ConverterSet.Loaded<>(converter, found.loader(), found.type());
            made.add(loaded);
            try (ContextClassLoader.Scope ignored = loaded.enter()) {
                configure.accept(converter, config);
            }
            return loaded;
        } catch (ProblemException e) {
            problems.addAll(e.problems());
        } catch (RuntimeException e) {
            problems.error(
                    "plugin.converter-config",
                    place,
                    "'" + name + "' (" + choice.className() + ") cannot be set up: " + Failures.sentence(e),
                    "Check the keys below '" + name + ".'.");
        }
        return null;
    }

    private @Nullable Choice choose(String name) {
        String ofConnector = connector.get(name);
        if (ofConnector != null) {
            return new Choice(ofConnector.strip(), connectorLoader, connector);
        }
        String ofWorker = worker.get(name);
        if (ofWorker != null) {
            return new Choice(ofWorker.strip(), null, worker);
        }
        return name.equals(ConverterSet.HEADER)
                ? new Choice(SimpleHeaderConverter.class.getName(), null, Map.of())
                : null;
    }

    void throwIfErrors() {
        problems.throwIfErrors(ExitCode.YOURS);
    }

    void closeAll() {
        made.forEach(ConverterSet.Loaded::close);
    }
}
