package io.millrace.pipeline;

import io.millrace.api.ConnectorShorthand;
import io.millrace.pipeline.check.ConnectorCatalog;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The fake types, and one connector class. */
final class FakeCatalog implements ConnectorCatalog {
    private final List<FakeShorthand> types = List.of(FakeShorthand.cdc(), FakeShorthand.logs(), FakeShorthand.lake());

    @Override
    public Optional<ConnectorShorthand> shorthand(String type) {
        return types.stream()
                .filter(shorthand -> shorthand.type().equals(type))
                .map(ConnectorShorthand.class::cast)
                .findFirst();
    }

    @Override
    public Set<String> types(ConnectorShorthand.Role role) {
        return types.stream()
                .filter(shorthand -> shorthand.role() == role)
                .map(FakeShorthand::type)
                .collect(Collectors.toSet());
    }

    @Override
    public boolean connectorClassExists(String connectorClass) {
        return connectorClass.startsWith("example.");
    }
}
