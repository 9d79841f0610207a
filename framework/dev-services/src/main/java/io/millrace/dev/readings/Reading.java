package io.millrace.dev.readings;

/**
 * A line as a device posts it.
 *
 * @param line JSON, without a line feed; broken where the kind says so
 */
public record Reading(Kind kind, String line) {

    /** What a pipeline should make of it. */
    public enum Kind {
        GOOD,
        /** Cut off, so no JSON. */
        BROKEN,
        /** A temperature that cannot be. */
        IMPLAUSIBLE,
        /** Byte for byte an earlier good one. */
        DUPLICATE
    }
}
