package io.millrace.connectors.s3;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The store's keys, listed once per prefix while one batch is looked at: partitions of a topic share a prefix. */
final class Listing {
    private final ObjectStore store;
    private final Map<String, List<String>> keys = new HashMap<>();

    Listing(ObjectStore store) {
        this.store = store;
    }

    List<String> of(String prefix) {
        return keys.computeIfAbsent(prefix, store::list);
    }
}
