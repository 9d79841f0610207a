package io.millrace.plugin.discovery;

import java.io.IOException;
import java.net.URL;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One plugin: a folder of jars, a single jar, or a folder of class files. */
final class PluginFolder implements PluginPlace {
    private static final Logger LOG = LoggerFactory.getLogger(PluginFolder.class);

    private final Path location;
    private final List<PluginJar> jars;
    private final PluginClassLoader loader;

    private PluginFolder(Path location, List<PluginJar> jars, PluginClassLoader loader) {
        this.location = location;
        this.jars = jars;
        this.loader = loader;
    }

    /**
     * Reads the names of one entry of the plugin path. A file that cannot be read is logged and left out.
     *
     * @return null where it holds neither jars nor class files
     */
    static @Nullable PluginFolder read(Path location, Collection<String> services, ClassLoader worker) {
        List<PluginJar> jars = new ArrayList<>();
        List<URL> urls = new ArrayList<>();
        for (Path file : files(location)) {
            try {
                jars.add(PluginJar.read(file, services));
                urls.add(file.toUri().toURL());
            } catch (IOException | IllegalArgumentException e) {
                unreadable(file, e);
            }
        }
        if (jars.isEmpty()) {
            return null;
        }
        // The loader's name stands before every class in stack traces: the short one.
        String name = String.valueOf(location.getFileName());
        PluginClassLoader loader = new PluginClassLoader(name, urls.toArray(new URL[0]), worker);
        return new PluginFolder(location, List.copyOf(jars), loader);
    }

    /** The archives at or below a location, sorted; where there are none but class files, the location itself. */
    private static List<Path> files(Path location) {
        if (isArchive(location)) {
            return List.of(location);
        }
        try (Stream<Path> below = Files.walk(location, FileVisitOption.FOLLOW_LINKS)) {
            List<Path> found = below.filter(file -> isArchive(file) || isClassFile(file))
                    .sorted()
                    .toList();
            List<Path> archives = found.stream().filter(PluginFolder::isArchive).toList();
            if (archives.isEmpty()) {
                return found.isEmpty() ? List.of() : List.of(location);
            }
            return archives;
        } catch (IOException | java.io.UncheckedIOException e) {
            unreadable(location, e);
            return List.of();
        }
    }

    static boolean isArchive(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return (name.endsWith(".jar") || name.endsWith(".zip")) && Files.isRegularFile(file);
    }

    static boolean isClassFile(Path file) {
        return String.valueOf(file.getFileName()).endsWith(".class");
    }

    private static void unreadable(Path file, Exception e) {
        LOG.atWarn()
                .addKeyValue("file", file)
                .addKeyValue("error", e.toString())
                .log("a file on the plugin path cannot be read and is left out");
    }

    @Override
    public String location() {
        return location.toString();
    }

    @Override
    public PluginClassLoader loader() {
        return loader;
    }

    @Override
    public Map<String, String> listed(String service) {
        Map<String, String> names = new LinkedHashMap<>();
        for (PluginJar jar : jars) {
            for (String name : jar.listed().getOrDefault(service, List.of())) {
                names.putIfAbsent(name, jar.version());
            }
        }
        return names;
    }

    /** As {@link #listed}, for a service that the scan did not read. */
    Map<String, String> read(String service) {
        Map<String, String> names = new LinkedHashMap<>();
        for (PluginJar jar : jars) {
            try {
                PluginJar again = PluginJar.read(jar.file(), List.of(service));
                again.listed()
                        .getOrDefault(service, List.of())
                        .forEach(name -> names.putIfAbsent(name, again.version()));
            } catch (IOException e) {
                unreadable(jar.file(), e);
            }
        }
        return names;
    }

    @Override
    public boolean holds(String className) {
        return loader.hasOwn(className);
    }

    @Override
    public String versionOf(String className) {
        URL url = loader.findResource(Isolation.resourceName(className));
        return url == null ? UNDEFINED : JarUrl.versionOfJarWith(url);
    }
}
