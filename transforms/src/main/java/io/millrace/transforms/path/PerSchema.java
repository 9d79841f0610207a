package io.millrace.transforms.path;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What was worked out for a schema. Records of one stream mostly share one schema object, so the last one is looked at by identity; a few
 * more are kept by equality. Used by one thread, as a transform is.
 *
 * @param <T> what is kept
 */
final class PerSchema<T> {
    private static final int MOST = 64;

    private final Function<Schema, T> maker;
    private final Map<Schema, T> kept = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Schema, T> eldest) {
            return size() > MOST;
        }
    };
    private @Nullable Schema last;
    private @Nullable T ofLast;

    PerSchema(Function<Schema, T> maker) {
        this.maker = maker;
    }

    T of(Schema schema) {
        T known = ofLast;
        if (schema == last && known != null) {
            return known;
        }
        T made = kept.computeIfAbsent(schema, maker);
        last = schema;
        ofLast = made;
        return made;
    }
}
