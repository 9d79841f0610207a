package io.millrace.plugin.discovery;

import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.predicates.Predicate;

/** What a Connect plugin is; {@link #text()} is the {@code type} of Connect's REST API. */
public enum PluginKind {
    SOURCE("source", SourceConnector.class, "Connector"),
    SINK("sink", SinkConnector.class, "Connector"),
    CONVERTER("converter", Converter.class, "Converter"),
    HEADER_CONVERTER("header_converter", HeaderConverter.class, "HeaderConverter"),
    TRANSFORMATION("transformation", Transformation.class, "Transformation"),
    PREDICATE("predicate", Predicate.class, "Predicate");

    private final String text;
    private final Class<?> service;
    private final String suffix;

    PluginKind(String text, Class<?> service, String suffix) {
        this.text = text;
        this.service = service;
        this.suffix = suffix;
    }

    public String text() {
        return text;
    }

    /** The type of the Connect API that plugins of this kind extend, which also names their service manifest. */
    public Class<?> service() {
        return service;
    }

    /** The simple name, and the simple name up to its last suffix {@code Connector}, {@code Converter} and so on. */
    List<String> aliasesOf(String className) {
        String simple = className.substring(Math.max(className.lastIndexOf('.'), className.lastIndexOf('$')) + 1);
        int end = simple.lastIndexOf(suffix);
        return end > 0 ? List.of(simple, simple.substring(0, end)) : List.of(simple);
    }

    /** The kinds that a type stands for; {@code Connector} stands for two, an unknown type for none. */
    static List<PluginKind> of(Class<?> type) {
        return Stream.of(values())
                .filter(kind -> type.isAssignableFrom(kind.service))
                .toList();
    }
}
