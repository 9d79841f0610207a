package io.millrace.plugin.json;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** How lists and maps are written, with and without schema. */
final class Containers {
    private Containers() {}

    static void writeArray(JsonBytes out, Collection<?> values, ValueWriter elements) {
        out.enter();
        out.one('[');
        boolean first = true;
        for (Object value : values) {
            if (!first) {
                out.one(',');
            }
            first = false;
            elements.write(out, value);
        }
        out.one(']');
        out.leave();
    }

    /** @param map with strings for keys; others are for Apache's class */
    static void writeObject(JsonBytes out, Map<?, ?> map, ValueWriter values) {
        requireDistinctStrings(map);
        out.enter();
        out.one('{');
        boolean first = true;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!first) {
                out.one(',');
            }
            first = false;
            if (!(entry.getKey() instanceof String key)) {
                throw NotCovered.here();
            }
            out.string(key);
            out.one(':');
            values.write(out, entry.getValue());
        }
        out.one('}');
        out.leave();
    }

    /** A map may hold equal keys, by its own measure of equality; a JSON object may not. */
    private static void requireDistinctStrings(Map<?, ?> map) {
        if (map.getClass() == HashMap.class || map.getClass() == LinkedHashMap.class || map.size() < 2) {
            return;
        }
        Set<Object> keys = new HashSet<>();
        for (Object key : map.keySet()) {
            if (!keys.add(key)) {
                throw NotCovered.here();
            }
        }
    }

    /** A map with other keys: an array of arrays of two. */
    static void writePairs(JsonBytes out, Map<?, ?> map, ValueWriter keys, ValueWriter values) {
        out.enter();
        out.enter();
        out.one('[');
        boolean first = true;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!first) {
                out.one(',');
            }
            first = false;
            out.one('[');
            keys.write(out, entry.getKey());
            out.one(',');
            values.write(out, entry.getValue());
            out.one(']');
        }
        out.one(']');
        out.leave();
        out.leave();
    }
}
