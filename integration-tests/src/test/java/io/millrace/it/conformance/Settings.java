package io.millrace.it.conformance;

import java.util.Map;
import java.util.TreeMap;

/** The configuration of a probe connector. Immutable. */
final class Settings {
    private final Map<String, String> map;

    private Settings(Map<String, String> map) {
        this.map = Map.copyOf(map);
    }

    /** A source whose records go by one transformation and the probes' converters to the topic of its own name. */
    static Settings source(String name) {
        return common(name)
                .with("connector.class", "probeplugin.ProbeSourceConnector")
                .with("topic.creation.default.partitions", "1")
                .with("topic.creation.default.replication.factor", "1");
    }

    /** The same of a sink. */
    static Settings sink(String name, String... topics) {
        return common(name)
                .with("connector.class", "probeplugin.ProbeSinkConnector")
                .with("topics", String.join(",", topics));
    }

    private static Settings common(String name) {
        Settings settings = new Settings(Map.of("name", name, "tasks.max", "1", "transforms", "probe"));
        for (String side : new String[] {"key", "value"}) {
            settings = settings.with(side + ".converter", "probeplugin.ProbeConverter")
                    .with(side + ".converter.probe.connector", name);
        }
        return settings.with("header.converter", "probeplugin.ProbeHeaderConverter")
                .with("header.converter.probe.connector", name)
                .with("transforms.probe.type", "probeplugin.ProbeTransformation")
                .with("transforms.probe.probe.connector", name);
    }

    Settings with(String key, String value) {
        Map<String, String> more = new TreeMap<>(map);
        more.put(key, value);
        return new Settings(more);
    }

    Settings without(String key) {
        Map<String, String> less = new TreeMap<>(map);
        less.remove(key);
        return new Settings(less);
    }

    /** What the task and the connector do, as {@code probeplugin.Probe} tells. */
    Settings script(String script) {
        return with("probe.script", script);
    }

    Map<String, String> map() {
        return map;
    }
}
