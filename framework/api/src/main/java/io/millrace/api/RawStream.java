package io.millrace.api;

/**
 * A stream of the raw layer.
 *
 * @param name within the layer, for example {@code orders}; its topic is {@code raw.<pipeline>.<name>}
 * @param kind what its records mean
 * @param format how its values are written
 */
public record RawStream(String name, Kind kind, Format format) {

    /** What records mean. */
    public enum Kind {
        /** Each record is a fact. */
        EVENTS,
        /** Each record is the new value of its key; null deletes. */
        TABLE
    }

    /** How values are written on the topic. */
    public enum Format {
        /** The bytes as they came. */
        BYTES,
        /** Connect JSON with schemas around Debezium's change envelope; keys are JSON without schemas. */
        DEBEZIUM
    }
}
