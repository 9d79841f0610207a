package io.millrace.app;

import io.millrace.api.ConnectorShorthand;
import io.millrace.connectors.cdc.PostgresCdcShorthand;
import io.millrace.connectors.iothttp.IotHttpShorthand;
import io.millrace.connectors.jdbc.JdbcShorthand;
import io.millrace.connectors.logs.LogsShorthand;
import io.millrace.connectors.s3.S3ParquetShorthand;
import io.millrace.connectors.search.SearchIndexShorthand;
import io.millrace.pipeline.check.ConnectorCatalog;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The short types that a distribution offers, without their plugins. */
public final class ShortTypes implements ConnectorCatalog {
    private final List<ConnectorShorthand> all = List.of(
            new PostgresCdcShorthand(),
            new LogsShorthand(),
            new IotHttpShorthand(),
            new S3ParquetShorthand(),
            new JdbcShorthand(),
            new SearchIndexShorthand());

    @Override
    public Optional<ConnectorShorthand> shorthand(String type) {
        return all.stream().filter(shorthand -> shorthand.type().equals(type)).findFirst();
    }

    @Override
    public Set<String> types(ConnectorShorthand.Role role) {
        return all.stream()
                .filter(shorthand -> shorthand.role() == role)
                .map(ConnectorShorthand::type)
                .collect(Collectors.toSet());
    }

    @Override
    public boolean connectorClassExists(String connectorClass) {
        return true;
    }
}
