package io.millrace.pipeline.check;

import io.millrace.api.RawStream;
import io.millrace.expression.type.RowType;
import io.millrace.pipeline.model.StreamName;
import java.util.List;

/**
 * What is known of a stream by those that read it.
 *
 * @param key its fields, in order; empty where not known
 * @param keyType of the key's fields; open where not known
 * @param type of its values
 * @param content what its values are
 */
record StreamFacts(
        StreamName name, RawStream.Kind kind, List<String> key, RowType keyType, RowType type, Content content) {

    /** What values are. */
    enum Content {
        /** Rows. */
        ROWS,
        /** Connect data whose shape only its connector or transform knows. */
        ANY,
        /** Debezium's change envelopes. */
        ENVELOPES,
        /** Bytes, not parsed. */
        BYTES,
        /** A problem told elsewhere keeps it unknown. */
        UNKNOWN
    }

    StreamFacts {
        key = List.copyOf(key);
    }

    /** A stream of which nothing is known because of a problem told elsewhere. */
    static StreamFacts unknown(StreamName name) {
        return new StreamFacts(name, RawStream.Kind.TABLE, List.of(), RowType.ANY, RowType.ANY, Content.UNKNOWN);
    }

    boolean isTable() {
        return kind == RawStream.Kind.TABLE;
    }
}
