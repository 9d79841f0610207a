package io.millrace.pipeline.yaml;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Lays one map over another: maps merge, lists and single values replace, null deletes. Every node keeps the place it came from. */
public final class YamlMerge {
    private YamlMerge() {}

    public static YamlMap merge(YamlMap base, YamlMap overlay) {
        List<YamlMap.Entry> merged = new ArrayList<>();
        for (YamlMap.Entry entry : base.entries()) {
            Optional<YamlMap.Entry> over = overlay.entry(entry.key());
            if (over.isEmpty()) {
                merged.add(entry);
            } else if (!deletes(over.get().value())) {
                merged.add(new YamlMap.Entry(
                        entry.key(),
                        over.get().keyPlace(),
                        mergeValue(entry.value(), over.get().value())));
            }
        }
        for (YamlMap.Entry entry : overlay.entries()) {
            if (base.entry(entry.key()).isEmpty() && !deletes(entry.value())) {
                merged.add(new YamlMap.Entry(
                        entry.key(),
                        entry.keyPlace(),
                        mergeValue(new YamlMap(base.place(), List.of()), entry.value())));
            }
        }
        return new YamlMap(base.place(), merged);
    }

    private static YamlNode mergeValue(YamlNode base, YamlNode overlay) {
        if (!(overlay instanceof YamlMap over)) {
            return overlay;
        }
        if (base instanceof YamlMap under && !under.entries().isEmpty()) {
            return merge(under, over);
        }
        return merge(new YamlMap(over.place(), List.of()), over);
    }

    private static boolean deletes(YamlNode value) {
        return value instanceof YamlScalar scalar && scalar.isNull();
    }
}
