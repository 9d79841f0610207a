package io.millrace.plugin.record;

import io.millrace.foundation.config.DidYouMean;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.ProblemException;
import io.millrace.foundation.error.Problems;
import io.millrace.plugin.discovery.ContextClassLoader;
import io.millrace.plugin.discovery.PluginClass;
import io.millrace.plugin.discovery.Plugins;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.Configurable;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.components.ConnectPlugin;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.predicates.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Builds the steps of a chain from a connector's configuration, and tells all that is wrong with it at once. Used once. */
final class TransformReader<R extends ConnectRecord<R>> {
    private static final Logger LOG = LoggerFactory.getLogger(TransformReader.class);
    private static final String TYPE = "type";
    private static final Set<String> OF_THE_CHAIN = Set.of("predicate", "negate");
    private static final String CODE = "plugin.transform-config";

    private final Plugins plugins;
    private final @Nullable ClassLoader preferred;
    private final Map<String, String> config;
    private final String place;
    private final Problems problems = new Problems();
    private final List<TransformChain.Part<?>> made = new ArrayList<>();

    TransformReader(Plugins plugins, @Nullable ClassLoader preferred, Map<String, String> config) {
        this.plugins = plugins;
        this.preferred = preferred;
        this.config = config;
        this.place = config.getOrDefault("name", "");
    }

    List<TransformChain.Step<R>> read() {
        List<String> predicates = aliases("predicates");
        List<TransformChain.Step<R>> steps = new ArrayList<>();
        try {
            for (String alias : aliases("transforms")) {
                TransformChain.Step<R> step = step(alias, predicates);
                if (step != null) {
                    steps.add(step);
                }
            }
            problems.throwIfErrors(ExitCode.YOURS);
            return steps;
        } catch (RuntimeException | Error e) {
            made.forEach(TransformChain.Part::close);
            throw e;
        }
    }

    static <R extends ConnectRecord<R>> List<TransformChain.Step<R>> readOne(
            Plugins plugins, String transformClass, Map<String, String> config) {
        Map<String, String> whole = new LinkedHashMap<>();
        String alias = transformClass.substring(transformClass.lastIndexOf('.') + 1);
        TransformReader<R> reader = new TransformReader<>(plugins, null, whole);
        TransformChain.Part<Transformation<R>> part = null;
        try {
            part = reader.make(Transformation.class, alias, transformClass, config, "");
            reader.problems.throwIfErrors(ExitCode.YOURS);
        } catch (RuntimeException | Error e) {
            reader.made.forEach(TransformChain.Part::close);
            throw e;
        }
        return part == null ? List.of() : List.of(new TransformChain.Step<>(alias, part, null, false));
    }

    private List<String> aliases(String key) {
        List<String> aliases = Stream.of(config.getOrDefault(key, "").split(",", -1))
                .map(String::strip)
                .filter(alias -> !alias.isEmpty())
                .toList();
        Set<String> seen = new LinkedHashSet<>();
        for (String alias : aliases) {
            if (!seen.add(alias)) {
                error("'" + key + "' names '" + alias + "' twice.", "Give each its own name.");
            }
        }
        return List.copyOf(seen);
    }

    private TransformChain.@Nullable Step<R> step(String alias, List<String> predicates) {
        String prefix = "transforms." + alias + ".";
        Map<String, String> own = Prefixed.keysBelow(prefix, config);
        boolean negate = negate(prefix, own);
        TransformChain.Part<Predicate<R>> predicate = predicate(prefix, own.get("predicate"), predicates);
        TransformChain.Part<Transformation<R>> transformation =
                make(Transformation.class, alias, own.get(TYPE), withoutThoseOfTheChain(own), prefix);
        return transformation == null ? null : new TransformChain.Step<>(alias, transformation, predicate, negate);
    }

    /** What Connect gives to configure(): {@code type} is among it. */
    private static Map<String, String> withoutThoseOfTheChain(Map<String, String> own) {
        Map<String, String> rest = new LinkedHashMap<>(own);
        rest.keySet().removeAll(OF_THE_CHAIN);
        return rest;
    }

