package io.millrace.connectors.jdbc.table;

import java.util.Locale;

/** What a column holds, whatever the database calls it. */
public enum Kind {
    BOOLEAN,
    INT16,
    INT32,
    INT64,
    FLOAT32,
    FLOAT64,
    DECIMAL,
    TEXT,
    BYTES,
    /** A day without zone. */
    DATE,
    /** A time of day, microseconds. */
    TIME,
    /** An instant in UTC, microseconds. */
    TIMESTAMP,
    JSON,
    /** A type of the database that is written as text, and checked by the database: an enum, a uuid, an address. */
    OTHER;

    boolean integer() {
        return this == INT16 || this == INT32 || this == INT64;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
