package io.millrace.plugin.discovery;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;

/** Reads {@code jar:file:/plugins/x.jar!/a/B.class}. */
final class JarUrl {
    private JarUrl() {}

    /** The version of the jar that an entry lies in; {@code undefined} where it lies elsewhere. */
    static String versionOfJarWith(URL entry) {
        String path = entry.getPath();
        int end = path.indexOf("!/");
        if (!entry.getProtocol().equals("jar") || end < 0) {
            return PluginPlace.UNDEFINED;
        }
        try {
            return PluginJar.versionOf(Path.of(new URI(path.substring(0, end))));
        } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
            return PluginPlace.UNDEFINED;
        }
    }
}
