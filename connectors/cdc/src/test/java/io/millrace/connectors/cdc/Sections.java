package io.millrace.connectors.cdc;

import io.millrace.api.Section;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Sections as a pipeline {@code shop} with a source {@code shopdb} would hand them over. */
final class Sections {
    private Sections() {}

    static Section of(Map<String, String> fields) {
        return new Section("shop", "shopdb", "shop.shopdb", fields, List.of());
    }

    static Section with(String url, String user, String password, String tables) {
        return of(new HashMap<>(Map.of("url", url, "user", user, "password", password, "tables", tables)));
    }
}
