package io.millrace.layers.topology;

import io.millrace.api.ConnectorShorthand;
import io.millrace.pipeline.PipelineLoader;
import io.millrace.pipeline.check.ConnectorCatalog;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.pipeline.reference.ReferenceResolver;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The plan of a YAML whose sources are plain connectors, which nobody looks for. */
final class YamlPlan {
    private static final ConnectorCatalog CATALOG = new ConnectorCatalog() {
        @Override
        public Optional<ConnectorShorthand> shorthand(String type) {
            return Optional.empty();
        }

        @Override
        public Set<String> types(ConnectorShorthand.Role role) {
            return Set.of();
        }

        @Override
        public boolean connectorClassExists(String connectorClass) {
            return true;
        }
    };

    private YamlPlan() {}

    static PipelinePlan of(String yaml) {
        return PipelineLoader.parse("p.yaml", yaml, Optional.empty(), CATALOG)
                .plan(ReferenceResolver.of(Map.of(), path -> Map.of()));
    }
}
