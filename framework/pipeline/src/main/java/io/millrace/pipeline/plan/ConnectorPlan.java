package io.millrace.pipeline.plan;

import io.millrace.api.ConnectorShorthand;
import io.millrace.pipeline.model.StreamName;
import java.util.List;
import java.util.Map;

/**
 * A connector to run.
 *
 * @param name {@code <pipeline>.<section>}
 * @param section its name in the pipeline
 * @param type as the user wrote it: a shorthand's type, or the connector class
 * @param config the whole Connect configuration, converters and transforms included; holds secrets: never print it
 * @param inputs the streams a sink reads; empty for a source
 */
public record ConnectorPlan(
        String name,
        String section,
        String type,
        ConnectorShorthand.Role role,
        Map<String, String> config,
        List<StreamName> inputs) {
    public ConnectorPlan {
        config = Map.copyOf(config);
        inputs = List.copyOf(inputs);
    }

    /** Without the configuration, which holds secrets. */
    @Override
    public String toString() {
        return "ConnectorPlan[" + name + ", " + type + ", " + role + "]";
    }
}
