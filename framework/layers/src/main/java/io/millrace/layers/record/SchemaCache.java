package io.millrace.layers.record;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What was worked out for a schema: found by identity, and by equality where an equal schema comes as another object. Bounded by starting
 * anew. Not thread-safe.
 */
public final class SchemaCache<T> {
    private static final int LIMIT = 1000;

    private final Map<Schema, T> byIdentity = new IdentityHashMap<>();
    private final Map<Schema, T> byEquality = new HashMap<>();
    private @Nullable Schema last;
    private @Nullable T lastFound;

    /** What is known of the schema, worked out now where nothing is. */
    public T get(Schema schema, Function<Schema, T> make) {
        T found = lastFound;
        if (schema == last && found != null) {
            return found;
        }
        found = byIdentity.get(schema);
        if (found == null) {
            found = byEquality.get(schema);
            if (found == null) {
                found = make.apply(schema);
            }
            remember(schema, found);
        }
        last = schema;
        lastFound = found;
        return found;
    }

    private void remember(Schema schema, T found) {
        if (byIdentity.size() >= LIMIT) {
            byIdentity.clear();
            byEquality.clear();
        }
        byIdentity.put(schema, found);
        byEquality.put(schema, found);
    }
}
