package io.millrace.pipeline.check;

import io.millrace.api.ConnectorShorthand;
import java.util.Optional;
import java.util.Set;

/** The connectors there are. The application fills it from the plugins it found; a shorthand given here sets its own class loader. */
public interface ConnectorCatalog {

    Optional<ConnectorShorthand> shorthand(String type);

    /** The short types that can stand in a role. */
    Set<String> types(ConnectorShorthand.Role role);

    /** Whether some plugin holds this connector class, by full name or by an alias that Connect knows. */
    boolean connectorClassExists(String connectorClass);
}
