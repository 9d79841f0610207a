package io.millrace.plugin.discovery;

import io.millrace.foundation.config.DidYouMean;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import io.millrace.plugin.converter.ByteArrayConverter;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** From the name in a configuration to the class of one plugin. Thread-safe; reads the class path's manifests when first needed. */
final class PluginResolver {
    private static final String APACHE_CONVERTERS = "org.apache.kafka.connect.converters.";
    /** What Apache ships inside its runtime, which is not here, and the worker has under names of its own. */
    private static final Set<String> OWN_CONVERTERS = Set.of(
            "BooleanConverter",
            "ByteArrayConverter",
            "DoubleConverter",
            "FloatConverter",
            "IntegerConverter",
            "LongConverter",
            "ShortConverter");

    private final List<Path> pluginPath;
    private final List<PluginPlace> places;

    private record Candidate(PluginPlace place, String className, String version) {}

    PluginResolver(List<Path> pluginPath, List<PluginPlace> places) {
        this.pluginPath = pluginPath;
        this.places = places;
    }

    List<PluginDescription> descriptions() {
        List<PluginDescription> descriptions = new ArrayList<>();
        for (PluginKind kind : PluginKind.values()) {
            Map<String, Set<String>> aliases = aliases(aliasScope(kind));
            for (PluginPlace place : places) {
                place.listed(kind.service().getName()).forEach((className, version) -> {
                    List<String> own = kind.aliasesOf(className).stream()
                            .filter(alias ->
                                    aliases.getOrDefault(alias, Set.of()).size() == 1)
                            .toList();
                    descriptions.add(new PluginDescription(className, kind, version, place.location(), own));
                });
            }
        }
        return List.copyOf(descriptions);
    }

    /** A connector's alias may be written for either kind of connector, so it must be unambiguous among both. */
    private static List<PluginKind> aliasScope(PluginKind kind) {
        return switch (kind) {
            case SOURCE, SINK -> List.of(PluginKind.SOURCE, PluginKind.SINK);
            case CONVERTER, HEADER_CONVERTER, TRANSFORMATION, PREDICATE -> List.of(kind);
        };
    }

    <T> PluginClass<T> resolve(Class<T> type, String written, @Nullable ClassLoader preferred) {
        String classOrAlias = own(written);
        List<PluginKind> kinds = PluginKind.of(type);
        if (kinds.isEmpty()) {
            throw new IllegalArgumentException("'" + type.getName() + "' is no kind of plugin");
        }
        List<Candidate> candidates = candidates(kinds, classOrAlias, preferred);
        if (candidates.isEmpty()) {
            Set<String> meant = aliases(kinds).getOrDefault(classOrAlias, Set.of());
            if (meant.size() > 1) {
                throw ambiguous(classOrAlias, meant);
            }
            candidates = meant.stream()
                    .flatMap(className -> candidates(kinds, className, preferred).stream())
                    .toList();
        }
        if (candidates.isEmpty()) {
            throw notFound(kinds, classOrAlias);
        }
        return load(type, choose(candidates, preferred));
    }

    private static String own(String written) {
        boolean ofApachesRuntime = written.startsWith(APACHE_CONVERTERS)
                && OWN_CONVERTERS.contains(written.substring(APACHE_CONVERTERS.length()));
        return ofApachesRuntime
                ? ByteArrayConverter.class.getPackageName() + "." + written.substring(APACHE_CONVERTERS.length())
                : written;
    }

    private List<Candidate> candidates(List<PluginKind> kinds, String className, @Nullable ClassLoader preferred) {
        List<Candidate> found = new ArrayList<>();
        for (PluginPlace place : places) {
            String version = kinds.stream()
                    .map(kind -> place.listed(kind.service().getName()).get(className))
                    .filter(listed -> listed != null)
                    .findFirst()
                    .orElse(null);
            if (version != null) {
                found.add(new Candidate(place, className, version));
            } else if (place.loader() == preferred && place.holds(className)) {
                found.add(new Candidate(place, className, place.versionOf(className)));
            }
        }
        if (found.isEmpty() && className.indexOf('/') < 0) {
            for (PluginPlace place : places) {
                if (place.holds(className)) {
                    found.add(new Candidate(place, className, place.versionOf(className)));
                }
            }
        }
        return found;
    }

