package io.millrace.connectors.logs.tail;

/** What becomes of a line above the limit. */
public enum LongLines {
    /** It becomes several records, each of the limit at most: nothing is lost. */
    SPLIT,
    /** Its beginning becomes a record that says how many bytes were cut off. */
    TRUNCATE,
    /** It becomes no record; it is counted and told. */
    SKIP
}
