package io.millrace.pipeline.yaml;

import java.util.List;

/** A sequence. */
public record YamlList(Place place, List<YamlNode> items) implements YamlNode {
    public YamlList {
        items = List.copyOf(items);
    }

    @Override
    public Kind kind() {
        return Kind.LIST;
    }
}
