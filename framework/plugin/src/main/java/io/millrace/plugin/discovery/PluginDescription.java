package io.millrace.plugin.discovery;

import java.util.List;

/**
 * A plugin as its manifest names it.
 *
 * @param version of its jar, or {@code undefined}
 * @param location the plugin's folder or jar, or {@code class path}
 * @param aliases the short names that mean this class and no other of its kind
 */
public record PluginDescription(
        String className, PluginKind kind, String version, String location, List<String> aliases) {
    public PluginDescription {
        aliases = List.copyOf(aliases);
    }
}
