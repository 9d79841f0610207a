package io.millrace.app;

import io.millrace.api.ConnectorShorthand;
import io.millrace.api.Finding;
import io.millrace.api.RawStream;
import io.millrace.api.Section;
import io.millrace.foundation.error.ProblemException;
import io.millrace.pipeline.check.ConnectorCatalog;
import io.millrace.plugin.discovery.ContextClassLoader;
import io.millrace.plugin.discovery.Plugins;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Connector;

/** Shows a worker's plugins to the pipeline module, which knows none; each call of a shorthand runs under its plugin's loader. */
final class PluginCatalog implements ConnectorCatalog {
    private final Plugins plugins;
    private final Map<String, ConnectorShorthand> shorthands = new TreeMap<>();

    PluginCatalog(Plugins plugins) {
        this.plugins = plugins;
        plugins.services(ConnectorShorthand.class)
                .forEach(service -> shorthands.put(
                        service.provider().type(), new UnderItsLoader(service.provider(), service.loader())));
    }

    @Override
    public Optional<ConnectorShorthand> shorthand(String type) {
        return Optional.ofNullable(shorthands.get(type));
    }

    @Override
    public Set<String> types(ConnectorShorthand.Role role) {
        return shorthands.values().stream()
                .filter(shorthand -> shorthand.role() == role)
                .map(ConnectorShorthand::type)
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public boolean connectorClassExists(String connectorClass) {
        try {
            plugins.resolve(Connector.class, connectorClass, null);
            return true;
        } catch (ProblemException e) {
            // the pipeline reports it, with the place in the file
            return false;
        }
    }

    private record UnderItsLoader(ConnectorShorthand shorthand, ClassLoader loader) implements ConnectorShorthand {
        @Override
        public String type() {
            return shorthand.type();
        }

        @Override
        public Role role() {
            return shorthand.role();
        }

        @Override
        public String connectorClass() {
            return shorthand.connectorClass();
        }

        @Override
        public ConfigDef fields() {
            try (ContextClassLoader.Scope scope = ContextClassLoader.enter(loader)) {
                return shorthand.fields();
            }
        }

        @Override
        public List<Finding> check(Section section) {
            try (ContextClassLoader.Scope scope = ContextClassLoader.enter(loader)) {
                return shorthand.check(section);
            }
        }

        @Override
        public List<RawStream> streams(Section section) {
            try (ContextClassLoader.Scope scope = ContextClassLoader.enter(loader)) {
                return shorthand.streams(section);
            }
        }

        @Override
        public Map<String, String> connectorConfig(Section section) {
            try (ContextClassLoader.Scope scope = ContextClassLoader.enter(loader)) {
                return shorthand.connectorConfig(section);
            }
        }

        @Override
        public List<Finding> preflight(Section section) {
            try (ContextClassLoader.Scope scope = ContextClassLoader.enter(loader)) {
                return shorthand.preflight(section);
            }
        }
    }
}
