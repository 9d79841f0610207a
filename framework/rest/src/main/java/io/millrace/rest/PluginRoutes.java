package io.millrace.rest;

import io.millrace.http.Answer;
import io.millrace.http.Call;
import io.millrace.http.Routes;
import io.millrace.plugin.discovery.PluginKind;
import io.millrace.plugin.discovery.Plugins;
import java.util.Set;

/** {@code /connector-plugins}. */
final class PluginRoutes {
    private static final Set<PluginKind> CONNECTORS = Set.of(PluginKind.SOURCE, PluginKind.SINK);

    private final Plugins plugins;

    PluginRoutes(Plugins plugins) {
        this.plugins = plugins;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/connector-plugins", this::list);
    }

    private Answer list(Call call) {
        boolean connectorsOnly =
                call.query("connectorsOnly").map(Boolean::parseBoolean).orElse(true);
        return Answer.json(
                200,
                plugins.descriptions().stream()
                        .filter(plugin -> !connectorsOnly || CONNECTORS.contains(plugin.kind()))
                        .map(Bodies.PluginInfo::of)
                        .distinct()
                        .toList());
    }
}
