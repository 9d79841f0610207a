package io.millrace.layers.topology;

import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * How large a record of a layer may be, uncompressed: half of what the plan lets the topics take, so that a topic never refuses what was
 * accepted here. A record that the producer refuses would end its thread, and the next one, for ever.
 */
final class RecordSize {
    static final int LIMIT = 8 << 20;

    private RecordSize() {}

    /** What is wrong with a record of this size; empty where nothing is. */
    static Optional<String> fault(@Nullable Bytes key, byte[] value, Headers headers) {
        long bytes = (key == null ? 0L : key.get().length) + value.length;
        for (Header header : headers) {
            bytes += header.key().length() + (header.value() == null ? 0 : header.value().length);
        }
        return bytes <= LIMIT
                ? Optional.empty()
                : Optional.of(
                        "the record would have " + bytes + " bytes, and a record of a layer has at most " + LIMIT);
    }
}
