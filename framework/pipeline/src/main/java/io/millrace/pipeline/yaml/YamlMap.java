package io.millrace.pipeline.yaml;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A mapping with scalar keys, in the order written; no key is there twice. */
public record YamlMap(Place place, List<Entry> entries) implements YamlNode {

    /** A key, where it stands, and its value. */
    public record Entry(String key, Place keyPlace, YamlNode value) {}

    public YamlMap {
        entries = List.copyOf(entries);
    }

    @Override
    public Kind kind() {
        return Kind.MAP;
    }

    public Optional<Entry> entry(String key) {
        return entries.stream().filter(entry -> entry.key().equals(key)).findFirst();
    }

    public Optional<YamlNode> get(String key) {
        return entry(key).map(Entry::value);
    }

    public List<String> keys() {
        return entries.stream().map(Entry::key).toList();
    }

    /** This map without some of its keys. */
    public YamlMap without(Set<String> keys) {
        return new YamlMap(
                place,
                entries.stream().filter(entry -> !keys.contains(entry.key())).toList());
    }
}
