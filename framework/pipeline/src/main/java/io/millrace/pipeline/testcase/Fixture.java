package io.millrace.pipeline.testcase;

import io.millrace.expression.type.RowType;
import io.millrace.pipeline.model.StreamName;
import io.millrace.pipeline.yaml.Place;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record that a test gives.
 *
 * @param stream whose topic it enters
 * @param place where it is written
 * @param headers in the order written
 */
public record Fixture(StreamName stream, Place place, Key key, Value value, Map<String, String> headers) {

    /** A record's key. */
    public sealed interface Key {
        /** None. */
        record None() implements Key {}

        /** Bytes, as UTF-8 text. */
        record Text(String text) implements Key {}

        /**
         * Canonical JSON of fields.
         *
         * @param values runtime values, in the key's order
         */
        record Fields(RowType type, Map<String, @Nullable Object> values) implements Key {
            public Fields {
                values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
            }
        }
    }

    /** A record's value. */
    public sealed interface Value {
        /** Null: a delete, or a tombstone. */
        record Nothing() implements Value {}

        /** Bytes, as UTF-8 text. */
        record Text(String text) implements Value {}

        /**
         * A row.
         *
         * @param type closed and without unknown types
         * @param values runtime values; a field that is not there is null
         */
        record Row(RowType type, Map<String, @Nullable Object> values) implements Value {
            public Row {
                values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
            }
        }
    }

    public Fixture {
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }
}
