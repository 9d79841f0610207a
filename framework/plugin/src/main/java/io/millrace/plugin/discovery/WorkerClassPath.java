package io.millrace.plugin.discovery;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The worker's own class path, where Apache's JsonConverter and transforms are. Read when first asked; thread-safe. */
final class WorkerClassPath implements PluginPlace {
    private final ClassLoader loader;
    private final Map<String, Map<String, String>> listed = new ConcurrentHashMap<>();

    WorkerClassPath(ClassLoader loader) {
        this.loader = loader;
    }

    @Override
    public String location() {
        return "class path";
    }

    @Override
    public ClassLoader loader() {
        return loader;
    }

    @Override
    public Map<String, String> listed(String service) {
        return listed.computeIfAbsent(service, this::read);
    }

    private Map<String, String> read(String service) {
        Map<String, String> names = new LinkedHashMap<>();
        try {
            List<URL> manifests = Collections.list(loader.getResources("META-INF/services/" + service));
            for (URL manifest : manifests) {
                String version = JarUrl.versionOfJarWith(manifest);
                PluginJar.names(text(manifest)).forEach(name -> names.putIfAbsent(name, version));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Collections.unmodifiableMap(names);
    }

    private static String text(URL url) throws IOException {
        URLConnection connection = url.openConnection();
        connection.setUseCaches(false);
        try (InputStream in = connection.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public boolean holds(String className) {
        return loader.getResource(Isolation.resourceName(className)) != null;
    }

    @Override
    public String versionOf(String className) {
        URL url = loader.getResource(Isolation.resourceName(className));
        return url == null ? UNDEFINED : JarUrl.versionOfJarWith(url);
    }
}
