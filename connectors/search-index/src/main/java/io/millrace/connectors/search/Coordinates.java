package io.millrace.connectors.search;

import io.millrace.connectors.common.StreamRef;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * The place that a record has, or had before it was a dead letter and was replayed: the place by which its versions are ordered.
 *
 * @param topic as the record's stream writes it
 */
record Coordinates(String topic, int partition, long offset) {
    private static final String REPLAY_OFFSET = "millrace.replay.offset";
    private static final String ORIGIN = "millrace.origin";

    static Coordinates of(SinkRecord record) {
        Optional<String> replayed = text(record, REPLAY_OFFSET);
        if (replayed.isEmpty()) {
            return new Coordinates(
                    record.originalTopic(), record.originalKafkaPartition(), record.originalKafkaOffset());
        }
        try {
            return new Coordinates(record.topic(), record.originalKafkaPartition(), Long.parseLong(replayed.get()));
        } catch (NumberFormatException e) {
            throw new DataException(
                    "The header '" + REPLAY_OFFSET + "' is '" + replayed.get() + "', which is not an offset.", e);
        }
    }

    /** Offset 0 too gives a version that the server takes for one. */
    long version() {
        return offset + 1;
    }

    String text() {
        return topic + "-" + partition + "@" + offset;
    }

    /** What the header says; without it a layer's record is an aggregate's and has none, every other is its own origin. */
    static Optional<String> origin(SinkRecord record, StreamRef stream) {
        Optional<String> told = text(record, ORIGIN);
        if (told.isPresent()) {
            return told;
        }
        boolean ownOrigin =
                stream.layer().equals("raw") || stream.equals(StreamRef.undescribed(record.originalTopic()));
        return ownOrigin ? Optional.of(of(record).text()) : Optional.empty();
    }

    private static Optional<String> text(SinkRecord record, String name) {
        Header header = record.headers().lastWithName(name);
        if (header == null || header.value() == null) {
            return Optional.empty();
        }
        return Optional.of(
                header.value() instanceof byte[] bytes
                        ? new String(bytes, StandardCharsets.UTF_8)
                        : header.value().toString());
    }
}
