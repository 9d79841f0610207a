package io.millrace.plugin.discovery;

import io.millrace.api.ConnectorShorthand;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import io.millrace.foundation.error.Problems;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All plugins of a worker. Thread-safe. Owns the plugins' class loaders: closed last, after everything that was resolved here has ended.
 */
public final class Plugins implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Plugins.class);

    /** The services whose manifests a scan reads. */
    private static final Set<String> SCANNED = Stream.concat(
                    Stream.of(PluginKind.values()).map(kind -> kind.service().getName()),
                    Stream.of(ConnectorShorthand.class.getName()))
            .collect(Collectors.toUnmodifiableSet());

    private final List<Path> pluginPath;
    private final List<PluginPlace> places;
    private final PluginResolver resolver;

    private Plugins(List<Path> pluginPath, List<PluginPlace> places) {
        this.pluginPath = pluginPath;
        this.places = places;
        this.resolver = new PluginResolver(pluginPath, places);
    }

    /**
     * A service's provider.
     *
     * @param loader the context class loader of every call of it
     * @param location the plugin's folder or jar, or {@code class path}
     */
    public record Service<T>(T provider, ClassLoader loader, String location) {}

    /**
     * Reads the names of all plugins and constructs none. A jar that cannot be read is logged and left out.
     *
     * @param pluginPath as Connect's {@code plugin.path}: folders whose entries are plugins, each a folder of jars, a jar, or a folder of
     *     class files; or single jars
     * @throws ProblemException with every entry that does not exist ({@code plugin.path-missing})
     */
    public static Plugins scan(List<Path> pluginPath) {
        return scan(pluginPath, Plugins.class.getClassLoader());
    }

    static Plugins scan(List<Path> pluginPath, ClassLoader worker) {
        long begin = System.nanoTime();
        List<Path> absolute = pluginPath.stream()
                .map(path -> path.toAbsolutePath().normalize())
                .toList();
        List<PluginPlace> places = new ArrayList<>();
        for (Path location : locations(absolute)) {
            PluginFolder folder = PluginFolder.read(location, SCANNED, worker);
            if (folder != null) {
                places.add(folder);
            }
        }
        LOG.atInfo()
                .addKeyValue("path", absolute)
                .addKeyValue("folders", places.size())
                .addKeyValue("millis", (System.nanoTime() - begin) / 1_000_000)
                .log("plugins found");
        places.add(new WorkerClassPath(worker));
        return new Plugins(absolute, List.copyOf(places));
    }

    private static Set<Path> locations(List<Path> pluginPath) {
        Problems problems = new Problems();
        Set<Path> locations = new LinkedHashSet<>();
        for (Path path : pluginPath) {
            if (!Files.exists(path)) {
                problems.error(
                        "plugin.path-missing",
                        "",
                        "'" + path + "' on the plugin path does not exist.",
                        "Create the folder, or take it off the plugin path.");
            } else if (Files.isDirectory(path)) {
                locations.addAll(entries(path));
            } else if (PluginFolder.isArchive(path)) {
                locations.add(path);
            } else {
                problems.error(
                        "plugin.path-missing",
                        "",
                        "'" + path + "' on the plugin path is neither a folder nor a jar.",
                        "Name the folder that holds the plugins.");
            }
        }
        problems.throwIfErrors(ExitCode.YOURS);
        return locations;
    }

    /** Sorted, so that every start sees the same order. */
    private static Set<Path> entries(Path folder) {
        Set<Path> entries = new TreeSet<>();
        try (DirectoryStream<Path> listing = Files.newDirectoryStream(
                folder,
                entry ->
                        Files.isDirectory(entry) || PluginFolder.isArchive(entry) || PluginFolder.isClassFile(entry))) {
            listing.forEach(entries::add);
        } catch (IOException e) {
            throw new ProblemException(
                    ExitCode.ENVIRONMENT,
                    Problem.error(
                            "plugin.path-unreadable",
                            "",
                            "'" + folder + "' on the plugin path cannot be listed: " + e + ".",
                            "Let the worker read the folder."),
                    e);
        }
        return entries;
    }

    /** The folders and jars searched, absolute. */
    public List<Path> pluginPath() {
        return pluginPath;
    }

    /** Everything that manifests name, the class path last; plugins without a manifest are not among them. */
    public List<PluginDescription> descriptions() {
        return resolver.descriptions();
    }

    /**
     * Loads the class of a plugin, without initializing it. Of several versions the highest wins, except that the preferred loader's own
     * comes first.
     *
     * @param kind {@code Connector} (or its two subtypes), {@code Converter}, {@code HeaderConverter}, {@code Transformation} or {@code Predicate}
     * @param classOrAlias a class name, listed in a manifest or not; or the short name of a listed one, where it is unambiguous
     * @param preferred the connector's loader for its converters and transforms
     * @throws ProblemException YOURS: {@code plugin.not-found}, {@code plugin.ambiguous-alias}, {@code plugin.wrong-kind},
     *     {@code plugin.not-loadable}
     */
    public <T> PluginClass<T> resolve(Class<T> kind, String classOrAlias, @Nullable ClassLoader preferred) {
        return resolver.resolve(kind, classOrAlias, preferred);
    }

    /**
     * Constructs all providers of a service, each under its own loader. One that fails is logged and left out.
     *
     * @param service an interface that plugins share with the worker
     */
    public <T> List<Service<T>> services(Class<T> service) {
        List<Service<T>> services = new ArrayList<>();
        for (PluginPlace place : places) {
            for (Map.Entry<String, String> name :
                    listed(place, service.getName()).entrySet()) {
                try {
                    Class<? extends T> type =
                            Class.forName(name.getKey(), false, place.loader()).asSubclass(service);
                    T provider =
                            new PluginClass<>(type, place.loader(), name.getValue(), place.location()).newInstance();
                    services.add(new Service<>(provider, place.loader(), place.location()));
                } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
                    LOG.atError()
                            .setCause(e)
                            .addKeyValue("class", name.getKey())
                            .addKeyValue("location", place.location())
                            .log("a provider cannot be used and is left out");
                }
            }
        }
        return List.copyOf(services);
    }

    private static Map<String, String> listed(PluginPlace place, String service) {
        if (place instanceof PluginFolder folder && !SCANNED.contains(service)) {
            return folder.read(service);
        }
        return place.listed(service);
    }

    @Override
    public void close() {
        for (PluginPlace place : places) {
            if (place instanceof PluginFolder folder) {
                try {
                    folder.loader().close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }
}
