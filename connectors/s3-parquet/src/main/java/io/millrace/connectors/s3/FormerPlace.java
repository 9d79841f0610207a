package io.millrace.connectors.s3;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * Where a replayed dead letter was read before it died: its place among the other records of its stream.
 *
 * @param topic of its stream
 * @param partition of that topic; it keeps it on the replay topic
 * @param offset in that partition
 */
record FormerPlace(String topic, int partition, long offset) {
    private static final String OFFSET_HEADER = "millrace.replay.offset";

    /**
     * Empty for a record that was not replayed, or whose former place is not known.
     *
     * @throws DataException when the header that tells it is no offset
     */
    static Optional<FormerPlace> of(SinkRecord record) {
        String offset = headerText(record, OFFSET_HEADER);
        if (offset == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new FormerPlace(record.topic(), record.originalKafkaPartition(), Long.parseLong(offset)));
        } catch (NumberFormatException e) {
            throw new DataException(
                    "The header '" + OFFSET_HEADER + "' is '" + offset + "', which is not an offset.", e);
        }
    }

    /** {@code <topic>-<partition>@<offset>}. */
    String text() {
        return topic + "-" + partition + "@" + offset;
    }

    /** The last header of the name as text; null where there is none. */
    static @Nullable String headerText(SinkRecord record, String name) {
        Header header = record.headers().lastWithName(name);
        if (header == null || header.value() == null) {
            return null;
        }
        return header.value() instanceof byte[] bytes
                ? new String(bytes, StandardCharsets.UTF_8)
                : header.value().toString();
    }
}
