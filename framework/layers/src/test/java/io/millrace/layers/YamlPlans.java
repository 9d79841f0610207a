package io.millrace.layers;

import io.millrace.api.ConnectorShorthand;
import io.millrace.pipeline.PipelineLoader;
import io.millrace.pipeline.check.ConnectorCatalog;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.pipeline.reference.ReferenceResolver;
import java.util.Optional;
import java.util.Set;

/** Plans of pipelines as a user writes them; every connector is one named by its class. */
public final class YamlPlans {
    private YamlPlans() {}

    public static PipelinePlan plan(String yaml) {
        return PipelineLoader.parse("p.yaml", yaml, Optional.empty(), new AnyClass())
                .plan(ReferenceResolver.none());
    }

    private static final class AnyClass implements ConnectorCatalog {
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
    }
}
