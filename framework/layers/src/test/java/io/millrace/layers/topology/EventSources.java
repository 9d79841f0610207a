package io.millrace.layers.topology;

import io.millrace.api.ConnectorShorthand;
import io.millrace.api.RawStream;
import io.millrace.api.Section;
import io.millrace.pipeline.PipelineLoader;
import io.millrace.pipeline.check.ConnectorCatalog;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.pipeline.reference.ReferenceResolver;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.config.ConfigDef;

/** Plans of pipelines whose sources, of type {@code events}, make one stream of bytes each. */
final class EventSources implements ConnectorCatalog {

    static PipelinePlan plan(String yaml, Map<String, String> environment) {
        return PipelineLoader.parse("p.yaml", yaml, Optional.empty(), new EventSources())
                .plan(ReferenceResolver.of(environment, path -> Map.of()));
    }

    @Override
    public Optional<ConnectorShorthand> shorthand(String type) {
        return type.equals("events") ? Optional.of(new Events()) : Optional.empty();
    }

    @Override
    public Set<String> types(ConnectorShorthand.Role role) {
        return Set.of("events");
    }

    @Override
    public boolean connectorClassExists(String connectorClass) {
        return false;
    }

    private static final class Events implements ConnectorShorthand {
        @Override
        public String type() {
            return "events";
        }

        @Override
        public Role role() {
            return Role.SOURCE;
        }

        @Override
        public String connectorClass() {
            return "example.Events";
        }

        @Override
        public ConfigDef fields() {
            return new ConfigDef();
        }

        @Override
        public List<RawStream> streams(Section section) {
            return List.of(new RawStream(section.name(), RawStream.Kind.EVENTS, RawStream.Format.BYTES));
        }

        @Override
        public Map<String, String> connectorConfig(Section section) {
            return Map.of();
        }
    }
}
