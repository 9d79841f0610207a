package io.millrace.connectors.common;

import java.util.Optional;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Where a replayed dead letter was read before it died: its place among the other records of its stream.
 *
 * @param topic of its stream
 * @param partition of that topic; it keeps it on the replay topic
 * @param offset in that partition
 */
public record FormerPlace(String topic, int partition, long offset) {
    private static final String STAGE_HEADER = "millrace.replay.stage";
    private static final String OFFSET_HEADER = "millrace.replay.offset";

    /** Whether a record is a dead letter that enters its stage again. */
    public static boolean isReplay(SinkRecord record) {
        return HeaderText.of(record, STAGE_HEADER).isPresent()
                || HeaderText.of(record, OFFSET_HEADER).isPresent();
    }

    /**
     * Empty for a record that was not replayed, or whose former place is not known.
     *
     * @throws DataException when the header that tells it is no offset
     */
    public static Optional<FormerPlace> of(SinkRecord record) {
        Optional<String> offset = HeaderText.of(record, OFFSET_HEADER);
        try {
            return offset.map(
                    text -> new FormerPlace(record.topic(), record.originalKafkaPartition(), Long.parseLong(text)));
        } catch (NumberFormatException e) {
            throw new DataException(
                    "The header '" + OFFSET_HEADER + "' is '" + offset.orElse("") + "', which is not an offset.", e);
        }
    }

    /** {@code <topic>-<partition>@<offset>}. */
    public String text() {
        return topic + "-" + partition + "@" + offset;
    }
}
