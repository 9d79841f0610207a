package io.millrace.plugin.record;

import java.util.LinkedHashMap;
import java.util.Map;

/** A configuration's keys below a prefix. */
final class Prefixed {
    private Prefixed() {}

    static Map<String, String> keysBelow(String prefix, Map<String, String> config) {
        Map<String, String> below = new LinkedHashMap<>();
        config.forEach((key, value) -> {
            if (key.startsWith(prefix) && key.length() > prefix.length()) {
                below.put(key.substring(prefix.length()), value);
            }
        });
        return below;
    }
}
