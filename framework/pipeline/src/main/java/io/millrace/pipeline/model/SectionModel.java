package io.millrace.pipeline.model;

import io.millrace.api.ConnectorShorthand;
import io.millrace.api.RawStream;
import io.millrace.pipeline.yaml.Place;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlScalar;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A source or a sink: either {@code type:} with the fields of that type, or {@code class:} with {@code config:} for any Connect connector.
 *
 * @param place of its name
 * @param type the short name; empty for a plain connector
 * @param connectorClass of a plain connector; empty for a short type
 * @param from what a sink reads: stream names and globs
 * @param streams what a plain source makes, by name; a shorthand knows its own
 * @param tasks {@code tasks.max}, 1 or more; empty for what the type says, or 1
 * @param onError without the pipeline's defaults
 * @param transforms Connect transforms, each with {@code class}
 * @param fields what is left: the fields of the type, or {@code config} of a plain connector
 */
public record SectionModel(
        String name,
        ConnectorShorthand.Role role,
        Place place,
        Optional<YamlScalar> type,
        Optional<YamlScalar> connectorClass,
        List<Located<String>> from,
        Map<String, Located<RawStream.Kind>> streams,
        Optional<Integer> tasks,
        ErrorPolicy onError,
        List<YamlMap> transforms,
        YamlMap fields) {
    public SectionModel {
        from = List.copyOf(from);
        transforms = List.copyOf(transforms);
    }

    /** {@code source:<name>} or {@code sink:<name>}. */
    public String stage() {
        return (role == ConnectorShorthand.Role.SOURCE ? "source:" : "sink:") + name;
    }

    /** As the user wrote it: the short type or the connector class. */
    public String typeText() {
        return type.or(() -> connectorClass).map(YamlScalar::text).orElse("");
    }
}