    private boolean negate(String prefix, Map<String, String> own) {
        String text = own.get("negate");
        if (text == null) {
            return false;
        }
        String lower = text.strip();
        if (!lower.equalsIgnoreCase("true") && !lower.equalsIgnoreCase("false")) {
            error("'" + text + "' is no value of '" + prefix + "negate'.", "Write 'true' or 'false'.");
        }
        if (!own.containsKey("predicate")) {
            error(
                    "'" + prefix + "negate' is set without '" + prefix + "predicate'.",
                    "Name the predicate to negate, or leave 'negate' out.");
        }
        return lower.equalsIgnoreCase("true");
    }

    private TransformChain.@Nullable Part<Predicate<R>> predicate(
            String prefix, @Nullable String alias, List<String> predicates) {
        if (alias == null) {
            return null;
        }
        String name = alias.strip();
        if (!predicates.contains(name)) {
            error(
                    "'" + name + "' of '" + prefix + "predicate' is not a predicate of this connector.",
                    DidYouMean.hint(name, predicates) + "'predicates' names [" + String.join(", ", predicates) + "].");
            return null;
        }
        String predicatePrefix = "predicates." + name + ".";
        Map<String, String> own = Prefixed.keysBelow(predicatePrefix, config);
        // One instance for each transformation that it guards, as Connect does: predicates may keep state.
        return make(Predicate.class, name, own.get(TYPE), own, predicatePrefix);
    }

    /** @return null where a problem was found */
    private <T extends ConnectPlugin & Configurable & AutoCloseable, K extends T> TransformChain.@Nullable Part<K> make(
            Class<T> kind, String alias, @Nullable String className, Map<String, String> own, String prefix) {
        if (className == null || className.isBlank()) {
            error("'" + alias + "' has no class.", "Set '" + prefix + "type'.");
            return null;
        }
        PluginClass<T> found;
        try {
            found = plugins.resolve(kind, className.strip(), preferred);
        } catch (ProblemException e) {
            problems.addAll(e.problems());
            return null;
        }
        T instance;
        try {
            instance = found.newInstance();
        } catch (ConnectException e) {
            error(Failures.sentence(e), "");
            return null;
        }
        @SuppressWarnings("unchecked") // a transformation takes whatever records its chain is given
        TransformChain.Part<K> part = new TransformChain.Part<>((K) instance, found.loader(), new LinkedHashMap<>(own));
        made.add(part);
        return configured(part, own, prefix) ? part : null;
    }

    private <K extends ConnectPlugin & Configurable & AutoCloseable> boolean configured(
            TransformChain.Part<K> part, Map<String, String> own, String prefix) {
        try (ContextClassLoader.Scope ignored = ContextClassLoader.enter(part.loader())) {
            ConfigDef definition = part.instance().config();
            if (definition == null) {
                error("'" + part.className() + "' declares no configuration: its config() is null.", "");
                return false;
            }
            if (!valid(part.className(), definition, own, prefix)) {
                return false;
            }
            part.instance().configure(own);
            return true;
        } catch (RuntimeException e) {
            error("'" + part.className() + "' refuses its configuration: " + Failures.sentence(e), "");
            return false;
        }
    }

    private boolean valid(String className, ConfigDef definition, Map<String, String> own, String prefix) {
        boolean valid = true;
        for (ConfigValue value : definition.validate(own)) {
            if (!value.errorMessages().isEmpty()) {
                // The others follow from the first: a missing value is then also one that its validator refuses.
                String message = value.errorMessages().get(0);
                valid = false;
                error("'" + prefix + value.name() + "' of '" + className + "': " + Failures.sentence(message), "");
            }
        }
        for (String key : own.keySet()) {
            if (!definition.names().contains(key) && !key.equals(TYPE)) {
                // Not an error: a transformation may read keys that it does not declare.
                DidYouMean.nearest(key, definition.names()).ifPresent(near -> LOG.atWarn()
                        .addKeyValue("connector", place)
                        .addKeyValue("key", prefix + key)
                        .addKeyValue("meant", prefix + near)
                        .log("a key of a transform is not known to it and looks misspelt"));
            }
        }
        return valid;
    }

    private void error(String message, String remedy) {
        problems.error(CODE, place, message, remedy);
    }
}
