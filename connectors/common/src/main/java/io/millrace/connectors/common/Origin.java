package io.millrace.connectors.common;

import java.util.Optional;
import org.apache.kafka.connect.sink.SinkRecord;

/** The raw record that a record comes from: {@code <topic>-<partition>@<offset>}. */
public final class Origin {
    private static final String HEADER = "millrace.origin";

    private Origin() {}

    /**
     * What the header says; without it a layer's record is an aggregate's and has none, every other is its own origin, at the place where it
     * was first read.
     *
     * @throws org.apache.kafka.connect.errors.DataException as {@link FormerPlace#of}
     */
    public static Optional<String> of(SinkRecord record, StreamRef stream) {
        Optional<String> told = HeaderText.of(record, HEADER);
        if (told.isPresent()) {
            return told;
        }
        boolean ownOrigin = stream.layer().equals("raw")
                || stream.equals(StreamRef.undescribed(record.topic()))
                || stream.equals(StreamRef.undescribed(record.originalTopic()));
        return ownOrigin ? Optional.of(ownPlace(record)) : Optional.empty();
    }

    private static String ownPlace(SinkRecord record) {
        return FormerPlace.of(record)
                .map(FormerPlace::text)
                .orElseGet(() -> record.originalTopic() + "-" + record.originalKafkaPartition() + "@"
                        + record.originalKafkaOffset());
    }
}