    private static Candidate choose(List<Candidate> candidates, @Nullable ClassLoader preferred) {
        Candidate best = candidates.get(0);
        for (Candidate candidate : candidates) {
            if (candidate.place().loader() == preferred) {
                return candidate;
            }
            // Of equal versions the first on the plugin path stays.
            if (VersionOrder.INSTANCE.compare(candidate.version(), best.version()) > 0) {
                best = candidate;
            }
        }
        Candidate last = candidates.get(candidates.size() - 1);
        // A plugin that shades Apache Kafka's own plugins lists them under the version of its own jar, which says
        // nothing about them.
        boolean ofTheWorker = last.place() instanceof WorkerClassPath && Isolation.isOfKafkaPlugins(last.className());
        return ofTheWorker ? last : best;
    }

    private static <T> PluginClass<T> load(Class<T> type, Candidate chosen) {
        PluginPlace place = chosen.place();
        Class<?> loaded;
        try {
            loaded = Class.forName(chosen.className(), false, place.loader());
        } catch (ClassNotFoundException | LinkageError e) {
            throw new ProblemException(
                    ExitCode.YOURS,
                    Problem.error(
                            "plugin.not-loadable",
                            "",
                            "'" + chosen.className() + "' of '" + place.location() + "' cannot be loaded: " + e + ".",
                            "Check that the plugin's folder holds all of its jars."),
                    e);
        }
        if (!type.isAssignableFrom(loaded) || Modifier.isAbstract(loaded.getModifiers())) {
            throw new ProblemException(
                    ExitCode.YOURS,
                    Problem.error(
                            "plugin.wrong-kind",
                            "",
                            "'" + chosen.className() + "' of '" + place.location() + "' is not a "
                                    + type.getSimpleName() + " that can be constructed.",
                            "Name a class that implements '" + type.getName() + "'."));
        }
        return new PluginClass<>(loaded.asSubclass(type), place.loader(), chosen.version(), place.location());
    }

    private Map<String, Set<String>> aliases(Collection<PluginKind> kinds) {
        Map<String, Set<String>> aliases = new TreeMap<>();
        for (PluginKind kind : kinds) {
            for (PluginPlace place : places) {
                for (String className : place.listed(kind.service().getName()).keySet()) {
                    for (String alias : kind.aliasesOf(className)) {
                        aliases.computeIfAbsent(alias, name -> new TreeSet<>()).add(className);
                    }
                }
            }
        }
        return aliases;
    }

    private static ProblemException ambiguous(String alias, Set<String> meant) {
        return new ProblemException(
                ExitCode.YOURS,
                Problem.error(
                        "plugin.ambiguous-alias",
                        "",
                        "'" + alias + "' is the short name of several plugins of this worker: "
                                + String.join(", ", meant) + ".",
                        "Write the whole class name."));
    }

    private ProblemException notFound(List<PluginKind> kinds, String name) {
        Map<String, Set<String>> aliases = aliases(kinds);
        Set<String> classNames = new TreeSet<>();
        aliases.values().forEach(classNames::addAll);
        Set<String> words = new LinkedHashSet<>(classNames);
        words.addAll(aliases.keySet());
        String known = classNames.isEmpty()
                ? "It has no plugins of this kind."
                : "Plugins of this kind: " + String.join(", ", classNames) + ".";
        String searched = pluginPath.isEmpty()
                ? "Only the class path was searched: no plugin path is set."
                : "Searched: "
                        + String.join(
                                ", ", pluginPath.stream().map(Path::toString).toList()) + ", the class path.";
        return new ProblemException(
                ExitCode.YOURS,
                Problem.error(
                        "plugin.not-found",
                        "",
                        "'" + name + "' is not a plugin of this worker.",
                        DidYouMean.hint(name, words) + known + " " + searched));
    }
}
